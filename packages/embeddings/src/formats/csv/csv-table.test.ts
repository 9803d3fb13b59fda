import { gzipSync } from 'node:zlib'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { matrix, sha256 } from '@indistinct/core'
import { afterAll, describe, expect, test } from 'vitest'
import { csvChunks, readCsvTable } from './csv-table.ts'
import { embeddingTable, type EmbeddingTable } from '../../embedding-table.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-csv-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(content: string | Uint8Array, name = 'x.csv'): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const read = (content: string | Uint8Array, options = {}): Promise<EmbeddingTable> =>
  readCsvTable(file(content), options)
const text = (table: EmbeddingTable): string => Buffer.concat([...csvChunks(table)]).toString()

describe('reading', () => {
  test('ids, dimensions and the columns that travel along', async () => {
    const content = 'name,d0,user,d1\n"Ann, ""A""",0.5,u1,-1e-3\n<b>Bö</b>,2,u2,+.25\n'
    const table = await read(content)
    expect(table.ids).toEqual(['u1', 'u2'])
    expect(table.idColumn).toBe('user')
    expect(table.dimensions).toEqual(['d0', 'd1'])
    expect(table.matrix).toEqual({ rows: 2, cols: 2, data: Float32Array.of(0.5, -0.001, 2, 0.25) })
    expect(table.columns).toEqual([{ name: 'name', values: ['Ann, "A"', '<b>Bö</b>'] }])
    expect(table.source).toEqual({ path: join(folder, 'x.csv'), format: 'csv', sha256: sha256(content) })
  })

  test('a byte order mark, CRLF, blank lines and spaces around cells', async () => {
    const table = await read('\uFEFFid, d0 ,d1\r\n\r\n a , 1,2\r\nb,3 , 4\r\n\r\n')
    expect(table.ids).toEqual(['a', 'b'])
    expect(Array.from(table.matrix.data)).toEqual([1, 2, 3, 4])
  })

  test.each([
    ['CRLF below a header of LF', 'id,d0,note\na,1,x\r\nb,3,y\n'],
    ['LF below a header of CRLF', 'id,d0,note\r\na,1,x\nb,3,y\r\n'],
    ['CR alone', 'id,d0,note\ra,1,x\rb,3,y\r'],
    ['a line for spreadsheets', 'sep=;\r\nid;d0;note\r\na;1;x\r\nb;3;y\r\n'],
    ['the same with a mark of its encoding', '\uFEFFSEP=\t\nid\td0\tnote\na\t1\tx\nb\t3\ty\n'],
  ])('%s', async (_, content) => {
    const { ids, matrix: m, columns } = await read(content)
    expect([ids, [...m.data], columns[0]!.values]).toEqual([
      ['a', 'b'],
      [1, 3],
      ['x', 'y'],
    ])
    await expect(read(content.replace('b', 'a'))).rejects.toThrow(/line (\d): id "a" stands in line/)
  })

  test('semicolons in a header longer than what is looked at first', async () => {
    const names = Array.from({ length: 8000 }, (_, k) => `dimension_${k}`)
    const values = names.map((_, k) => k % 7)
    const table = await read(`id;${names.join(';')}\na;${values.join(';')}\nb;${values.reverse().join(';')}\n`)
    expect(table.dimensions).toEqual(names)
  })

  test('tabs where the name ends in .tsv', async () => {
    const table = await readCsvTable(file('id\td0\td1\na\t1\t2\nb\t3\t4\n', 'x.tsv'))
    expect(Array.from(table.matrix.data)).toEqual([1, 2, 3, 4])
  })

  test('more rows than one buffer holds', async () => {
    const rows = Array.from({ length: 5000 }, (_, i) => `u${i},${i},${-i}`)
    const table = await read(`id,d0,d1\n${rows.join('\n')}`)
    expect(table.matrix.rows).toBe(5000)
    expect(table.matrix.data[2 * 4999 + 1]).toBe(-4999)
  })

  test('ids above 2^53 stay text; ids that a float has rounded are refused', async () => {
    const table = await read('id,d0\n9007199254740992,1\n9007199254740993,2\n007,3\n')
    expect(table.ids).toEqual(['9007199254740992', '9007199254740993', '007'])
    await expect(read('id,d0\n9.007199254740992e+15,1\n2,2\n')).rejects.toThrow(
      /line 2: id "9\.007199254740992e\+15" went through a floating-point column/,
    )
  })

  test('digits beyond float32 are kept as f8, others make f4', async () => {
    expect((await read('id,d0\na,0.1\nb,0.33333334\n')).dtype).toBe('f4')
    const wide = await read('id,d0\na,0.1234567890123\nb,2\n')
    expect(wide.dtype).toBe('f8')
    expect(wide.exact).toEqual(Float64Array.of(0.1234567890123, 2))
  })
})

