import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { matrix, randomStream } from '@indistinct/core'
import { afterAll, describe, expect, test } from 'vitest'
import { readAttribute } from '../../labels/attribute-file.ts'
import { bytesSource } from '../../files/byte-source.ts'
import { embeddingTable, withMatrix } from '../../embedding-table.ts'
import { writeNpy } from '../npy/npy.ts'
import { npyHeaderBytes } from '../npy/npy-header.ts'
import { openNpz } from './npz.ts'
import { pythonWith } from '../../peers/python-peer.ts'
import { readTable } from '../../read-table.ts'
import { tableFiles, writeTable } from '../../write-table.ts'
import { readZip } from './zip.ts'
import { ZipEncoder } from './zip-write.ts'

interface Golden {
  values: number[][]
  ids: string[]
  labels: string[]
  files: Record<string, string>
  refused: Record<string, string>
}

const golden = JSON.parse(readFileSync(new URL('goldens/npz.json', import.meta.url), 'utf8')) as Golden
const folder = mkdtempSync(join(tmpdir(), 'indistinct-npz-'))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string): string => join(folder, name)
const bytesOf = (base64: string): Buffer => Buffer.from(base64, 'base64')

function file(base64: string, name = 'x.npz'): string {
  writeFileSync(at(name), bytesOf(base64))
  return at(name)
}

describe('what NumPy writes', () => {
  test.each(['savez', 'savez_compressed', 'ids', 'integer ids', 'bytes ids', 'others'])('%s', async (name) => {
    const table = await readTable(file(golden.files[name]!))
    expect(Array.from(table.matrix.data)).toEqual(golden.values.flat().map(Math.fround))
    expect(table.ids).toEqual(
      name.includes('ids')
        ? golden.ids.map((id, i) =>
            name === 'ids' ? id : name === 'bytes ids' ? `u${i}` : String(2n ** 53n + BigInt(i)),
          )
        : ['0', '1', '2', '3'],
    )
  })

  test.each([
    ['float16', 'f2'],
    ['float64', 'f8'],
  ] as const)('%s', async (name, dtype) => {
    expect((await readTable(file(golden.files[name]!))).dtype).toBe(dtype)
  })

  test('one of several, by its name', async () => {
    const path = file(golden.files['two']!)
    await expect(readTable(path)).rejects.toThrow(
      'several arrays could be the table: "a" "<f4 (4, 2)", "b" "<f4 (4, 2)"; choose one (--table-key)'.replaceAll(
        '"<f4 (4, 2)"',
        '<f4 (4, 2)',
      ),
    )
    expect((await readTable(path, { key: 'b' })).matrix.data[0]).toBe(Math.fround(golden.values[0]![0]! + 1))
    await expect(readTable(path, { key: 'c' })).rejects.toThrow('there is no array "c"; the arrays are "a", "b"')
  })

  test('labels of the same archive', async () => {
    expect(await readAttribute(file(golden.files['ids']!), 'gender', { idColumn: 'ids' })).toMatchObject({
      ids: golden.ids,
      values: golden.labels,
    })
  })
})

describe('65,535 entries, the most that the short count of zip holds', () => {
  const count = 65_535
  function archive(): Buffer {
    const zip = new ZipEncoder()
    const pieces: Uint8Array[] = []
    const add = (name: string, bytes: Uint8Array): void => {
      const entry = { name, modified: 0, attributes: 0 }
      pieces.push(...zip.open(entry, false), ...zip.write(bytes), ...zip.close())
    }
    add('embedding.npy', writeNpy([2, 2], Float32Array.of(1, 2, 3, 4)))
    for (let e = 1; e < count; e++) add(`${e}.txt`, new Uint8Array(0))
    return Buffer.concat([...pieces, ...zip.end()])
  }
  const wide = archive()
  // Python writes no zip64 end for exactly so many.
  const short = Buffer.concat([wide.subarray(0, -22 - 56 - 20), wide.subarray(-22)])

  test.each([
    ['with a zip64 end', wide],
    ['without one', short],
  ])('%s', (_, bytes) => {
    const source = bytesSource(bytes, 'x.npz')
    expect(readZip(source)).toHaveLength(count)
    expect(openNpz(source)).toMatchObject({ rows: 2, cols: 2 })
  })

  test('one entry less than it says is refused', () => {
    const changed = Buffer.from(short)
    changed.writeUInt16LE(count - 1, changed.length - 22 + 10)
    expect(() => readZip(bytesSource(changed, 'x.npz'))).toThrow('bytes between the directory and its end')
  })
})

