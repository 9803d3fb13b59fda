import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { ownVersion } from '../terminal/system.ts'
import { indistinctInProcess } from './in-process-cli.ts'
import { indistinct, type Finished } from './spawned-cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-usage-'))
afterAll(() => rmSync(folder, { recursive: true }))
const run = (line: string, env: Record<string, string> = {}): Promise<Finished> =>
  indistinct(
    line.split(' ').filter((word) => word !== ''),
    { cwd: folder, env },
  )

describe('wrong usage exits 2 with one message on stderr and nothing on stdout', () => {
  const unlearn = 'unlearn t.npy --attributes a.csv --attribute g --out o.npy'
  test.each([
    ['', 'expected a command'],
    ['unlern t.npy', 'unknown command unlern; did you mean unlearn?'],
    ['unlearn t.npy --atributes a.csv', 'unknown flag --atributes; did you mean --attributes?'],
    [`${unlearn} --frobnicate`, 'unknown flag --frobnicate\n'],
    ['unlearn', 'expected a TABLE'],
    ['unlearn t.npy', 'missing --attributes, --attribute, --out'],
    [`${unlearn} u.npy`, '--out: expected 2 files separated by commas, one for each table, got o.npy'],
    ['compare t.npy u.npy --attributes a.csv --attribute g', 'unexpected u.npy'],
    [
      `${unlearn} --method flwo`,
      '--method: expected one of flow, relabel, mean-matching, leace, blind, gaussian-transport, d2d-r, u2u-r, ' +
        'u2u-r-closed, random-noise, got "flwo"; did you mean flow?',
    ],
    [`${unlearn} --seed x`, '--seed: expected an integer of at least 0, got "x"'],
    [`${unlearn} --seed 1 --seed 2`, '--seed is given 2 times'],
    [`${unlearn} --steps 5`, '--steps is no parameter of flow; it takes --level'],
    [`${unlearn} --report r.pdf`, '--report: expected a file named .html'],
    ['unlearn t.npy --attributes a.csv --attribute g --out t.npy', 't.npy is an input of this run already'],
    [
      'unlearn t.npy --attributes a.csv --attribute g --out o.xlsx',
      '--out: expected a file named .npy, .npz, .csv, .tsv, .txt, .vec, .parquet or .safetensors',
    ],
    ['reproduce', 'reproduce: expected a target: table-2'],
    [
      'reproduce table-9',
      'expected one of table-2, table-3, table-4, table-5, figure-2, figure-3, figure-4 or all, got "table-9"',
    ],
    [
      'reproduce table-3 --protocol offical',
      '--protocol: expected one of paper, official, strict, got "offical"; did you mean official?',
    ],
    ['reproduce table-3 --datasets ml-100', '--datasets: expected one of synthetic, ml-100k'],
    ['reproduce table-3 --seed 3', 'unknown flag --seed; did you mean --seeds?'],
    ['data', 'expected list, fetch or describe'],
    ['data lst', 'unknown command data lst; did you mean data list?'],
    ['data describe ml100k', 'unknown data set "ml100k"'],
    ['data fetch ml-100k', 'has its own licence'],
  ])('indistinct %s', async (line, message) => {
    const { code, stdout, stderr } = await indistinctInProcess(line.split(' ').filter((word) => word !== ''))
    expect(stderr).toContain(message)
    expect(stderr).toMatch(/^error: [^\n]*\n$/)
    expect(code).toBe(2)
    expect(stdout).toBe('')
  })

  test('messages do not change with the locale', async () => {
    const { stderr } = await run('unlearn t.npy', { LC_ALL: 'de_DE.UTF-8' })
    expect(stderr).toBe('error: unlearn: missing --attributes, --attribute, --out\n')
  })

  test('an environment variable is named', async () => {
    const { code, stderr } = await run('doctor', { INDISTINCT_THREADS: 'all' })
    expect(stderr).toBe('error: INDISTINCT_THREADS: expected an integer from 1 to 1024, got "all"\n')
    expect(code).toBe(2)
  })
})

test('version', async () => {
  expect((await run('--version')).stdout).toBe(`${ownVersion()}\n`)
})

describe('doctor and data', () => {
  test('doctor says what it found', async () => {
    const { code, stdout } = await run('doctor --json --threads 1', { INDISTINCT_THREADS: '2' })
    expect(code).toBe(0)
    const found = JSON.parse(stdout) as Record<string, unknown>
    expect(found).toMatchObject({
      schema: 'indistinct/doctor/1',
      node: { version: process.version },
      threads: { used: 1 },
    })
    expect((found['xgboost'] as { engine: string }).engine).toMatch(/^(native|wasm)$/)
    expect((await run('doctor')).stdout).toMatch(/^indistinct +\d.*\nnode +v/)
  })

  test('data list says where each set is', async () => {
    const { stdout } = await run('data list --json', { INDISTINCT_DATA: folder })
    const { datasets } = JSON.parse(stdout) as { datasets: { name: string; state: string }[] }
    expect(datasets.find(({ name }) => name === 'synthetic')).toMatchObject({ state: 'generated' })
    expect(datasets.find(({ name }) => name === 'ml-100k')).toMatchObject({ state: 'absent' })
    expect((await run('data list')).stdout).toMatch(/^name +users/)
  })

  test('data describe: a flag comes before the environment', async () => {
    const describe = async (line: string, env = {}): Promise<unknown> =>
      JSON.parse((await run(`data describe synthetic --json ${line}`, env)).stdout)
    const seven = await describe('--seed 7')
    expect(seven).toMatchObject({ schema: 'indistinct/data-describe/1', name: 'synthetic' })
    expect(await describe('', { INDISTINCT_SEED: '7' })).toEqual(seven)
    expect(await describe('--seed 8', { INDISTINCT_SEED: '7' })).not.toEqual(seven)
  })

  test('a data set that is not there exits 4 and says how to get it', async () => {
    const { code, stderr } = await run('data describe ml-100k')
    expect(code).toBe(4)
    expect(stderr).toContain('indistinct data fetch ml-100k --accept-licence')
    const withdrawn = await run('data fetch lfm-2b --accept-licence')
    expect(withdrawn.code).toBe(4)
    expect(withdrawn.stderr).toContain('has no download')
  })

  test('a download that is not the official one exits 3, a missing one 4', async () => {
    expect((await run('data fetch ml-100k --accept-licence --from-file none.zip')).code).toBe(4)
    const { code, stderr } = await indistinct(
      ['data', 'fetch', 'ml-100k', '--accept-licence', '--from-file', new URL(import.meta.url).pathname],
      { cwd: folder },
    )
    expect(code).toBe(3)
    expect(stderr).toContain('expected the official ml-100k.zip with md5')
  })
})
