import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { matrix, sha256 } from '@indistinct/core'
import { beforeEach, afterEach, describe, expect, test } from 'vitest'
import { embeddingTable, withMatrix } from './embedding-table.ts'
import { writeNpy } from './formats/npy/npy.ts'
import { readAttribute } from './labels/attribute-file.ts'
import { readTable } from './read-table.ts'
import { formatOf } from './table-format.ts'
import { tableFiles, writeTable } from './write-table.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'indistinct-tables-'))
})
afterEach(() => rmSync(folder, { recursive: true }))
const at = (name: string): string => join(folder, name)

const f4 = Float32Array.of(0.1, 2, 3, -4)
const f8 = Float64Array.of(0.1, 2, 3, -4)

describe('npy tables', () => {
  test.each([
    ['f4', f4],
    ['f8', f8],
  ] as const)('%s is written as it was read, byte for byte', async (dtype, data) => {
    writeFileSync(at('in.npy'), writeNpy([2, 2], data))
    const table = await readTable(at('in.npy'))
    expect(table).toMatchObject({ dtype, ids: ['0', '1'] })
    expect(table.source?.sha256).toBe(sha256(readFileSync(at('in.npy'))))
    await writeTable(at('out.npy'), table)
    expect(readFileSync(at('out.npy'))).toEqual(readFileSync(at('in.npy')))
    expect(readdirSync(folder).sort()).toEqual(['in.npy', 'out.npy'])
  })

  test('a moved table keeps its dtype', async () => {
    writeFileSync(at('in.npy'), writeNpy([2, 2], f8))
    const table = await readTable(at('in.npy'))
    await writeTable(at('out.npy'), withMatrix(table, matrix(2, 2, Float32Array.of(0.1, 2, 3, 0.5))))
    expect(await readTable(at('out.npy'))).toMatchObject({ dtype: 'f8', exact: Float64Array.of(0.1, 2, 3, 0.5) })
  })

  test('ids from a file, as CSV or lines, travel to the output', async () => {
    writeFileSync(at('in.npy'), writeNpy([2, 2], f4))
    writeFileSync(at('ids.csv'), 'row,user\n0,"a,1"\n1,9007199254740993\n')
    writeFileSync(at('ids.txt'), '\uFEFFa,1\r\n9007199254740993\r\n')
    const table = await readTable(at('in.npy'), { ids: at('ids.csv') })
    expect(table.ids).toEqual(['a,1', '9007199254740993'])
    expect((await readTable(at('in.npy'), { ids: at('ids.txt') })).ids).toEqual(table.ids)
    const written = await writeTable(at('out.npy'), table)
    expect(written).toEqual(
      [at('out.npy'), at('out.npy.ids.csv')].map((path) => ({ path, sha256: sha256(readFileSync(path)) })),
    )
    expect(tableFiles(at('out.npy'), table)).toEqual([at('out.npy'), at('out.npy.ids.csv')])
    expect(await readTable(at('out.npy'), { ids: at('out.npy.ids.csv') })).toMatchObject({
      ids: table.ids,
      warnings: [],
    })
    // What was written beside it is found again: row numbers are not taken for ids.
    expect(await readTable(at('out.npy'))).toMatchObject({
      ids: table.ids,
      idColumn: 'id',
      warnings: [`rows of ${at('out.npy')} are named by ${at('out.npy.ids.csv')}`],
    })
    // A table without ids would get those of the one that was there.
    await expect(writeTable(at('out.npy'), embeddingTable({ matrix: table.matrix }), { force: true })).rejects.toThrow(
      'names the rows of an earlier table',
    )
  })

  test('a link leads to the ids too', async () => {
    writeFileSync(at('in.npy'), writeNpy([2, 2], f4))
    writeFileSync(at('in.npy.ids.csv'), 'id\nb\na\n')
    mkdirSync(at('latest'))
    symlinkSync(at('in.npy'), at('latest/users.npy'))
    expect((await readTable(at('latest/users.npy'))).ids).toEqual(['b', 'a'])
    writeFileSync(at('latest/users.npy.ids.csv'), 'id\nc\nd\n')
    expect((await readTable(at('latest/users.npy'))).ids).toEqual(['c', 'd'])
  })

  test.each(['ids.npy', 'ids.npz', 'ids.parquet'])(
    '%s names no rows, and the message makes text of it',
    async (ids) => {
      writeFileSync(at('in.npy'), writeNpy([2, 2], f4))
      await expect(readTable(at('in.npy'), { ids: at(ids) })).rejects.toThrow(
        /expected ids as CSV, or one a line; write them so, in Python, and pass the new file:\n {2}import .*ids\.(txt|csv)"/,
      )
    },
  )

  test('ids that do not fit', async () => {
    writeFileSync(at('in.npy'), writeNpy([2, 2], f4))
    writeFileSync(at('ids.txt'), 'a\n')
    await expect(readTable(at('in.npy'), { ids: at('ids.txt') })).rejects.toThrow('expected 2 ids, one for each row')
    writeFileSync(at('ids.txt'), 'a\na\n')
    await expect(readTable(at('in.npy'), { ids: at('ids.txt') })).rejects.toThrow(
      'line 2: id "a" stands in line 1 already',
    )
    writeFileSync(at('ids.csv'), 'who,x\na,1\nb,2\n')
    await expect(readTable(at('in.npy'), { ids: at('ids.csv') })).rejects.toThrow(
      'expected a column of ids, such as "id" or "user_id", got "who", "x"',
    )
    await expect(readTable(at('in.npy'), { ids: at('none.txt') })).rejects.toMatchObject({ code: 'file' })
  })

  test.each([
    ['a vector', [4], f4, 'expected a matrix of one row a user, got shape (4)'],
    ['a cube', [2, 2, 1], f4, 'got shape (2, 2, 1)'],
    ['no rows', [0, 2], new Float32Array(0), 'expected at least one row'],
    [
      'NaN',
      [2, 2],
      Float32Array.of(1, NaN, 2, 3),
      'row 0 (from 0, id "0"), column d1: expected a finite number, got NaN',
    ],
    ['equal rows', [2, 2], Float32Array.of(1, 2, 1, 2), 'all 2 rows are equal'],
  ])('%s', async (_, shape, data, message) => {
    writeFileSync(at('in.npy'), writeNpy(shape as number[], data))
    await expect(readTable(at('in.npy'))).rejects.toThrow(message as string)
  })
})

