import { deflateRawSync } from 'node:zlib'
import { canonicalJson, jsonText, IndistinctError, randomStream, sha256, type Json } from '@indistinct/core'
import { writeNpy } from '@indistinct/embeddings'
import { describe, expect, test } from 'vitest'
import { applyDelta, makeDelta } from './delta.ts'
import { meanMatching } from '../closed/mean-matching.ts'
import { leakyTable } from '../testing/leaky-tables.ts'

const { embedding, labels } = leakyTable([150, 100], 8, 1.5, 1, 250)
const moved = meanMatching(embedding, labels).embedding
const original = writeNpy([500, 8], embedding.data)
const unlearned = writeNpy([500, 8], moved.data)
const csv = (data: Float32Array): Uint8Array =>
  Buffer.from(`id,a\r\n${Array.from({ length: 500 }, (_, i) => `"user ""${i}""",${data[8 * i]!}`).join('\n')}\n`)

function encodingOf(delta: Uint8Array): string {
  return (JSON.parse(Buffer.from(delta).toString('utf8').split('\n')[0]!) as { encoding: string }).encoding
}

function refusal(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    expect(error).toBeInstanceOf(IndistinctError)
    expect((error as IndistinctError).code).toBe('bad-data')
    return (error as Error).message
  }
  throw new Error('nothing was thrown')
}

describe('makeDelta and applyDelta', () => {
  test.each<[string, Uint8Array, Uint8Array, string]>([
    ['float32 tables', original, unlearned, 'xor'],
    [
      'float64 tables',
      writeNpy([500, 8], new Float64Array(embedding.data)),
      writeNpy([500, 8], new Float64Array(moved.data)),
      'xor',
    ],
    ['CSV of other lengths of numbers', csv(embedding.data), csv(moved.data), 'lines'],
    ['text of another number of lines', csv(embedding.data), Buffer.from('other\n'), 'whole'],
    ['equal files', original, original, 'lines'],
    ['an empty file', new Uint8Array(), unlearned, 'whole'],
  ])('restore %s byte for byte', (_, before, after, encoding) => {
    const delta = makeDelta(before, after)
    expect(Buffer.compare(applyDelta(after, delta), before)).toBe(0)
    expect(encodingOf(delta)).toBe(encoding)
  })

  test('hold less than the users who moved', () => {
    // Half of the 500 users moved.
    expect(makeDelta(original, unlearned).length).toBeLessThan(500 + 0.9 * 250 * 8 * 4)
    expect(makeDelta(original, original).length).toBeLessThan(900)
  })

  test('another table is refused, and the original is recognised', () => {
    const delta = makeDelta(original, unlearned)
    const other = Uint8Array.from(unlearned)
    other[other.length - 1]! ^= 1
    expect(refusal(() => applyDelta(other, delta, { table: 'b.npy', delta: 'a.delta' }))).toMatch(
      /^b\.npy: expected the table that a\.delta was written with, sha256 [0-9a-f]{64}, got [0-9a-f]{64}; another run wrote it, or it was changed since$/,
    )
    expect(refusal(() => applyDelta(original, delta))).toContain('it is the original already')
  })

  test('every damaged byte is found', () => {
    const delta = makeDelta(original, unlearned)
    const random = randomStream(1, 'damage')
    for (let trial = 0; trial < 300; trial++) {
      const damaged = Uint8Array.from(delta)
      // The first line as often as the content.
      damaged[random.integer(trial % 2 ? 600 : damaged.length)]! ^= 1 << random.integer(8)
      expect(refusal(() => applyDelta(unlearned, damaged))).toMatch(/^delta: /)
    }
  })

  test('truncated and lengthened files, and other kinds, are refused', () => {
    const delta = makeDelta(original, unlearned)
    expect(refusal(() => applyDelta(unlearned, delta.subarray(0, -3)))).toContain('the file is truncated')
    expect(refusal(() => applyDelta(unlearned, Buffer.concat([delta, Buffer.of(1)])))).toContain('the file is too long')
    expect(refusal(() => applyDelta(unlearned, delta.subarray(0, 40)))).toContain('a file without its first line')
    expect(refusal(() => applyDelta(unlearned, Buffer.from('{}\n')))).toContain('another kind of file')
    expect(refusal(() => applyDelta(unlearned, Buffer.from('null\n')))).toContain('another kind of file')
    expect(refusal(() => applyDelta(unlearned, new Uint8Array()))).toContain('a file without its first line')
  })
})

describe('a delta that somebody made up, with the right checksums', () => {
  const table = Buffer.from('a\nb\n')
  const mark = (bytes: Uint8Array): { [key: string]: Json } => ({ bytes: bytes.length, sha256: sha256(bytes) })
  const made = (fields: { [key: string]: Json }, plain: Uint8Array): Uint8Array => {
    const payload = deflateRawSync(plain)
    const header = {
      schema: 'indistinct/delta/1',
      encoding: 'lines',
      stride: 1,
      original: mark(table),
      unlearned: mark(table),
      payload: { ...mark(payload), inflated: plain.length },
      ...fields,
    }
    return Buffer.concat([Buffer.from(jsonText({ ...header, checksum: sha256(canonicalJson(header)) })), payload])
  }

  test.each<[string, { [key: string]: Json }]>([
    ['no digests', { unlearned: null }],
    ['lengths below 0', { payload: { bytes: -1, inflated: 1, sha256: '' } }],
    ['another encoding', { encoding: 'rot13' }],
    ['no stride', { stride: 0 }],
  ])('is refused: %s', (_, fields) => {
    expect(refusal(() => applyDelta(table, made(fields, Buffer.of(0, 0, 0))))).toContain('expected a delta of schema')
  })

  test('is refused where a number is none', () => {
    const text = Buffer.from(made({ more: 7 }, Buffer.of(0, 0, 0)))
      .toString('latin1')
      .replace('"more":7', '"more":1e999')
    expect(refusal(() => applyDelta(table, Buffer.from(text, 'latin1')))).toContain('expected a delta of schema')
  })

  test('cannot make one line again and again', () => {
    expect(Buffer.from(applyDelta(table, made({}, Buffer.of(0, 1, 0, 1, 1, 0)))).toString()).toBe('a\nb\n')
    expect(refusal(() => applyDelta(table, made({}, Buffer.of(0, 1, 0, 0, 1, 0))))).toContain(
      'does not restore the original',
    )
  })
})