describe('which columns are dimensions', () => {
  test('without numbered names, all but the id', async () => {
    expect((await read('id,x,y\na,1,2\nb,3,4\n')).dimensions).toEqual(['x', 'y'])
  })

  test('pandas’ plain numbers', async () => {
    const table = await read('user,0,1\na,1,2\nb,3,4\n')
    expect(table.dimensions).toEqual(['0', '1'])
  })

  test('a lone numbered column beside a group travels along', async () => {
    const table = await read('id,zip5,d0,d1\na,90210,1,2\nb,10001,3,4\n')
    expect(table.dimensions).toEqual(['d0', 'd1'])
    expect(table.columns[0]!.name).toBe('zip5')
  })

  test('two groups need a choice', async () => {
    const content = 'id,gmf0,gmf1,mlp0,mlp1\na,1,2,3,4\nb,5,6,7,8\n'
    await expect(read(content)).rejects.toThrow(
      'several groups of columns could be the dimensions: "gmf*", "mlp*"; choose one (--dimensions)',
    )
    const table = await read(content, { dimensions: ['mlp*'] })
    expect(table.dimensions).toEqual(['mlp0', 'mlp1'])
    expect(table.columns.map(({ name }) => name)).toEqual(['gmf0', 'gmf1'])
    expect((await read(content, { dimensions: ['mlp1', 'gmf0'] })).matrix.data).toEqual(Float32Array.of(4, 1, 8, 5))
  })

  test('a choice that is not there', async () => {
    await expect(read('id,x,y\na,1,2\n', { dimensions: ['z'] })).rejects.toThrow('there is no column "z"')
    await expect(read('id,x,y\na,1,2\n', { dimensions: ['d*'] })).rejects.toThrow(
      'no column is named d<number>; the columns are "id", "x", "y"',
    )
  })
})

