import { readFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sha256 } from '@indistinct/core'
import { afterAll, describe, expect, test } from 'vitest'
import { npyChunks, readNpy, readNpyFile, writeNpy } from './npy.ts'
import { roundToFloat16 } from '../../numbers/float16.ts'
import { MAX_HEADER, npyHeaderBytes } from './npy-header.ts'

interface Golden {
  values: number[][]
  accepted: Record<string, { dtype: 'f2' | 'f4' | 'f8'; npy: string }>
  default: string
  refused: Record<string, string>
  vector: string
}

const golden = JSON.parse(readFileSync(new URL('goldens/npy.json', import.meta.url), 'utf8')) as Golden
const folder = mkdtempSync(join(tmpdir(), 'indistinct-npy-'))
afterAll(() => rmSync(folder, { recursive: true }))

const bytesOf = (text: string): Buffer => Buffer.from(text, 'base64')

/** Both readers must say the same, whatever they are given. */
async function read(bytes: Uint8Array): Promise<{ shape: readonly number[]; dtype: string; data: ArrayLike<number> }> {
  const path = join(folder, 'x.npy')
  writeFileSync(path, bytes)
  let fromMemory: unknown
  try {
    fromMemory = readNpy(bytes, path)
  } catch (error) {
    await expect(readNpyFile(path)).rejects.toThrow((error as Error).message)
    throw error
  }
  const { sha256: digest, ...fromFile } = await readNpyFile(path)
  expect(fromFile).toEqual(fromMemory)
  expect(digest).toBe(sha256(bytes))
  return fromFile
}

/** A file whose header says `text`, followed by `count` zero bytes. */
function withHeader(text: string, count: number, version = 1): Buffer {
  const head = Buffer.alloc(version === 1 ? 10 : 12)
  head.write('\x93NUMPY', 0, 'latin1')
  head[6] = version
  if (version === 1) head.writeUInt16LE(text.length, 8)
  else head.writeUInt32LE(text.length, 8)
  return Buffer.concat([head, Buffer.from(text, 'latin1'), Buffer.alloc(count)])
}

describe('what NumPy writes', () => {
  test.each(Object.entries(golden.accepted))('%s is read exactly', async (_, { dtype, npy }) => {
    const { shape, dtype: got, data } = await read(bytesOf(npy))
    expect(shape).toEqual([2, 3])
    expect(got).toBe(dtype)
    const stored = {
      f2: (value: number) => roundToFloat16(Math.max(-60000, Math.min(60000, value))),
      f4: Math.fround,
      f8: (value: number) => value,
    }
    expect(Array.from(data)).toEqual(golden.values.flat().map(stored[dtype]))
    expect(data).toBeInstanceOf(dtype === 'f8' ? Float64Array : Float32Array)
  })

  test('is what we write, byte for byte', () => {
    const written = writeNpy([2, 3], Float32Array.from(golden.values.flat()))
    expect(Buffer.from(written).equals(bytesOf(golden.default))).toBe(true)
  })

  test('one dimension is read; tables ask for two later', async () => {
    expect((await read(bytesOf(golden.vector))).shape).toEqual([3])
  })
})

test('float16 is written as NumPy writes it', () => {
  const data = Float32Array.from(golden.values.flat(), (value) =>
    roundToFloat16(Math.max(-60000, Math.min(60000, value))),
  )
  expect(Buffer.from(writeNpy([2, 3], data, 'f2')).equals(bytesOf(golden.accepted['f2 version 1']!.npy))).toBe(true)
})

test.each([
  ['fortran', 'f8', { bigEndian: false, fortran: true }],
  ['big-endian', 'f4', { bigEndian: true, fortran: false }],
] as const)('%s is read right, and written back in its own layout', async (name, dtype, layout) => {
  const bytes = bytesOf(golden.refused[name]!)
  const found = await read(bytes)
  expect(found).toMatchObject({ shape: [2, 3], dtype, layout })
  expect(Array.from(found.data)).toEqual(golden.values.flat().map(dtype === 'f4' ? Math.fround : Number))
  const array = readNpy(bytes, 'x.npy')
  expect(Buffer.concat([...npyChunks(array.shape, array.data, array, array.layout)]).equals(bytes)).toBe(true)
})

