import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeLabels, matrix, randomStream } from '@indistinct/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { embeddingTable } from '../embedding-table.ts'
import { writeNpy } from '../formats/npy/npy.ts'
import { createTable, openTable } from '../open-table.ts'
import { readTable } from '../read-table.ts'
import { streamAffine, type StreamedMap } from './stream-affine.ts'
import { streamClassMoments } from './stream-moments.ts'
import { writeTable } from '../write-table.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'indistinct-stream-'))
})
afterEach(() => rmSync(folder, { recursive: true }))
const at = (name: string): string => join(folder, name)

// More rows than one block of 2^21 values holds.
const [N, K] = [70_000, 32]
const random = randomStream(3, 'stream')
const x = matrix(
  N,
  K,
  Float32Array.from({ length: N * K }, (_, p) => 100 + (p % K) + random.normal()),
)
const labels = encodeLabels(Array.from({ length: N }, (_, i) => (i % 10 === 7 ? '' : i % 3 === 0 ? 'F' : 'M')))

const mapOf = (seed: number): StreamedMap => {
  const draw = randomStream(seed, 'map')
  return {
    centre: Float64Array.from({ length: K }, (_, k) => 100 + k),
    change: Float64Array.from({ length: K * K }, () => 0.1 * draw.normal()),
    shift: Float64Array.from({ length: K }, () => draw.normal()),
  }
}

test('moments of classes and of the rest, as two passes in memory have them', async () => {
  writeFileSync(at('x.npy'), writeNpy([N, K], x.data))
  const table = openTable(at('x.npy'))
  const moments = await streamClassMoments(table, labels)
  table.close()
  expect(moments.map(({ count }) => count)).toEqual(
    [0, 1, -1].map((code) => labels.codes.reduce((n, other) => n + (other === code ? 1 : 0), 0)),
  )
  const rows = Array.from({ length: N }, (_, i) => i).filter((i) => labels.codes[i] === 1)
  const mean = Float64Array.from(
    { length: K },
    (_, k) => rows.reduce((sum, i) => sum + x.data[i * K + k]!, 0) / rows.length,
  )
  const covariance = (a: number, b: number): number =>
    rows.reduce((sum, i) => sum + (x.data[i * K + a]! - mean[a]!) * (x.data[i * K + b]! - mean[b]!), 0) / rows.length
  for (let k = 0; k < K; k++) expect(moments[1]!.mean[k]).toBeCloseTo(mean[k]!, 9)
  for (const [a, b] of [
    [0, 0],
    [3, 3],
    [1, 30],
    [31, 2],
  ] as const)
    expect(Math.abs(moments[1]!.covariance[a * K + b]! - covariance(a, b))).toBeLessThan(1e-9)
})

describe.each(['npy', 'npz', 'safetensors', 'parquet'] as const)('%s', (format) => {
  test('rows are mapped by class; rows without a label, and all else in the file, stay', async () => {
    await writeTable(at(`x.${format}`), embeddingTable({ matrix: x }))
    const input = openTable(at(`x.${format}`))
    const output = createTable(at(`out.${format}`), { rows: N, cols: K, like: input })
    const maps = [mapOf(1), mapOf(2)]
    const { file, moved, rmsChange } = await streamAffine(input, output, labels, maps)
    expect(readdirSync(folder)).not.toContain(`out.${format}`)
    file.commit()
    input.close()
    const { matrix: out } = await readTable(at(`out.${format}`))
    let squares = 0
    for (let p = 0; p < out.data.length; p++) squares += (out.data[p]! - x.data[p]!) ** 2
    expect([moved, rmsChange]).toEqual([N * 0.9, expect.closeTo(Math.sqrt(squares / N), 6)])
    for (const i of [0, 1, 7, 17, 65_535, 65_536, N - 1]) {
      const map = maps[labels.codes[i]!]
      for (let j = 0; j < K; j++) {
        let expected = x.data[i * K + j]!
        if (map) {
          expected += map.shift[j]!
          for (let k = 0; k < K; k++) expected += map.change[j * K + k]! * (x.data[i * K + k]! - map.centre[k]!)
        }
        expect(Math.abs(out.data[i * K + j]! - expected)).toBeLessThan(1e-4)
      }
    }
  })
})

describe('float64', () => {
  test('what does not move keeps its digits', async () => {
    const values = Float64Array.from(x.data, (value) => value + 1e-10)
    writeFileSync(at('x.npy'), writeNpy([N, K], values))
    const input = openTable(at('x.npy'))
    const { file } = await streamAffine(
      input,
      createTable(at('out.npy'), { rows: N, cols: K, like: input }),
      labels,
      [undefined, undefined],
      { unlabelled: mapOf(3) },
    )
    file.commit()
    input.close()
    const { exact, dtype } = await readTable(at('out.npy'))
    expect(dtype).toBe('f8')
    expect(exact!.subarray(0, 7 * K)).toEqual(values.subarray(0, 7 * K))
    expect(exact!.subarray(7 * K, 8 * K)).not.toEqual(values.subarray(7 * K, 8 * K))
  })
})

describe('nothing is left', () => {
  const start = () => {
    writeFileSync(at('x.npy'), writeNpy([N, K], x.data))
    writeFileSync(at('out.npy'), 'old')
    const input = openTable(at('x.npy'))
    return { input, output: createTable(at('out.npy'), { rows: N, cols: K, like: input, force: true }) }
  }
  test('when the signal aborts between two blocks', async () => {
    const { input, output } = start()
    const controller = new AbortController()
    await expect(
      streamAffine(input, output, labels, [mapOf(1), mapOf(2)], {
        signal: controller.signal,
        onRows: () => controller.abort(),
      }),
    ).rejects.toThrow('abort')
    expect(readdirSync(folder).sort()).toEqual(['out.npy', 'x.npy'])
    expect(readFileSync(at('out.npy'), 'utf8')).toBe('old')
    input.close()
  })

  test('when a value leaves the range of the type', async () => {
    writeFileSync(at('half.npy'), writeNpy([2, 1], Float32Array.of(1, 60_000), 'f2'))
    const input = openTable(at('half.npy'))
    const output = createTable(at('out.npy'), { rows: 2, cols: 1, like: input })
    const twice = { centre: Float64Array.of(0), change: Float64Array.of(1), shift: Float64Array.of(0) }
    await expect(streamAffine(input, output, encodeLabels(['a', 'a']), [twice])).rejects.toThrow(
      'row 1 (from 0), dimension 0: 120000 is beyond the range',
    )
    expect(readdirSync(folder)).toEqual(['half.npy'])
    input.close()
  })

  test('when a value is not finite, or rows are missing', async () => {
    writeFileSync(at('nan.npy'), writeNpy([2, 2], Float32Array.of(1, 2, NaN, 3)))
    const input = openTable(at('nan.npy'))
    expect(() => input.readRows(0, 2, new Float32Array(4))).toThrow(
      'row 1 (from 0), dimension 0: expected a finite number',
    )
    input.close()
    const output = createTable(at('out.npy'), { rows: 2, cols: 2 })
    output.writeRows(new Float32Array(2))
    expect(() => output.stage()).toThrow('expected 2 rows, got 1')
    expect(readdirSync(folder)).toEqual(['nan.npy'])
  })

  test('and an existing file is not replaced unasked', () => {
    writeFileSync(at('out.npy'), 'old')
    expect(() => createTable(at('out.npy'), { rows: 1, cols: 1 })).toThrow('is there already')
    expect(() => openTable(at('x.csv'))).toThrow(expect.objectContaining({ code: 'usage' }))
  })
})
