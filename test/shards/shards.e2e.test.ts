import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { plantTable } from './planted-table.ts'
import { digests, run, runWorkers } from './sharded-run.ts'

let folder: string
const at = (...names: string[]): string => join(folder, ...names)
const labels = (): string[] => ['--attributes', at('people.csv'), '--attribute', 'gender']
const prepare = (out: string): Promise<string> =>
  run(
    [
      'shards',
      'unlearn',
      at('users.npy'),
      ...labels(),
      '--out',
      at(out),
      '--shards',
      '4',
      '--frequencies',
      '128',
      '--prepare-only',
      '--quiet',
    ],
    1,
  )

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'indistinct-shards-test-'))
  plantTable(at('users.npy'), at('people.csv'), 20_000, 20)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Largest folded AUC of a linear and a quadratic attacker on a sample. */
async function leak(table: string): Promise<number> {
  const text = await run(
    [
      'audit',
      table,
      '--sample',
      '6000',
      ...labels(),
      '--attackers',
      'logistic,qda',
      '--protocols',
      'paper',
      '--input',
      'standardised',
      '--repeats',
      '3',
      '--refit=false',
      '--json',
      '--quiet',
    ],
    1,
  )
  const { attacks, sample } = JSON.parse(text) as { attacks: { foldedAuc: { value: number } }[]; sample: object }
  expect(sample).toEqual({ users: 6000, of: 20_000 })
  return Math.max(...attacks.map(({ foldedAuc }) => foldedAuc.value))
}

test('one worker, two, and two of which one is killed: the same bytes, at chance', async () => {
  await Promise.all(['two', 'killed'].map(prepare))
  // The command that does it all on this machine, and workers that an engine would start.
  await run(
    [
      'shards',
      'unlearn',
      at('users.npy'),
      ...labels(),
      '--out',
      at('one'),
      '--shards',
      '4',
      '--frequencies',
      '128',
      '--quiet',
    ],
    1,
  )
  const [first] = await runWorkers(at('two'), 2, 1)
  expect(first).toMatchObject({ rows: 10_000, shards: 2 })
  expect(first!.sums).toBeGreaterThan(8)
  await runWorkers(at('killed'), 2, 1, Math.floor(first!.sums / 2))

  const one = digests(at('one'))
  expect(Object.keys(one)).toHaveLength(9)
  expect(digests(at('two'))).toEqual(one)
  expect(digests(at('killed'))).toEqual(one)
  expect(existsSync(at('one', 'work'))).toBe(false)
  const manifest = JSON.parse(readFileSync(at('one', 'manifest.json'), 'utf8')) as {
    shards: { file: string; sha256: string }[]
    moved: number
    parameters: object
  }
  for (const { file, sha256 } of manifest.shards) expect(one[file]).toBe(sha256)
  expect(manifest.moved).toBe(20_000 - 400)
  expect(manifest.parameters).toMatchObject({ outcome: 'landed', kernel: 'random-fourier' })

  const [before, after] = await Promise.all([leak(at('users.npy')), leak(at('one', 'manifest.json'))])
  expect(before).toBeGreaterThan(0.65)
  expect(after).toBeLessThan(0.54)
})