describe('what is refused', () => {
  test.each([
    ['int64', /got "<i8"/],
    ['object', /got "\|O", which holds pickled Python objects/],
    [
      'structured',
      /got a structured dtype; convert with numpy\.save\(path, numpy\.array\(array\.tolist\(\), "<f4"\)\)/,
    ],
  ])('%s', async (name, message) => {
    await expect(read(bytesOf(golden.refused[name]!))).rejects.toThrow(message)
  })

  test('complex numbers, with what keeps both halves', () => {
    const bytes = Buffer.concat([npyHeaderBytes([2, 3], '<c8'), Buffer.alloc(48)])
    expect(() => readNpy(bytes, 'x.npy')).toThrow(
      'convert with numpy.save(path, numpy.concatenate([array.real, array.imag], 1).astype("<f4"))',
    )
  })

  test('every truncation of a good file, at every byte', async () => {
    const good = writeNpy([2, 3], new Float32Array(6).fill(1))
    for (let length = 0; length < good.length; length++) {
      expect(() => readNpy(good.subarray(0, length), 'x.npy')).toThrow(/x\.npy: .*truncated/)
    }
    await expect(read(good.subarray(0, good.length - 1))).rejects.toThrow(
      'expected 152 bytes for shape (2, 3) of f4, got 151; the file is truncated',
    )
  })

  test('bytes after the array', async () => {
    const good = writeNpy([2, 3], new Float32Array(6))
    await expect(read(Buffer.concat([good, Buffer.from('x')]))).rejects.toThrow('1 bytes follow the array')
  })

  test('another file', async () => {
    await expect(read(Buffer.from('id,d0,d1\n1,2,3\n'))).rejects.toThrow(/expected an npy file, got other first bytes/)
  })

  test.each([
    [0, 4],
    [9, 0],
  ])('version %d.%d', async (major, minor) => {
    const bytes = Buffer.from(writeNpy([1, 1], new Float32Array(1)))
    bytes[6] = major
    bytes[7] = minor
    await expect(read(bytes)).rejects.toThrow(`expected npy version 1.0, 2.0 or 3.0, got ${major}.${minor}`)
  })

  test.each([
    ["{'descr': '<f4', 'fortran_order': False, }"],
    ["{'descr': '<f4', 'fortran_order': False, 'shape': (3), }"],
    ["{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 3), }"],
    ["{'descr': '<f4', 'fortran_order': 0, 'shape': (1, 3), }"],
    ["{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1, 3), }"],
    ["{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3), 'evil': 1}"],
    ["{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3), } + __import__('os')"],
    ["{'descr': __import__('os').system('true'), 'fortran_order': False, 'shape': (1, 3), }"],
    ['['.repeat(5000)],
    [''],
  ])('the header %s', async (text) => {
    await expect(read(withHeader(text, 12))).rejects.toThrow('expected a header with descr, fortran_order and shape')
  })

  test('keys in any order and no padding are the same header', async () => {
    expect((await read(withHeader("{'shape':(1,3),'descr':'<f4','fortran_order':False}", 12))).shape).toEqual([1, 3])
  })
})

describe('hostile sizes cost nothing', () => {
  test('a shape beyond the file is refused before it is allocated', async () => {
    const text = "{'descr': '<f8', 'fortran_order': False, 'shape': (4000000000, 100000), }"
    await expect(read(withHeader(text, 12))).rejects.toThrow('the file is truncated')
  })

  test('a shape whose product overflows', async () => {
    const text = "{'descr': '<f8', 'fortran_order': False, 'shape': (9007199254740991, 9007199254740991), }"
    await expect(read(withHeader(text, 12))).rejects.toThrow('larger than any file')
    const wider = "{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999, 1), }"
    await expect(read(withHeader(wider, 12))).rejects.toThrow('below 2^53')
  })

  test('a header length of 4 GiB, even in a sparse file that is as long', async () => {
    const path = join(folder, 'sparse.npy')
    const head = Buffer.from('\x93NUMPY\x02\x00\xf0\xff\xff\xff', 'latin1')
    writeFileSync(path, head)
    truncateSync(path, 2 ** 32 + 64)
    await expect(readNpyFile(path)).rejects.toThrow(`expected a header of at most ${MAX_HEADER} bytes, got 4294967280`)
  })
})

test('values start at a multiple of 64 whatever the shape', () => {
  for (const shape of [[1, 1], [123456789, 16], [1], [9007199254740991, 9007199254740991]])
    expect(npyHeaderBytes(shape, '<f8').length % 64).toBe(0)
})

test('writing a shape that does not fit is the caller’s mistake', () => {
  expect(() => writeNpy([2, 2], new Float32Array(3))).toThrow(RangeError)
})