describe('between formats', () => {
  const table = embeddingTable({
    matrix: matrix(2, 2, f4),
    ids: ['a', 'b'],
    idColumn: 'user',
    columns: [{ name: 'note', values: ['x', 'y'] }],
  })

  test('npy to CSV writes row numbers as ids', async () => {
    writeFileSync(at('in.npy'), writeNpy([2, 2], f4))
    await writeTable(at('out.csv'), await readTable(at('in.npy')))
    expect(readFileSync(at('out.csv'), 'utf8')).toBe('id,d0,d1\n0,0.1,2\n1,3,-4\n')
  })

  test('CSV to npy puts the ids beside it', async () => {
    await writeTable(at('out.npy'), table)
    expect(readFileSync(at('out.npy.ids.csv'), 'utf8')).toBe('id\na\nb\n')
    expect((await readTable(at('out.npy'))).matrix).toEqual(table.matrix)
  })

  test('names that columns have are not given again', async () => {
    const cells = ['x', 'y']
    const columns = ['embedding', 'd0', 'id'].map((name) => ({ name, values: cells }))
    const { matrix: m } = table
    const given = embeddingTable({ matrix: m, ids: ['a', 'b'], idColumn: 'id', columns })
    await writeTable(at('out.csv'), given)
    expect(readFileSync(at('out.csv'), 'utf8')).toBe('user_id,d_0,d_1,embedding,d0,id\na,0.1,2,x,x,x\nb,3,-4,y,y,y\n')
    for (const name of ['out.npz', 'out.parquet']) {
      await writeTable(at(name), given)
      const again = await readTable(at(name), { idColumn: 'user_id' })
      expect([again.ids, again.matrix]).toEqual([given.ids, m])
    }
  })

  test('ids without a column: row numbers, given ones, an index of pandas', async () => {
    writeFileSync(at('in.csv'), ',d0,d1,note\n7,0.1,2,x\n5,3,-4,y\n')
    await writeTable(at('out.parquet'), await readTable(at('in.csv')))
    const parquet = await readTable(at('out.parquet'))
    expect(parquet).toMatchObject({ ids: ['7', '5'], idColumn: 'id', columns: [{ name: 'note', values: ['x', 'y'] }] })
    expect(parquet.matrix.data).toEqual(f4)
    writeFileSync(at('ids.txt'), 'a\nb\n')
    // The ids of the file itself are a column like others then.
    await writeTable(at('out.csv'), await readTable(at('out.parquet'), { ids: at('ids.txt') }))
    expect(readFileSync(at('out.csv'), 'utf8')).toBe('user_id,id,d0,d1,note\na,7,0.1,2,x\nb,5,3,-4,y\n')
    const bare = embeddingTable({ matrix: table.matrix, dimensions: ['x', 'y'], header: ['x', 'y'] })
    await writeTable(at('bare.csv'), bare)
    expect(readFileSync(at('bare.csv'), 'utf8')).toBe('id,x,y\n0,0.1,2\n1,3,-4\n')
  })

  test('TSV', async () => {
    await writeTable(at('out.tsv'), table)
    expect(readFileSync(at('out.tsv'), 'utf8')).toBe('user\td0\td1\tnote\na\t0.1\t2\tx\nb\t3\t-4\ty\n')
    expect(await readTable(at('out.tsv'))).toMatchObject({
      ids: table.ids,
      matrix: table.matrix,
      columns: table.columns,
    })
  })
})

