/**
 * @file What the action runs: `indistinct audit` on the table as it was, where it is given, and then on the one that is
 * to go out, under the gate. Inputs come as environment variables, which action.yml names.
 */

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** @param {string} name @returns {string[]} its lines, without those that are blank */
function lines(name) {
  return (process.env[`INDISTINCT_${name}`] ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

/** @param {string} name */
function required(name) {
  const value = (process.env[`INDISTINCT_${name}`] ?? '').trim()
  if (value === '') {
    console.log(`::error title=Indistinct audit::input ${name.toLowerCase()}: expected a value, got nothing`)
    process.exit(2)
  }
  return value
}

// A command of one's own, in JSON, such as ["node","bin/indistinct.js"]: the tests of this action run a checkout.
const own = process.env['INDISTINCT_COMMAND']
const [program, ...words] = own ? JSON.parse(own) : ['npx', '--yes', `indistinct@${required('VERSION')}`]
const common = [`--attributes=${required('ATTRIBUTES')}`, `--attribute=${required('ATTRIBUTE')}`, ...lines('FLAGS')]

/** @param {string[]} args @param {'inherit' | 'pipe'} stdout */
function audit(args, stdout) {
  const {
    status,
    stdout: printed,
    error,
  } = spawnSync(program, [...words, 'audit', ...args, ...common], {
    stdio: ['ignore', stdout, 'inherit'],
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  if (error) throw error
  return { status: status ?? 1, printed }
}

const folder = mkdtempSync(join(tmpdir(), 'indistinct-action-'))
try {
  const before = lines('BEFORE')
  const beside = []
  if (before.length > 0) {
    const { status, printed } = audit([...before, '--json'], 'pipe')
    if (status !== 0) process.exit(status)
    const file = join(folder, 'before.json')
    writeFileSync(file, printed)
    beside.push(`--before=${file}`)
  }
  const gate = `--gate=${required('GATE')}`
  required('TABLE')
  process.exitCode = audit([...lines('TABLE'), gate, '--format=github', ...beside], 'inherit').status
} finally {
  rmSync(folder, { recursive: true })
}
