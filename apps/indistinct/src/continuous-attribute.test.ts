import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { matrix, randomStream } from '@indistinct/core'
import { embeddingTable, readTable, writeTable } from '@indistinct/embeddings'
import { hsicFlow } from '@indistinct/unlearners'
import { afterAll, expect, test } from 'vitest'
import { quarters } from './continuous-attribute.ts'
import { indistinctInProcess, type Ran } from './in-process-cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-continuous-'))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string): string => join(folder, name)
const [N, K] = [300, 4]
const random = randomStream(13, 'continuous')
const ages = Array.from({ length: N }, () => 18 + random.integer(50))
const data = Float32Array.from({ length: N * K }, (_, p) => random.normal() + (p % K === 0 ? (ages[Math.floor(p / K)]! - 40) / 12 : 0))
await writeTable(at('users.npy'), embeddingTable({ matrix: matrix(N, K, data) }))
const file = (name: string, of: (age: number, i: number) => string): void => writeFileSync(at(name), `user,age\n${ages.map((age, i) => `${i},${of(age, i)}`).join('\n')}\n`)
file('people.csv', (age, i) => (i < 4 ? 'unknown' : String(age)))
file('words.csv', (age, i) => (i === 7 ? 'old' : String(age)))
const unlearn = (people: string, ...more: string[]): Promise<Ran> =>
  indistinctInProcess(['unlearn', at('users.npy'), '--attributes', at(people), '--attribute', 'age', '--continuous', '--json', '--quiet', '--force', '--out', at('out.npy'), ...more])

test('quarters keep equal values together, and name their ends', () => {
  const column = { name: 'age', path: 'people.csv' }
  expect(quarters({ ...column, values: ['1', '2', '3', '4', '5', '6', '7', '8', ''] }).values).toEqual(['1: 1 to 2', '1: 1 to 2', '2: 3 to 4', '2: 3 to 4', '3: 5 to 6', '3: 5 to 6', '4: 7 to 8', '4: 7 to 8', ''])
  expect(quarters({ ...column, values: ['1', '1', '1', '1', '1', '9', '?'] }, ['?']).values).toEqual(['1: 1', '1: 1', '1: 1', '1: 1', '1: 1', '2: 9', '?'])
  expect(() => quarters({ ...column, values: ['3', '3'] })).toThrow('expected numbers that differ, got only 3')
})

test('the flow takes the numbers, the record their quarters', async () => {
  const { code, stdout } = await unlearn('people.csv', '--missing-label', 'unknown', '--level', '0.9')
  expect(code).toBe(0)
  const record = JSON.parse(stdout) as { parameters: { ratioBefore: number; ratio: number } }
  expect(record).toMatchObject({ method: 'hsic-flow', parameters: { level: 0.9, users: N - 4 }, attribute: { name: 'age', missing: 4 }, warnings: [expect.any(String), expect.stringContaining('age is a number')] })
  expect(record.parameters.ratioBefore).toBeGreaterThan(3)
  expect(record.parameters.ratio).toBeLessThan(1.02)
  const expected = hsicFlow(matrix(N, K, data), Float64Array.from(ages, (age, i) => (i < 4 ? NaN : age)), { level: 0.9 })
  expect((await readTable(at('out.npy'))).matrix.data).toEqual(expected.embedding.data)
})

test.each([
  [3, 'words.csv', [], 'expected a number for --continuous, got "old" for user "7"'],
  [2, 'people.csv', ['--missing-label', 'unknown', '--method', 'leace'], '--continuous is for the flow, not for leace'],
  [2, 'people.csv', ['--missing-label', 'unknown', '--first-step', '0.1'], 'leave out --first-step'],
])('exit %i: %s %j', async (code, people, flags, message) => {
  const ran = await unlearn(people, ...flags)
  expect(ran).toMatchObject({ code, stdout: '' })
  expect(ran.stderr).toContain(message)
})