describe('nothing is lost', () => {
  const table = embeddingTable({ matrix: matrix(2, 2, f4), ids: ['a', 'b'], idColumn: 'id' })

  test('an existing file stays without force, also the ids beside an npy file', async () => {
    writeFileSync(at('out.npy.ids.csv'), 'mine')
    await expect(writeTable(at('out.npy'), table)).rejects.toMatchObject({
      code: 'file',
      message: `${at('out.npy.ids.csv')} is there already; pass --force to replace it`,
    })
    expect(readdirSync(folder)).toEqual(['out.npy.ids.csv'])
    await writeTable(at('out.npy'), table, { force: true })
    expect(readFileSync(at('out.npy.ids.csv'), 'utf8')).toBe('id\na\nb\n')
  })

  test('a folder in the way is a file error, and no partial file stays', async () => {
    mkdirSync(at('out.csv'))
    await expect(writeTable(at('out.csv'), table, { force: true })).rejects.toMatchObject({ code: 'file' })
    expect(readdirSync(folder)).toEqual(['out.csv'])
  })
})

describe('formats that are not read', () => {
  test.each([
    ['x.pkl', /a pickle runs code when it is loaded.*\n.*pickle\.load\(open\(".*x\.pkl"/],
    ['x.pickle', /pickle\.load/],
    ['x.joblib', /joblib\.load/],
    ['x.pt', /torch\.load\(".*x\.pt", weights_only=True/],
    ['x.PTH', /torch\.load/],
    ['x.safetensors.index.json', /it lists the files that the tensors of a model lie in; pass the \.safetensors file/],
    ['x.h5', /HDF5 is not supported.*\n.*h5py\.File\(".*x\.h5"/],
    ['x.feather', /Arrow files are not supported.*\n.*polars\.read_ipc\(".*x\.feather"\)\.write_parquet/],
    ['x.arrow', /polars\.read_ipc/],
    ['x.ipc', /polars\.read_ipc/],
    ['x.xlsx', /spreadsheets are not supported.*\n.*pandas\.read_excel\(".*x\.xlsx", dtype=str\)/],
    ['x.db', /databases are not supported.*\n.*pandas, sqlite3; pandas\.read_sql\(.*sqlite3\.connect\(".*x\.db"\)\)/],
    ['x.dta', /Stata files are not supported.*\n.*pandas\.read_stata\(".*x\.dta"\)/],
    ['x.mat', /MATLAB files are not supported.*\n.*scipy\.io\.loadmat\(".*x\.mat"\)/],
    ['x.fvecs', /fvecs files are not supported.*\n.*numpy\.fromfile\(".*x\.fvecs", "<i4"\)/],
    ['x.json', /JSON is not supported.*\n.*pandas\.read_json\(".*x\.json", dtype=False\)\.to_csv/],
    ['x.jsonl', /pandas\.read_json\(".*x\.jsonl", lines=True, dtype=False\)/],
    [
      'x.csv.gz',
      /x\.csv\.gz: the file is compressed; run "gzip -dc \S*x\.csv\.gz > \S*x\.csv", and pass the new file$/,
    ],
    [
      'x.zip',
      /a zip archive may hold many files; run "unzip -p \S*x\.zip > \S*x", and pass the new file, under a name that ends/,
    ],
    ['x.dat', /expected a file named \.npy, \.npz, \.csv, \.tsv, \.txt, \.vec, \.parquet or \.safetensors, got \.dat/],
    ['x', /got no extension/],
  ])('%s', async (name, message) => {
    const path = at(name)
    await expect(readTable(path)).rejects.toThrow(message)
    expect(() => formatOf(path)).toThrow(expect.objectContaining({ code: 'bad-data' }))
    expect(existsSync(path)).toBe(false)
  })

  test('a missing file is a file error; a folder is one of Parquet parts, or says so', async () => {
    await expect(readTable(at('none.npy'))).rejects.toMatchObject({
      code: 'file',
      message: `cannot read ${at('none.npy')}: no such file`,
    })
    mkdirSync(at('folder.csv'))
    writeFileSync(at('folder.csv/part-0.csv'), 'id,d0\na,1\n')
    const message = expect.stringContaining(
      'expected a folder of Parquet parts (part-*.parquet) and nothing else, got the file "part-0.csv"',
    )
    await expect(readTable(at('folder.csv'))).rejects.toMatchObject({ code: 'bad-data', message })
  })

  test('an ids file goes with npy only', async () => {
    writeFileSync(at('in.csv'), 'id,d0\na,1\nb,2\n')
    await expect(readTable(at('in.csv'), { ids: at('ids.txt') })).rejects.toThrow('has its own ids')
  })
})

test('misspelt options of readers and writers are refused', async () => {
  await expect(readTable('a.csv', { idcolumn: 'x' } as never)).rejects.toThrow('readTable: expected options among ids')
  await expect(writeTable('a.csv', {} as never, { forced: true } as never)).rejects.toThrow('among force, got forced')
  await expect(readAttribute('a.csv', { attribute: 'gender' } as never)).rejects.toThrow(
    'expected the name of a column',
  )
  await expect(readAttribute('a.csv', 'gender', { idcolumn: 'x' } as never)).rejects.toThrow('among idColumn')
})
