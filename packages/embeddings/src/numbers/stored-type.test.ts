/**
 * Types that are narrower than float32, byte orders and scales: read right, written back as they were, and by whom else
 * read.
 */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bytesOf, matrix, randomStream, type Matrix } from '@indistinct/core'
import { afterAll, describe, expect, test } from 'vitest'
import { fromBfloat16, roundToBfloat16, toBfloat16 } from './bfloat16.ts'
import { notesOnFormat } from '../convert-table.ts'
import { encodeValues } from './dtype-bytes.ts'
import { embeddingTable, notesOnRounding, withMatrix } from '../embedding-table.ts'
import { npyHeaderBytes } from '../formats/npy/npy-header.ts'
import { createTable, openTable } from '../open-table.ts'
import { pythonWith } from '../peers/python-peer.ts'
import { readTable } from '../read-table.ts'
import { writeTable } from '../write-table.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-types-'))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string): string => join(folder, name)

/** A safetensors file of one tensor. */
function tensor(dtype: string, shape: readonly number[], values: Uint8Array): Buffer {
  const header = Buffer.from(JSON.stringify({ embedding: { dtype, shape, data_offsets: [0, values.length] } }))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(header.length))
  return Buffer.concat([length, header, values])
}

/** Every second row moved. */
function halfMoved({ rows, cols, data }: Matrix, by: number): Matrix {
  return { rows, cols, data: data.map((value, p) => (Math.floor(p / cols) % 2 === 0 ? value : value + by)) }
}

describe('bfloat16', () => {
  test('every finite pattern comes back, and values between two go to the nearer, ties to even', () => {
    for (let pattern = 0; pattern < 0x10000; pattern++) {
      const value = fromBfloat16(pattern)
      if (Number.isNaN(value)) expect(Number.isNaN(fromBfloat16(toBfloat16(value)))).toBe(true)
      else expect(toBfloat16(value)).toBe(pattern)
    }
    for (const [value, nearest] of [
      [1 + 2 ** -8, 1],
      [1 + 3 * 2 ** -8, 1 + 2 ** -6],
      [1 + 2 ** -8 + 2 ** -20, 1 + 2 ** -7],
      [-(1 + 2 ** -8), -1],
    ]) {
      expect(roundToBfloat16(value!)).toBe(nearest)
    }
    expect(roundToBfloat16(3.3895e38)).toBeLessThan(3.4e38)
    expect(roundToBfloat16(3.4e38)).toBe(Infinity)
  })

  test('read, and written back: unmoved rows keep their bytes, others are rounded, and it is said', async () => {
    const random = randomStream(1, 'bf16')
    const values = Float32Array.from({ length: 60 }, () => random.normal())
    writeFileSync(at('b.safetensors'), tensor('BF16', [20, 3], encodeValues(values, 'bf16')))
    const table = await readTable(at('b.safetensors'))
    expect(table).toMatchObject({ dtype: 'bf16', matrix: { data: values.map(roundToBfloat16) } })
    const moved = halfMoved(table.matrix, 0.001)
    const after = withMatrix(table, moved)
    expect(after.matrix.data).toEqual(moved.data.map(roundToBfloat16))
    expect(notesOnRounding(table, table.matrix)).toEqual([])
    expect(notesOnRounding(table, moved)).toEqual([
      expect.stringMatching(/^\d+ of 60 values were rounded to bfloat16, the type of the table, by/),
    ])
    await writeTable(at('b2.safetensors'), after)
    const [old, fresh] = [readFileSync(at('b.safetensors')), readFileSync(at('b2.safetensors'))]
    expect(fresh.subarray(0, -120)).toEqual(old.subarray(0, -120))
    for (let i = 0; i < 20; i += 2)
      expect(fresh.subarray(fresh.length - 120 + 6 * i).subarray(0, 6)).toEqual(
        old.subarray(old.length - 120 + 6 * i).subarray(0, 6),
      )
    expect((await readTable(at('b2.safetensors'))).matrix).toEqual(after.matrix)
  })

  test('in formats without it values are written as float32, and it is said', async () => {
    const table = await readTable(at('b.safetensors'))
    expect(notesOnFormat(at('b.npy'), table)).toEqual([
      `${at('b.npy')}: values of bfloat16 are written as float32, since an npy file holds no bfloat16`,
    ])
    await writeTable(at('b.npy'), table)
    expect(await readTable(at('b.npy'))).toMatchObject({ dtype: 'f4', matrix: table.matrix })
    expect(() => createTable(at('b3.npy'), { rows: 20, cols: 3, dtype: 'bf16' })).toThrow(
      'a npy file holds no bfloat16',
    )
  })

  test('beyond its range', async () => {
    const table = embeddingTable({ matrix: matrix(2, 1, Float32Array.of(1, 2)), dtype: 'bf16' })
    expect(() => withMatrix(table, matrix(2, 1, Float32Array.of(1, 3.4e38)))).toThrow(
      'is beyond the range of bfloat16; convert the table to float32 first',
    )
  })
})

