/** Rows of one length, and types narrower than float32: what is told and attacked is what the files hold. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { matrix, randomStream } from '@indistinct/core'
import { embeddingTable, readTable, writeNpy, writeTable } from '@indistinct/embeddings'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { indistinctInProcess, type Ran } from './in-process-cli.ts'
import { quickAttack } from './quick-attack.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-lengths-'))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string): string => join(folder, name)
const [N, K] = [300, 4]

function norms({ data }: { readonly data: Float32Array }): number[] {
  return Array.from({ length: data.length / K }, (_, i) => Math.hypot(...data.subarray(i * K, (i + 1) * K)))
}

beforeAll(async () => {
  const random = randomStream(8, 'cli-lengths')
  const data = Float32Array.from(
    { length: N * K },
    (_, p) => random.normal() + (Math.floor(p / K) % 2 === 0 && p % K === 1 ? 1.5 : 0),
  )
  norms({ data }).forEach((norm, i) =>
    data.subarray(i * K, (i + 1) * K).forEach((value, k) => (data[i * K + k] = value / norm)),
  )
  writeFileSync(at('unit.npy'), writeNpy([N, K], data))
  writeFileSync(at('people.csv'), `gender\n${Array.from({ length: N }, (_, i) => 'FM'[i % 2]).join('\n')}\n`)
  await writeTable(at('unit.safetensors'), embeddingTable({ matrix: matrix(N, K, data), dtype: 'bf16' }))
  const quantisation = { scale: 1 / 127, zeroPoint: 0 }
  await writeTable(at('whole.npy'), embeddingTable({ matrix: matrix(N, K, data), dtype: 'i1', quantisation }))
})

const labels = (): string[] => ['--attributes', at('people.csv'), '--attribute', 'gender']
const unlearn = (table: string, out: string, ...more: string[]): Promise<Ran> =>
  indistinctInProcess(['unlearn', at(table), ...labels(), '--out', at(out), '--method', 'mean-matching', ...more])
const warningsOf = (out: string): string[] =>
  (JSON.parse(readFileSync(at(`${out}.json`), 'utf8')) as { warnings: string[] }).warnings

describe('rows of unit length', () => {
  test('stay of unit length, and it is said in text, sidecar and report', async () => {
    const { code, stderr } = await unlearn('unit.npy', 'kept.npy')
    expect(code).toBe(0)
    const said = /all rows of .*unit\.npy have length 1: rows that moved were scaled back to it, from 0\.\d+ to [\d.]+/
    expect(stderr).toMatch(said)
    expect(warningsOf('kept.npy')).toContainEqual(expect.stringMatching(said))
    expect(readFileSync(at('kept.npy.html'), 'utf8')).toMatch(said)
    for (const norm of norms((await readTable(at('kept.npy'))).matrix)) expect(norm).toBeCloseTo(1, 6)
  })

  test('or are let go, with what to do about it; lengths tell the label then, which --force alone writes', async () => {
    const { code, stderr } = await unlearn('unit.npy', 'free.npy', '--lengths', 'free', '--force')
    expect(stderr).toContain('gives away more than before')
    expect(code).toBe(5)
    expect(stderr).toContain(
      'inner products are no cosines any more; scale rows to one length where they are compared, or leave out ' +
        '--lengths free',
    )
    const lengths = norms((await readTable(at('free.npy'))).matrix)
    expect(Math.max(...lengths) - Math.min(...lengths)).toBeGreaterThan(0.1)
  })

  test('block by block too', async () => {
    const { code, stderr } = await unlearn('unit.npy', 'stream.npy', '--stream', 'always')
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringContaining('rows that moved were scaled back to it'),
    })
    expect(warningsOf('stream.npy')).toContainEqual(expect.stringContaining('have length 1'))
    const [kept, stream] = [await readTable(at('kept.npy')), await readTable(at('stream.npy'))]
    stream.matrix.data.forEach((value, p) => expect(value).toBeCloseTo(kept.matrix.data[p]!, 5))
  })
})

describe('what is attacked afterwards is what was written', () => {
  const battery = [...quickAttack, '--json']
  interface Attacks {
    attacks: { foldedAuc: { value: number } }[]
  }
  test.each([
    ['unit.npy', 'a.npy', []],
    ['unit.safetensors', 'a.safetensors', []],
    ['whole.npy', 'b.npy', ['--scale', '0.00787401574']],
  ])('%s', async (table, out, more) => {
    const { code, stdout, stderr } = await unlearn(table, out, '--audit', ...battery, ...more)
    expect({ code, stderr }).toMatchObject({ code: 0 })
    const { audit } = JSON.parse(stdout) as { audit: { after: Attacks } }
    const again = await indistinctInProcess(['audit', at(out), ...labels(), ...battery, ...more])
    const found = JSON.parse(again.stdout) as Attacks
    expect(audit.after.attacks.map(({ foldedAuc }) => foldedAuc.value)).toEqual(
      found.attacks.map(({ foldedAuc }) => foldedAuc.value),
    )
  })
})

describe('types', () => {
  test('bfloat16 stays bfloat16, and the rounding is said', async () => {
    const { code, stderr } = await unlearn('unit.safetensors', 'typed.safetensors')
    expect(code).toBe(0)
    expect(stderr).toMatch(/typed\.safetensors: \d+ of 1200 values were rounded to bfloat16, the type of the table/)
    expect((await readTable(at('typed.safetensors'))).dtype).toBe('bf16')
    expect(warningsOf('typed.safetensors')).toContainEqual(expect.stringContaining('rounded to bfloat16'))
  })

  test('int8 needs a scale, and is written in another format as float32', async () => {
    expect(await unlearn('whole.npy', 'typed.npy')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('say which: with --scale S'),
    })
    const { code, stderr } = await unlearn('whole.npy', 'typed.csv', '--scale', '0.00787401574')
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringContaining('values of int8 are written as float32, since text holds no int8'),
    })
  })
})
