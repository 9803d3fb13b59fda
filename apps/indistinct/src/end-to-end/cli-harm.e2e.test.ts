import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { matrix, randomStream, type Matrix } from '@indistinct/core'
import { embeddingTable, readTable, writeTable } from '@indistinct/embeddings'
import { afterAll, describe, expect, test } from 'vitest'
import { indistinctInProcess, type Ran } from './in-process-cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-harm-'))
const at = (name: string): string => join(folder, name)
afterAll(() => rmSync(folder, { recursive: true }))
const [N, K] = [1000, 8]

/** Writes a table and who is male: `user` gives a row and the label, and has a stream of its own. */
async function write(
  name: string,
  seed: number,
  user: (random: ReturnType<typeof randomStream>, i: number) => readonly [number[], boolean],
): Promise<Matrix> {
  const random = randomStream(seed, 'harm')
  const table = matrix(N, K)
  const lines = Array.from({ length: N }, (_, i) => {
    const [row, male] = user(random, i)
    table.data.set(row, i * K)
    return `${i},${male ? 'M' : 'F'}\n`
  })
  writeFileSync(at(`${name}-people.csv`), `id,gender\n${lines.join('')}`)
  await writeTable(at(`${name}.npy`), embeddingTable({ matrix: table }), { force: true })
  return table
}

const normals = (random: ReturnType<typeof randomStream>): number[] => Array.from({ length: K }, () => random.normal())

/** A user whose label shifts the first column. */
function leaky(random: ReturnType<typeof randomStream>): [number[], boolean] {
  const male = random.uniform() < 0.6
  const row = normals(random)
  row[0]! += male ? 1.5 : 0
  return [row, male]
}

const unlearn = (name: string, ...more: string[]): Promise<Ran> =>
  indistinctInProcess([
    'unlearn',
    at(`${name}.npy`),
    '--attributes',
    at(`${name}-people.csv`),
    '--attribute',
    'gender',
    '--out',
    at(`${name}-out.npy`),
    ...more,
  ])
const written = async (name: string): Promise<Matrix> => (await readTable(at(`${name}-out.npy`))).matrix
const sidecar = (
  name: string,
): { readonly harm: { readonly checked: boolean; readonly worse: boolean; readonly words: readonly string[] } } =>
  JSON.parse(readFileSync(at(`${name}-out.npy.json`), 'utf8')) as never
const isCold = (i: number): boolean => i % 8 === 0

describe('the default method is harmless on', () => {
  test('equal rows of both labels: they stay one point', async () => {
    await write('equal', 1, (random, i) => {
      const [row, male] = leaky(random)
      return [isCold(i) ? Array<number>(K).fill(0.4) : row, male]
    })
    const { code, stdout } = await unlearn('equal')
    expect(stdout).toMatch(/landed(: means .*)?\n/)
    expect(stdout).toMatch(/Self-check: None of \d+ attackers of fine structure gained/)
    expect(stdout).toMatch(/Scope of the self-check: .*hold the table alone.*the nearest user.*grid of its column/)
    expect(code).toBe(0)
    const { data } = await written('equal')
    const cold = new Set(
      Array.from({ length: N }, (_, i) => i)
        .filter(isCold)
        .map((i) => data.subarray(i * K, (i + 1) * K).join()),
    )
    expect(cold.size).toBe(1)
    expect(cold.has(Array<number>(K).fill(Math.fround(0.4)).join())).toBe(false)
    expect(sidecar('equal').harm).toMatchObject({ checked: true, worse: false })
    for (const line of sidecar('equal').harm.words)
      expect(readFileSync(at('equal-out.npy.html'), 'utf8')).toContain(line.slice(0, 60))
  })

  test('a quantised table: values stay on its lattice', async () => {
    await write('lattice', 2, (random) => {
      const [row, male] = leaky(random)
      return [row.map((value) => Math.round(value / 0.05) * 0.05), male]
    })
    const { code, stdout } = await unlearn('lattice')
    expect(stdout).toMatch(/landed(: means .*)?\n/)
    expect(code).toBe(0)
    const { data } = await written('lattice')
    expect(Math.max(...Array.from(data, (value) => Math.abs(value / 0.05 - Math.round(value / 0.05))))).toBeLessThan(
      1e-3,
    )
  })

  test('tight clusters of one label each: refused with exit code 5, leace named, nothing written', async () => {
    const random = randomStream(3, 'centres')
    const centres = Array.from({ length: 100 }, () => ({ centre: normals(random), male: random.uniform() < 0.6 }))
    await write('clusters', 3, (own, i) => {
      const { centre, male } = centres[i % 100]!
      return [centre.map((value) => value + 0.02 * own.normal()), male]
    })
    const { code, stdout, stderr } = await unlearn('clusters')
    expect(stderr).toMatch(/leace/)
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' })
    expect(existsSync(at('clusters-out.npy')) || existsSync(at('clusters-out.npy.json'))).toBe(false)
  })

  test('a table in which nothing stands out: it is written as it was, in words', async () => {
    const table = await write('nothing', 4, (random) => [normals(random), random.uniform() < 0.6])
    const { code, stdout } = await unlearn('nothing')
    expect(stdout).toMatch(
      /0 of 1000 users moved, .*(nothing stands out before: the table is as it was|already at null)/,
    )
    expect(stdout).toContain('Self-check: no row moved')
    expect(code).toBe(0)
    expect((await written('nothing')).data).toEqual(table.data)
  })
})