describe('int8 and uint8', () => {
  const whole = Int8Array.of(-128, 0, 127, 5, -5, 64)
  const npy = (descr: string): Buffer => Buffer.concat([npyHeaderBytes([3, 2], descr), bytesOf(whole)])
  const files = {
    npy: { i1: () => npy('|i1'), u1: () => npy('|u1') },
    safetensors: { i1: () => tensor('I8', [3, 2], bytesOf(whole)), u1: () => tensor('U8', [3, 2], bytesOf(whole)) },
  }
  const cases = (['npy', 'safetensors'] as const).flatMap((format) =>
    (['i1', 'u1'] as const).map((dtype) => [format, dtype] as const),
  )

  test.each(cases)(
    '%s of %s: refused without a scale, read with one, and written back by it',
    async (format, dtype) => {
      const path = at(`${dtype}.${format}`)
      writeFileSync(path, files[format][dtype]())
      await expect(readTable(path)).rejects.toMatchObject({
        code: 'usage',
        message: expect.stringMatching(/whole numbers that stand for others; say which: with --scale S/),
      })
      const zeroPoint = dtype === 'u1' ? 128 : -3
      const table = await readTable(path, { scale: 0.1, zeroPoint })
      const stored = dtype === 'i1' ? whole : new Uint8Array(whole.buffer, 0, 6)
      expect(Array.from(table.matrix.data)).toEqual(Array.from(stored, (q) => Math.fround(0.1 * (q - zeroPoint))))
      await writeTable(at(`same.${format}`), withMatrix(table, table.matrix), { force: true })
      expect(readFileSync(at(`same.${format}`))).toEqual(readFileSync(path))
      // The first row by less than half a step, the second by one and a half, the third beyond the range.
      const moved = matrix(
        3,
        2,
        table.matrix.data.map((value, p) => value + [0.04, 0.04, 0.16, 0.16, 40, -40][p]!),
      )
      const after = withMatrix(table, moved)
      expect(notesOnRounding(table, moved)).toEqual([
        expect.stringMatching(
          /were rounded to u?int8.*; [23] of them lay beyond its range and were set to the end of it/,
        ),
      ])
      await writeTable(at(`moved.${format}`), after, { force: true })
      const back = await readTable(at(`moved.${format}`), { scale: 0.1, zeroPoint })
      expect(back.matrix).toEqual(after.matrix)
      const [least, most] = dtype === 'i1' ? [-128, 127] : [0, 255]
      const expected = [0, 0, 2, 2].map((step, p) => Math.min(most!, stored[p]! + step))
      expect(Array.from(after.matrix.data)).toEqual(
        [...expected, most, least].map((q) => Math.fround(0.1 * (q! - zeroPoint))),
      )
    },
  )

  test.each(cases)('%s of %s, block by block', (format, dtype) => {
    const path = at(`${dtype}.${format}`)
    expect(() => openTable(path)).toThrow('--scale')
    const input = openTable(path, { scale: 0.5 })
    const rows = new Float32Array(6)
    input.readRows(0, 3, rows)
    const output = createTable(at(`stream.${format}`), { rows: 3, cols: 2, like: input, force: true })
    output.writeRows(rows)
    output.stage().commit()
    input.close()
    expect(readFileSync(at(`stream.${format}`))).toEqual(readFileSync(path))
  })

  test.each([
    ['a scale for floats', 'f4.npy', { scale: 1 }, 'this one holds float32; leave out --scale and --zero-point'],
    ['a zero point for floats', 'f4.npy', { zeroPoint: 1 }, 'leave out --scale and --zero-point'],
    ['a zero point beyond the type', 'i1.npy', { scale: 1, zeroPoint: 128 }, 'expected a zero point from -128 to 127'],
    ['a zero point alone', 'i1.npy', { zeroPoint: 1 }, 'say which: with --scale S'],
    ['a scale of nothing', 'i1.npy', { scale: 0 }, 'expected a scale above 0'],
    ['a scale beyond float32', 'i1.npy', { scale: 1e38 }, 'expected a scale above 0 within float32'],
    ['a scale for text', 'x.csv', { scale: 1 }, 'leave out --scale and --zero-point'],
  ])('%s', async (_, name, options, words) => {
    writeFileSync(at('f4.npy'), Buffer.concat([npyHeaderBytes([2, 1], '<f4'), bytesOf(Float32Array.of(1, 2))]))
    await expect(readTable(at(name), options)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(words),
    })
  })

  test('infinity is no end of the range', () => {
    const table = embeddingTable({
      matrix: matrix(2, 1, Float32Array.of(1, 2)),
      dtype: 'i1',
      quantisation: { scale: 1, zeroPoint: 0 },
    })
    expect(() => withMatrix(table, matrix(2, 1, Float32Array.of(1, Infinity)))).toThrow(
      'expected a finite number, got Infinity',
    )
  })
})