describe('what is refused', () => {
  test.each([
    ['integers', 'expected a matrix of float16, bfloat16, float32 or float64 values, got "a" <i8 (4, 2)'],
    ['empty', 'got no arrays'],
    ['objects', 'expected a matrix of float16, bfloat16, float32 or float64 values, got "a" |O (2)'],
  ])('%s', async (name, message) => {
    await expect(readTable(file(golden.refused[name]!))).rejects.toThrow(message)
  })

  test('every truncation, and every byte that is changed in the directory, ends in bad data or the same table', () => {
    const good = bytesOf(golden.files['savez_compressed']!)
    for (let length = 0; length < good.length; length++)
      expect(() => openNpz(bytesSource(good.subarray(0, length), 'x'))).toThrow(/^x: /)
    const start = good.lastIndexOf(Buffer.from('PK\x01\x02'))
    for (let at = start; at < good.length; at++) {
      const bytes = Buffer.from(good)
      bytes[at]! ^= 0xff
      try {
        openNpz(bytesSource(bytes, 'x'))
      } catch (error) {
        expect(error).toMatchObject({ name: 'IndistinctError' })
      }
    }
  })

  test('damage that only the checksum shows', async () => {
    const bytes = bytesOf(golden.files['savez_compressed']!)
    const { offset, stored } = readZip(bytesSource(bytes, 'x')).at(-1)!
    bytes[offset + stored - 1]! ^= 1
    writeFileSync(at('damaged.npz'), bytes)
    await expect(readTable(at('damaged.npz'))).rejects.toMatchObject({ code: 'bad-data' })
  })

  test('a header that deflates to more bytes than are looked at first', () => {
    const random = randomStream(1, 'blanks')
    const plain = npyHeaderBytes([3, 2], '<f4')
    const blanks = Buffer.from(Array.from({ length: 50_000 }, () => (random.uniform() < 0.5 ? 0x20 : 0x09)))
    const header = Buffer.concat([plain.subarray(0, -1), blanks, Buffer.from('\n')])
    header.writeUInt16LE(header.length - 10, 8)
    const zip = new ZipEncoder()
    const values = Buffer.alloc(24)
    ;[1, 2, 3, 4, 5, 6].forEach((value, at) => values.writeFloatLE(value, 4 * at))
    const pieces = [
      ...zip.open({ name: 'embedding.npy', modified: 0, attributes: 0 }, true),
      ...zip.write(Buffer.concat([header, values])),
      ...zip.close(),
      ...zip.end(),
    ]
    const opened = openNpz(bytesSource(Buffer.concat(pieces), 'x'))
    const into = new Float32Array(6)
    opened.readRows(0, 3, into)
    expect(Array.from(into)).toEqual([1, 2, 3, 4, 5, 6])
  })

  test('an archive that inflates beyond measure', async () => {
    const zip = new ZipEncoder()
    const zeros = new Uint8Array(1 << 24)
    const pieces = [
      ...zip.open({ name: 'embedding.npy', modified: 0, attributes: 0 }, true),
      ...zip.write(npyHeaderBytes([2 ** 24, 5], '<f4')),
    ]
    for (let i = 0; i < 20; i++) pieces.push(...zip.write(zeros))
    pieces.push(...zip.close(), ...zip.end())
    const bytes = Buffer.concat(pieces)
    expect(bytes.length).toBeLessThan(400_000)
    expect(() => openNpz(bytesSource(bytes, 'x'))).toThrow(
      /expected embeddings, got \d+ bytes that inflate to 335544448/,
    )
  })
})

describe('ids of a type that is not read are no row numbers', () => {
  const array = (shape: readonly number[], descr: string, bytes: number): Buffer =>
    Buffer.concat([npyHeaderBytes(shape, descr), Buffer.alloc(bytes)])
  function archive(arrays: Record<string, Buffer>): string {
    const zip = new ZipEncoder()
    const pieces: Uint8Array[] = []
    for (const [name, bytes] of Object.entries(arrays)) {
      pieces.push(...zip.open({ name: `${name}.npy`, modified: 0, attributes: 0 }, false))
      pieces.push(...zip.write(bytes), ...zip.close())
    }
    writeFileSync(at('ids.npz'), Buffer.concat([...pieces, ...zip.end()]))
    return at('ids.npz')
  }
  const vectors = Buffer.from(writeNpy([2, 2], Float32Array.of(1, 2, 3, 4)))
  const gender = array([2], '|i1', 2)

  test.each([
    ['ids', '<f8', [2], 16],
    ['user_id', '|O', [2], 40],
    ['userId', '<i8', [2, 1], 16],
  ] as const)('%s %s (%j)', async (name, descr, shape, bytes) => {
    const path = archive({ vectors, [name]: array(shape, descr, bytes), gender })
    await expect(readTable(path)).rejects.toThrow(
      `${path}: "${name}" looks to hold the ids, and is ${descr} (${shape.join(', ')}); expected a list of text or ` +
        'whole numbers: write numpy.ravel(ids).astype(str)',
    )
    await expect(readAttribute(path, 'gender')).rejects.toThrow(`"${name}" looks to hold the ids, and its type is not`)
    expect((await readAttribute(path, 'gender', { byPosition: true })).values).toEqual(['0', '0'])
    writeFileSync(at('rows.txt'), 'a\nb\n')
    expect((await readTable(path, { ids: at('rows.txt') })).ids).toEqual(['a', 'b'])
  })

  test('arrays of another length or another name are none', async () => {
    const path = archive({ vectors, users: array([3], '<f8', 24), bias: array([2], '<f8', 16), gender })
    expect((await readTable(path)).ids).toEqual(['0', '1'])
  })
})

