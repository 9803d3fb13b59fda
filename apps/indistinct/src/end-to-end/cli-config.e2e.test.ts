import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { indistinct, plantLeak, type Finished } from './spawned-cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-cli-config-'))
afterAll(() => rmSync(folder, { recursive: true }))
plantLeak(folder, 60, 2)
const run = (line: string, env: Record<string, string> = {}): Promise<Finished> =>
  indistinct(line.split(' '), { cwd: folder, env })
const configure = (config: unknown, name = 'indistinct.config.json'): void =>
  writeFileSync(join(folder, name), JSON.stringify(config))

test('flag, environment, configuration file, default: in this order; the report has what repeats the run', async () => {
  configure({
    attributes: 'people.csv',
    attribute: 'gender',
    unlearn: { method: 'random-noise', out: 'out.csv', seed: 3 },
  })
  const { stdout } = await run('unlearn users.csv --json', { INDISTINCT_SEED: '7' })
  expect(JSON.parse(stdout)).toMatchObject({ method: 'random-noise', seed: 7 })
  expect(readFileSync(join(folder, 'out.csv.html'), 'utf8')).toContain(
    'indistinct unlearn users.csv --json --attributes=people.csv --attribute=gender --method=random-noise ' +
      '--out=out.csv<',
  )
  const again = await run('unlearn users.csv --json --force --seed=8', { INDISTINCT_SEED: '7' })
  expect(JSON.parse(again.stdout)).toMatchObject({ seed: 8 })
})

test('a wrong file exits 2 naming file and key; help does without it', async () => {
  configure({ audit: { atackers: ['mlp'] } })
  expect(await run('doctor')).toMatchObject({
    code: 2,
    stdout: '',
    stderr: 'error: indistinct.config.json: unknown key "atackers" in audit; did you mean attackers?\n',
  })
  expect(await run('doctor --help')).toMatchObject({ code: 0, stderr: '' })
  expect(await run('doctor --config none.json')).toMatchObject({
    code: 4,
    stderr: 'error: cannot read none.json: no such file\n',
  })
})