test('values near the end of float32 are read without infinity, and written as they were', async () => {
  const values = [3.4028234663852886e38, -3.4028234663852886e38, 1.1754943508222875e-38, 1e-45, 0, 1]
  await writeTable(at('large.npy'), embeddingTable({ matrix: matrix(3, 2, Float32Array.from(values)) }))
  for (const name of ['large.csv', 'large.npz', 'large.safetensors', 'large.parquet']) {
    await writeTable(at(name), await readTable(at('large.npy')))
    expect((await readTable(at(name))).matrix.data).toEqual(Float32Array.from(values))
  }
  writeFileSync(at('beyond.csv'), 'id,d0\na,3.41e38\nb,1\n')
  await expect(readTable(at('beyond.csv'))).rejects.toThrow('3.41e38, beyond the range of float32')
})

describe.each([
  ['<f2', 'f2'],
  ['>f2', 'f2'],
  ['>f4', 'f4'],
  ['<f8', 'f8'],
  ['>f8', 'f8'],
] as const)('%s', (descr, dtype) => {
  const values = Float64Array.from({ length: 21 }, (_, p) => ((p * 37) % 21) / 8 - 1)
  test.each([false, true])('column by column: %s', async (fortran) => {
    const laid = fortran ? Float64Array.from(values, (_, p) => values[(p % 7) * 3 + Math.floor(p / 7)]!) : values
    const bytes = Buffer.concat([
      npyHeaderBytes([7, 3], descr, fortran),
      encodeValues(laid, { dtype, bigEndian: descr.startsWith('>') }),
    ])
    writeFileSync(at('laid.npy'), bytes)
    const table = await readTable(at('laid.npy'))
    expect(Array.from(table.exact ?? table.matrix.data)).toEqual([...values])
    await writeTable(at('laid2.npy'), withMatrix(table, table.matrix), { force: true })
    expect(readFileSync(at('laid2.npy'))).toEqual(bytes)
    // Rows by number, and written row by row.
    const input = openTable(at('laid.npy'))
    const rows = new Float64Array(9)
    input.readRows(2, 5, rows)
    expect([...rows]).toEqual([...values.subarray(6, 15)])
    const output = createTable(at('laid3.npy'), { rows: 3, cols: 3, like: input, force: true })
    output.writeRows(rows)
    output.stage().commit()
    input.close()
    const written = readFileSync(at('laid3.npy'))
    expect(written.subarray(0, 128)).toEqual(Buffer.from(npyHeaderBytes([3, 3], descr)))
    expect(written.subarray(128)).toEqual(Buffer.from(encodeValues(rows, { dtype, bigEndian: descr.startsWith('>') })))
  })
})