describe('writing', () => {
  test.each(Object.entries(golden.files))(
    '%s comes back, moved, with its other arrays byte for byte',
    async (name, base64) => {
      const table = await readTable(file(base64), { key: name === 'two' ? 'b' : undefined })
      const moved = withMatrix(
        table,
        matrix(
          table.matrix.rows,
          table.matrix.cols,
          table.matrix.data.map((value) => value + 1),
        ),
      )
      expect(tableFiles(at('out.npz'), moved)).toEqual([at('out.npz')])
      await writeTable(at('out.npz'), moved, { force: true })
      const again = await readTable(at('out.npz'), { key: name === 'two' ? 'b' : undefined })
      expect(again).toMatchObject({ ids: table.ids, dtype: table.dtype, matrix: moved.matrix })
      const contents = (path: string): object[] => {
        const bytes = readFileSync(path)
        return readZip(bytesSource(bytes, path)).map(({ name, deflated, crc, stored, size, offset, modified }) => ({
          name,
          deflated,
          modified,
          ...(!/^(embedding|b|users)\.npy$/.test(name) && {
            crc,
            stored,
            size,
            bytes: bytes.subarray(offset, offset + stored),
          }),
        }))
      }
      expect(contents(at('out.npz'))).toEqual(contents(at('x.npz')))
    },
  )

  test('a new archive holds ids and columns as text, and equal tables make equal bytes', async () => {
    const table = embeddingTable({
      matrix: matrix(2, 2, Float32Array.of(1, 2, 3, 4)),
      ids: ['ж\0x', '=1+1'],
      idColumn: 'user',
      columns: [{ name: 'note', values: ['', '😀'] }],
    })
    for (const name of ['a.npz', 'b.npz']) await writeTable(at(name), table)
    expect(readFileSync(at('a.npz'))).toEqual(readFileSync(at('b.npz')))
    expect(await readTable(at('a.npz'))).toMatchObject({ ids: table.ids, idColumn: 'user', matrix: table.matrix })
    expect((await readAttribute(at('a.npz'), 'note')).values).toEqual(['', '😀'])
  })
})

const python = pythonWith('numpy')
describe.skipIf(!python)('read by NumPy', () => {
  test('moved and new archives', async () => {
    for (const name of ['others', 'savez_compressed']) {
      const table = await readTable(file(golden.files[name]!))
      await writeTable(
        at(`${name}.npz`),
        withMatrix(
          table,
          matrix(
            4,
            2,
            table.matrix.data.map((value) => value * 2),
          ),
        ),
      )
    }
    await writeTable(
      at('new.npz'),
      embeddingTable({ matrix: matrix(2, 1, Float32Array.of(1, 2)), ids: ['ж', 'b'], idColumn: 'id' }),
    )
    const found = python!(
      `import sys, json, numpy, zipfile
others, compressed, new = [numpy.load(path) for path in sys.argv[1:]]
assert all(zipfile.ZipFile(path).testzip() is None for path in sys.argv[1:])
print(json.dumps([others["embedding"].tolist(), others.files, others["mask"].tolist(), compressed["embedding"].tolist(), new["id"].tolist(), new["embedding"].tolist()]))`,
      at('others.npz'),
      at('savez_compressed.npz'),
      at('new.npz'),
    )
    const doubled = golden.values.map((row) => row.map((value) => 2 * Math.fround(value)))
    expect(JSON.parse(found)).toEqual([
      doubled,
      ['mask', 'embedding', 'notes'],
      [true, false, true],
      doubled,
      ['ж', 'b'],
      [[1], [2]],
    ])
  })
})
