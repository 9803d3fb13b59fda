import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { indistinct, plantLeak, type Finished } from './spawned-cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-cli-config-'))
afterAll(() => rmSync(folder, { recursive: true }))
plantLeak(folder, 60, 2)
const run = (line: string, env: Record<string, string> = {}): Promise<Finished> => indistinct(line.split(' '), { cwd: folder, env })
const configure = (config: unknown, name = 'indistinct.config.json'): void => writeFileSync(join(folder, name), JSON.stringify(config))
const seedOf = async (line: string, env = {}): Promise<unknown> => {
  const { stdout, stderr } = await run(`unlearn users.csv --json --force ${line}`, env)
  return stdout === '' ? stderr : (JSON.parse(stdout) as { seed: unknown }).seed
}

test('flag, environment, configuration file, default: in this order', async () => {
  configure({ attributes: 'people.csv', attribute: 'gender', unlearn: { method: 'random-noise', out: 'out.csv', seed: 3 }, audit: { seed: 4 } })
  expect(await seedOf('')).toBe(3)
  expect(await seedOf('', { INDISTINCT_SEED: '7' })).toBe(7)
  expect(await seedOf('--seed 8', { INDISTINCT_SEED: '7' })).toBe(8)
  configure({ unlearn: { seed: 5 }, attributes: 'people.csv', attribute: 'gender' }, 'other.json')
  expect(await seedOf('--config other.json --out out.csv --method random-noise')).toBe(5)
  configure({ attributes: 'people.csv', attribute: 'gender', unlearn: { method: 'random-noise', out: 'out.csv' } })
  expect(await seedOf('')).toBe(0)
  expect(readFileSync(join(folder, 'out.csv.html'), 'utf8')).toContain('indistinct unlearn users.csv --json --force --attributes=people.csv --attribute=gender --method=random-noise --out=out.csv')
})

test('a wrong file exits 2 naming file and key; help does without it', async () => {
  configure({ audit: { atackers: ['mlp'] } })
  expect(await run('doctor')).toMatchObject({ code: 2, stdout: '', stderr: 'error: indistinct.config.json: unknown key "atackers" in audit; did you mean attackers?\n' })
  expect(await run('doctor --help')).toMatchObject({ code: 0, stderr: '' })
  expect(await run('doctor --config none.json')).toMatchObject({ code: 4, stderr: 'error: cannot read none.json: no such file\n' })
})
