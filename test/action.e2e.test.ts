import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { plantLeak } from '../apps/indistinct/src/end-to-end/spawned-cli.ts'
import { quickAttack } from '../apps/indistinct/src/end-to-end/quick-attack.ts'

const action = fileURLToPath(new URL('../tools/action/', import.meta.url))
const program = fileURLToPath(new URL('../apps/indistinct/bin/indistinct.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'indistinct-action-test-'))
const at = (name: string): string => join(folder, name)
beforeAll(() => {
  plantLeak(folder, 240, 1.2)
  copyFileSync(at('users.csv'), at('before.csv'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Runs the step of action.yml as a runner does: its inputs with their defaults, its shell, its files. */
function step(given: Readonly<Record<string, string>>): {
  code: number
  log: string
  summary: string
  outputs: string
} {
  const text = readFileSync(join(action, 'action.yml'), 'utf8')
  const defaults = [...text.matchAll(/^ {2}([\w-]+):\n {4}description: .*\n {4}required: false\n {4}default: (.*)$/gm)]
  const inputs = {
    ...Object.fromEntries(defaults.map(([, name, value]) => [name, value!.replace(/^''$/, '')])),
    ...given,
  }
  const run = /^ {6}run: (.*)$/m.exec(text)![1]!
  const env = [...text.matchAll(/^ {8}(\w+): \$\{\{ inputs\.([\w-]+) \}\}$/gm)].map(([, variable, input]) => [
    variable!,
    inputs[input!] ?? '',
  ])
  expect(env).toHaveLength(7)
  const files = { GITHUB_STEP_SUMMARY: at('summary.md'), GITHUB_OUTPUT: at('outputs') }
  for (const file of Object.values(files)) writeFileSync(file, '')
  const { status, stdout, stderr } = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', run], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      ...Object.fromEntries(env),
      ...files,
      GITHUB_ACTION_PATH: action.replace(/\/$/, ''),
      INDISTINCT_COMMAND: JSON.stringify([process.execPath, program]),
    },
  })
  return {
    code: status!,
    log: `${stdout}${stderr}`,
    summary: readFileSync(files.GITHUB_STEP_SUMMARY, 'utf8'),
    outputs: readFileSync(files.GITHUB_OUTPUT, 'utf8'),
  }
}

const flags = [...quickAttack, '--quiet'].join('\n')
const inputs = { table: 'users.csv', attributes: 'people.csv', attribute: 'gender', flags }

describe('the action', () => {
  test('fails where the gate does, with an annotation, a table before and after, and outputs', () => {
    const { code, log, summary, outputs } = step({ ...inputs, gate: '0.55', before: 'before.csv' })
    expect(code).toBe(5)
    expect(log).toMatch(
      /^::error title=gender in users\.csv,file=users\.csv::Gate of 0\.55 failed, upper bound 0\.\d{3}\. /m,
    )
    expect(summary).toContain('### gender in users.csv')
    expect(summary).toContain('**Gate failed**')
    expect(summary).toContain('| attacker | protocol | input | folded AUC before | folded AUC after | p corrected |')
    const [, before, after] = /^\| logistic \| five-fold \| standardised \| ([^|]+) \| ([^|]+) \|/m.exec(summary)!
    expect(before).toBe(after)
    expect(outputs).toMatch(/^passed=false\nleak=true\nupper-bound=0\.\d{3}\nverdict=The attacks we ran found a leak/)
  })

  test('passes where the gate does, and warns of a leak below it', () => {
    const { code, log, outputs } = step({ ...inputs, gate: '1' })
    expect(code).toBe(0)
    expect(log).toMatch(/^::warning title=/m)
    expect(outputs).toContain('passed=true\n')
  })

  test('an input that is missing is named; what an input holds is never a command', () => {
    expect(step({ ...inputs, attribute: '', gate: '0.6' })).toMatchObject({ code: 2 })
    const { code, log } = step({ ...inputs, table: '$(touch touched); users.csv', gate: '0.6' })
    expect(code).toBe(4)
    expect(log).toContain('$(touch touched); users.csv')
    expect(() => readFileSync(at('touched'))).toThrow()
  })

  test('a name in the log is no command to the runner', () => {
    writeFileSync(at('odd.csv'), readFileSync(at('people.csv'), 'utf8').replace('gender', '::add-mask::0'))
    const { log, summary } = step({ ...inputs, attributes: 'odd.csv', attribute: '::add-mask::0', gate: '0.6' })
    const [, token] = /^::stop-commands::(\w{32})$/m.exec(log)!
    const stopped = log.slice(log.indexOf(`::stop-commands::${token}`), log.indexOf(`::${token}::`))
    expect(stopped).toContain('\n::add-mask::0: ')
    expect(log.replace(stopped, '')).not.toMatch(/^::add-mask/m)
    expect(summary).toContain('### ::add-mask::0 in users.csv')
  })
})

test('--before takes what audit --json printed, of the same attribute, and only for a summary', () => {
  const run = (...more: string[]): { status: number | null; stderr: string } =>
    spawnSync(
      process.execPath,
      [program, 'audit', 'users.csv', '--attributes=people.csv', '--attribute=gender', ...quickAttack, ...more],
      { cwd: folder, encoding: 'utf8' },
    )
  writeFileSync(at('other.json'), '{"schema":"indistinct/unlearn/1"}')
  expect(run('--before=other.json')).toMatchObject({ status: 2 })
  const { status, stderr } = run('--format=github', '--before=other.json')
  expect(status).toBe(3)
  expect(stderr).toContain(
    'other.json: expected what indistinct audit --json prints, got schema "indistinct/unlearn/1"',
  )
})
