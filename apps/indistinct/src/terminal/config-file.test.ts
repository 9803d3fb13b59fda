import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { jsonText } from '@indistinct/core'
import Ajv from 'ajv'
import { afterAll, describe, expect, test } from 'vitest'
import { readConfig } from './config-file.ts'
import { configSchema } from './config-schema.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-config-'))
afterAll(() => rmSync(folder, { recursive: true }))
const path = join(folder, 'c.json')
const read = (config: unknown, command = 'audit'): Record<string, readonly string[]> => {
  writeFileSync(path, typeof config === 'string' ? config : JSON.stringify(config))
  return Object.fromEntries(readConfig(path, command))
}

test('config.schema.json is the schema of the options', async () => {
  await expect(jsonText(configSchema(), 2)).toMatchFileSnapshot('../../config.schema.json')
})

const accept = new Ajv({ allErrors: true }).compile(configSchema())

describe('what is accepted, by the reader as by the schema', () => {
  test.each<[unknown, string, Record<string, readonly string[]>]>([
    [{ $schema: './config.schema.json' }, 'audit', {}],
    [
      { seed: 3, attribute: 'gender', quiet: true },
      'audit',
      { seed: ['--seed=3'], attribute: ['--attribute=gender'], quiet: ['--quiet=true'] },
    ],
    [
      { seed: 3, audit: { seed: 4, attackers: ['mlp', 'xgb'], gate: 0.55, refit: false } },
      'audit',
      { seed: ['--seed=4'], attackers: ['--attackers=mlp,xgb'], gate: ['--gate=0.55'], refit: ['--refit=false'] },
    ],
    [
      { 'missing-label': ['unknown', 'n, a'] },
      'unlearn',
      { 'missing-label': ['--missing-label=unknown', '--missing-label=n, a'] },
    ],
    [{ audit: { gate: 0.6 }, unlearn: { method: 'leace' } }, 'unlearn', { method: ['--method=leace'] }],
    [{ threads: 2, data: { describe: { core: 5 } } }, 'data describe', { core: ['--core=5'] }],
    [{ 'id-column': 'user', quiet: true }, 'publish', { quiet: ['--quiet=true'] }],
    [{ publish: { to: 'redis', prefix: 'user:' } }, 'publish', { to: ['--to=redis'], prefix: ['--prefix=user:'] }],
  ])('%j for %s', (config, command, flags) => {
    expect(read(config, command)).toEqual(flags)
    expect(accept(config), JSON.stringify(accept.errors)).toBe(true)
  })
})

describe('what is refused, by the reader as by the schema, whatever the command', () => {
  test.each<[unknown, string]>([
    [[], ': expected an object, got []'],
    [{ sed: 3 }, ': unknown key "sed"; did you mean seed?'],
    [{ adit: {} }, ': unknown key "adit"; did you mean audit?'],
    [{ audit: { gat: 0.5 } }, ': unknown key "gat" in audit; did you mean gate?'],
    [{ data: { describe: { cor: 5 } } }, ': unknown key "cor" in data.describe; did you mean core?'],
    [{ data: { liszt: {} } }, ': unknown key "liszt" in data; did you mean list?'],
    [{ data: { describe: 5 } }, ': data.describe: expected an object, got 5'],
    [{ audit: { seed: '3' } }, ': audit.seed: expected an integer, got "3"'],
    [{ audit: { seed: -1 } }, ': audit.seed: expected an integer of at least 0, got "-1"'],
    [{ audit: { gate: 2 } }, ': audit.gate: expected a number from 0.5 to 1, got "2"'],
    [{ audit: { refit: 'no' } }, ': audit.refit: expected true or false, got "no"'],
    [{ audit: { attackers: 'mlp' } }, ': audit.attackers: expected an array of strings, got "mlp"'],
    [{ audit: { attackers: ['mpl'] } }, ': audit.attackers: expected some of mlp'],
    [{ dimensions: ['a,b'] }, ': dimensions: names with commas cannot be given'],
    [{ unlearn: { method: 'flwo' } }, 'got "flwo"; did you mean flow?'],
    [{ unlearn: { out: '' } }, ': unlearn.out: expected a value, got an empty one'],
    [{ attributes: null }, ': attributes: expected a string, got null'],
    [{ audit: { constructor: 1 } }, ': unknown key "constructor" in audit'],
    [{ $schema: 1 }, ': $schema: expected a string, got 1'],
  ])('%j', (config, message) => {
    expect(() => read(config, 'doctor')).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringContaining(message) }),
    )
    expect(accept(config)).toBe(false)
  })

  test('what is no JSON, and what is not there', () => {
    expect(() => read('{ "seed": 3, }')).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringMatching(/c\.json: expected JSON: .*JSON/) }),
    )
    expect(() => readConfig(join(folder, 'none.json'), 'audit')).toThrow(
      expect.objectContaining({ code: 'file', message: expect.stringContaining('none.json: no such file') }),
    )
  })
})