describe('bad data names its line and column', () => {
  test.each([
    ['NaN', 'id,d0,d1\na,1,2\nb,3,NaN\n', 'line 3, column "d1": expected a finite number, got "NaN"'],
    ['infinity', 'id,d0,d1\na,inf,2\nb,3,4\n', 'line 2, column "d0": expected a finite number, got "inf"'],
    [
      'beyond float32',
      'id,d0,d1\na,1,1e39\nb,3,4\n',
      'line 2, column "d1": expected a finite number, got 1e39, beyond the range of float32',
    ],
    ['an empty cell', 'id,d0,d1\na,1,\nb,3,4\n', 'line 2, column "d1": expected a finite number, got an empty cell'],
    ['text', 'id,d0,d1\na,1,<script>\nb,3,4\n', 'line 2, column "d1": expected a finite number, got "<script>"'],
    ['a ragged line, short', 'id,d0,d1\na,1,2\nb,3\n', 'line 3: expected 3 columns as in the header, got 2'],
    ['a ragged line, long', 'id,d0,d1\na,1,2\nb,3,4,5\n', 'line 3: expected 3 columns as in the header, got 4'],
    ['a duplicate id', 'id,d0\na,1\nb,2\na,3\n', 'line 4: id "a" stands in line 2 already'],
    ['an empty id', 'id,d0\na,1\n,2\n', 'line 3: expected an id, got an empty cell'],
    [
      'no id column',
      'who,d0\na,1\n',
      'expected a column of ids, such as "id" or "user_id", got "who", "d0"; name it (--table-id-column)',
    ],
    [
      'two id columns',
      'id,user,d0\na,b,1\n',
      '"id" and "user" could each hold the ids; name the one that does (--table-id-column)',
    ],
    [
      'more columns than any table has',
      `id${',d'.repeat(2 ** 18)}\n`,
      'line 1: expected at most 262144 columns, got more',
    ],
    ['no header', '1,0.5,2\n2,0.25,3\n', 'expected a header such as id,d0,d1, got numbers'],
    ['no rows', 'id,d0\n', 'expected at least one row after the header, got none'],
    ['nothing', '', 'expected a header line, got an empty file'],
    ['no dimensions', 'id\na\nb\n', 'expected at least one dimension, got none'],
    ['a repeated column', 'id,d0,d0\na,1,2\n', 'line 1: column "d0" stands twice in the header'],
    [
      'uneven semicolons',
      'id;d0;d1\na;1;2\nb;1\n',
      'line 1: expected columns separated by commas, got "id;d0;d1", and other lines with more or fewer semicolons',
    ],
    [
      'decimal commas',
      'id;d0;d1\na;0,26;2\nb;1;1\n',
      'line 2, column "d0": expected a finite number, got "0,26", with a decimal comma; write decimal points',
    ],
    [
      'decimal commas where no name has a number',
      'id;x;y\na;0,26;1.000,5\nb;1;1\n',
      'line 2, column "x": expected a finite number, got "0,26", with a decimal comma; write decimal points',
    ],
    [
      'decimal commas with exponents in one column',
      'id;gender;d0\na;F;1,5e-05\nb;M;1\n',
      'line 2, column "d0": expected a finite number, got "1,5e-05", with a decimal comma; write decimal points',
    ],
    [
      'lists as Python prints those of NumPy',
      'id,v\na,"[np.float32(0.5), np.float32(1.5)]"\nb,"[np.float32(1.5), np.float32(1.5)]"\n',
      'as Python prints it; write lists of plain numbers, in pandas by df["v"] = [[float(x) for x in v] for v in ',
    ],
    ['names that are missing', 'id;d0;;\na;1;;\n', 'column "" stands twice in the header; name every column'],
    ['an open quote', 'id,d0\n"a,1\nb,2\n', 'a quote is opened and never closed'],
    ['a quote inside a cell', 'id,d0\na"b,1\n', 'line 2: a quote stands inside an unquoted cell'],
    ['text after a quote', 'id,d0\n"a"b,1\n', 'line 2: text follows a closing quote'],
    ['all rows equal', 'id,d0,d1\na,1,2\nb,1,2\n', 'all 2 rows are equal'],
  ])('%s', async (_, content, message) => {
    const path = file(content)
    await expect(readCsvTable(path)).rejects.toThrow(message)
    await expect(readCsvTable(path)).rejects.toThrow(path)
  })

  test('Latin-1', async () => {
    await expect(read(Buffer.from('id,d0\nJosé,1\nb,2\n', 'latin1'))).rejects.toThrow('expected UTF-8 text')
    await expect(read(Buffer.concat([Buffer.from('id,d0\na,1\nb'), Buffer.of(0xc3)]))).rejects.toThrow(
      'expected UTF-8 text',
    )
  })

  test('an unclosed quote does not fill memory', async () => {
    await expect(read(`id,d0\n"${'x'.repeat(20_000_000)}`)).rejects.toThrow('a record is longer than')
  })

  test('binary files under the name .csv', async () => {
    await expect(read(Buffer.from('\x93NUMPY\x01\x00', 'latin1'))).rejects.toThrow(
      'got an npy array; name the file .npy',
    )
    await expect(read(Buffer.from('\x80\x04\x95', 'latin1'))).rejects.toThrow('a pickle runs code')
    await expect(read(Buffer.from('PK\x03\x04'))).rejects.toThrow('got a zip archive')
    await expect(read(gzipSync('id,d0\na,1\n'))).rejects.toThrow(/compressed; run "gzip -dc \S+\.csv > plain\.csv"/)
    await expect(read(Buffer.from('SQLite format 3\0'))).rejects.toThrow('databases are not supported')
    await expect(read(Buffer.from('Obj\x01xxxx'))).rejects.toThrow('Avro files are not supported')
    await expect(read(Buffer.from('PAR1xxxx'))).rejects.toThrow('got a Parquet file; name the file .parquet')
  })
})

describe('writing', () => {
  test('what was read comes back as it was', async () => {
    const content =
      'note,d0,id,d1\n"a, ""b""",0.1,"u,1",-0\n"two\nlines",1.4e-38,ü,123456790\n" padded ' +
      '",0.33333334,9007199254740993,3.4028235e+38\n'
    const table = await read(content)
    expect(table.dtype).toBe('f4')
    expect(text(table)).toBe(content)
  })

  test('ids that a spreadsheet would take for formulas are quoted, and never altered', async () => {
    const ids = ['=1+1', '+1', '-2', '@SUM(A1)', "=cmd|' /C calc'!A0", '\u0009=1', "'=1"]
    const table = embeddingTable({
      matrix: matrix(7, 1, Float32Array.of(1, 2, 3, 4, 5, -6, 7)),
      ids,
      idColumn: 'id',
      columns: [{ name: 'note', values: ids }],
    })
    const lines = text(table).split('\n')
    expect(lines.slice(1, 5)).toEqual(['"=1+1",1,"=1+1"', '"+1",2,"+1"', '"-2",3,"-2"', '"@SUM(A1)",4,"@SUM(A1)"'])
    expect(lines[6]).toBe('"\t=1",-6,"\t=1"')
    const again = await read(text(table), { dimensions: ['d0'] })
    expect([again.ids, again.columns[0]!.values]).toEqual([ids, ids])
  })

  test('float64 text too', async () => {
    const content = 'id,d0\na,0.1234567890123\nb,0.1\nc,0.10000000149011612\n'
    expect(text(await read(content))).toBe(content)
  })
})