const python = pythonWith('safetensors', 'numpy')
describe.skipIf(!python)('NumPy and the safetensors package', () => {
  test('arrays of every order and type are read value by value and id by id, and come back equal', async () => {
    python!(
      `import sys, numpy
at = sys.argv[1]
x = numpy.random.default_rng(5).normal(size=(50, 6))
for order in "CF":
    for code in ("<f2", ">f2", "<f4", ">f4", "<f8", ">f8"):
        array = numpy.array(x, dtype=code, order=order)
        name = f"{at}/peer-{order}-{'big' if code[0] == '>' else 'little'}-{code[1:]}"
        numpy.save(name + ".npy", array)
        numpy.savez(name + ".npz", embedding=array, ids=numpy.arange(50).astype(">i8") + 2**53)
        numpy.savez_compressed(name + "-z.npz", embedding=array, ids=numpy.array([f"u{i}ж" for i in range(50)]).astype(">U4"))
        array.astype("<f8").tofile(name + ".raw") if order == "C" else numpy.ascontiguousarray(array).astype("<f8").tofile(name + ".raw")`,
      folder,
    )
    for (const order of ['C', 'F'])
      for (const end of ['big', 'little'])
        for (const dtype of ['f2', 'f4', 'f8']) {
          const name = at(`peer-${order}-${end}-${dtype}`)
          const raw = readFileSync(`${name}.raw`)
          const expected = new Float64Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length))
          for (const [suffix, ids] of [
            ['.npy', (i: number) => String(i)],
            ['.npz', (i: number) => String(2n ** 53n + BigInt(i))],
            ['-z.npz', (i: number) => `u${i}ж`],
          ] as const) {
            const table = await readTable(`${name}${suffix}`)
            expect(table.dtype).toBe(dtype)
            expect(table.exact ?? Float64Array.from(table.matrix.data)).toEqual(expected)
            expect(table.ids).toEqual(Array.from({ length: 50 }, (_, i) => ids(i)))
            await writeTable(`${name}-out${suffix}`, withMatrix(table, halfMoved(table.matrix, 0.25)))
          }
        }
    python!(
      `import sys, numpy
at = sys.argv[1]
for order in "CF":
    for end in ("big", "little"):
        for dtype in ("f2", "f4", "f8"):
            name = f"{at}/peer-{order}-{end}-{dtype}"
            for suffix in (".npy", ".npz", "-z.npz"):
                old, new = (numpy.load(name + part + suffix) for part in ("", "-out"))
                if suffix != ".npy":
                    assert old["ids"].dtype == new["ids"].dtype and (old["ids"] == new["ids"]).all()
                    old, new = old["embedding"], new["embedding"]
                assert old.dtype == new.dtype and old.flags.f_contiguous == new.flags.f_contiguous and old.shape == new.shape, (name, suffix)
                assert (old[::2].tobytes() == new[::2].tobytes()), (name, suffix)
                assert numpy.abs(new[1::2].astype(float) - old[1::2] - 0.25).max() < {"f2": 2e-3, "f4": 1e-6, "f8": 1e-6}[dtype]`,
      folder,
    )
  })

  test('bfloat16 of the safetensors package', async () => {
    // NumPy has no bfloat16: its bits are the upper ones of float32, rounded to even.
    const found = python!(
      `import sys, json, struct, numpy
at = sys.argv[1]
x = numpy.random.default_rng(6).normal(size=(40, 5)).astype("<f4")
bits = x.view("<u4")
rounded = ((bits + 0x7fff + ((bits >> 16) & 1)) >> 16).astype("<u2")
import safetensors
spec = safetensors.TensorSpec(dtype="bfloat16", shape=x.shape, data_ptr=rounded.ctypes.data, data_len=rounded.nbytes)
safetensors.serialize_file({"users.weight": spec}, at + "/peer.safetensors")
print(json.dumps((rounded.astype("<u4") << 16).view("<f4").astype(float).ravel().tolist()))`,
      folder,
    )
    const table = await readTable(at('peer.safetensors'))
    expect(table.dtype).toBe('bf16')
    expect(Array.from(table.matrix.data)).toEqual(JSON.parse(found))
    await writeTable(at('peer-out.safetensors'), withMatrix(table, halfMoved(table.matrix, 0.25)))
    python!(
      `import sys
from safetensors import deserialize
import numpy
old, new = (dict(deserialize(open(sys.argv[1] + name, "rb").read()))["users.weight"] for name in ("/peer.safetensors", "/peer-out.safetensors"))
assert old["dtype"] == new["dtype"] == "BF16" and list(old["shape"]) == list(new["shape"]) == [40, 5]
floats = [(numpy.frombuffer(bytes(each["data"]), "<u2").astype("<u4") << 16).view("<f4").reshape(40, 5) for each in (old, new)]
assert (floats[0][::2] == floats[1][::2]).all() and numpy.abs(floats[1][1::2] - floats[0][1::2] - 0.25).max() < 2**-6`,
      folder,
    )
  })

  test('whole numbers of 8 bits', async () => {
    python!(
      `import sys, numpy
from safetensors.numpy import save_file
q = numpy.random.default_rng(7).integers(-128, 128, size=(30, 4))
numpy.savez(sys.argv[1] + "/whole.npz", embedding=q.astype("i1"), ids=numpy.arange(30, dtype="u2"))
save_file({"embedding": (q + 128).astype("u1")}, sys.argv[1] + "/whole.safetensors")`,
      folder,
    )
    for (const [name, zeroPoint] of [
      ['whole.npz', 0],
      ['whole.safetensors', 128],
    ] as const) {
      const table = await readTable(at(name), { scale: 0.02, zeroPoint })
      await writeTable(
        at(`out-${name}`),
        withMatrix(
          table,
          matrix(
            30,
            4,
            table.matrix.data.map((value) => value + 0.02),
          ),
        ),
      )
    }
    python!(
      `import sys, numpy
from safetensors.numpy import load_file
at = sys.argv[1]
old, new = numpy.load(at + "/whole.npz"), numpy.load(at + "/out-whole.npz")
assert new["embedding"].dtype == numpy.int8 and new["ids"].dtype == numpy.uint16
assert (new["embedding"] == numpy.minimum(old["embedding"].astype(int) + 1, 127)).all()
old, new = (load_file(at + name)["embedding"] for name in ("/whole.safetensors", "/out-whole.safetensors"))
assert new.dtype == numpy.uint8 and (new == numpy.minimum(old.astype(int) + 1, 255)).all()`,
      folder,
    )
  })
})