describe('a method that writes the label into fine structure fails:', () => {
  const cold = (): Promise<Matrix> =>
    write('harmed', 5, (random, i) => {
      const [row, male] = leaky(random)
      return [isCold(i) ? Array<number>(K).fill(0.4) : row, male]
    })

  test('exit code 5, the attacker named, and nothing written', async () => {
    await cold()
    const { code, stdout, stderr } = await unlearn('harmed', '--method', 'mean-matching')
    expect(stderr).toMatch(
      /gives? away more than before, and nothing was written.*the very same vector.*Unlearn by blind or leace/,
    )
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' })
    expect(existsSync(at('harmed-out.npy'))).toBe(false)
  })

  test('with --force it is written, and said everywhere', async () => {
    await cold()
    const { code, stdout, stderr } = await unlearn('harmed', '--method', 'mean-matching', '--force')
    expect(code).toBe(5)
    expect(stderr).toContain('--force writes it all the same')
    expect(stdout).toMatch(/gives away more than before\n/)
    expect(stdout).not.toContain('landed')
    expect(sidecar('harmed').harm.worse).toBe(true)
    const json = await unlearn('harmed', '--method', 'mean-matching', '--force', '--json')
    expect(json.code).toBe(5)
    expect(JSON.parse(json.stdout)).toMatchObject({
      harm: { worse: true },
      parameters: { outcome: 'gives away more than before' },
    })
  })

  test('leace, which it names, passes', async () => {
    await cold()
    expect((await unlearn('harmed', '--method', 'leace', '--force')).code).toBe(0)
    expect(sidecar('harmed').harm).toMatchObject({ checked: true, worse: false })
  })
})

test('several attributes are checked each; a streamed run says that it is not checked', async () => {
  await write('also', 6, leaky)
  const lines = readFileSync(at('also-people.csv'), 'utf8')
    .trim()
    .split('\n')
    .map((line, i) => (i === 0 ? `${line},age` : `${line},${i % 3}`))
  writeFileSync(at('also-people.csv'), `${lines.join('\n')}\n`)
  const both = await unlearn('also', '--also', 'age')
  expect(both.stdout).toMatch(/Self-check, also.npy, gender: /)
  expect(both.stdout).toMatch(/Self-check, also.npy, age: /)
  expect(both.code).toBe(0)
  const streamed = await unlearn('also', '--method', 'leace', '--stream', 'always', '--force')
  expect(streamed.stdout).toContain('Not checked: whether fine structure')
  expect(sidecar('also').harm.checked).toBe(false)
})
