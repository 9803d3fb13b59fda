import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { checkOutputFormat, checkOutputs } from './output-files.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-outputs-'))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string): string => join(folder, name)
writeFileSync(at('there.npy'), 'x')
mkdirSync(at('folder'))

test('new files in folders that are there or can be made', () => {
  checkOutputs([at('new.npy'), at('folder/new.npy'), at('deep/er/new.npy')], [at('there.npy')], false)
  expect(readdirSync(folder).sort()).toEqual(['folder', 'there.npy'])
})

test('nothing is replaced without force', () => {
  expect(() => checkOutputs([at('there.npy')], [], false)).toThrow(expect.objectContaining({ code: 'file', message: expect.stringContaining('pass --force') }))
  checkOutputs([at('there.npy')], [], true)
})

test('an input or another output is never replaced, force or not', () => {
  expect(() => checkOutputs([at('there.npy')], [join(folder, 'folder', '..', 'there.npy')], true)).toThrow(expect.objectContaining({ code: 'usage', message: expect.stringContaining('an input') }))
  expect(() => checkOutputs([at('a.json'), at('a.json')], [], true)).toThrow('an output')
})

test('a file where a folder should be', () => {
  expect(() => checkOutputs([at('there.npy/x/out.npy')], [], false)).toThrow(expect.objectContaining({ code: 'file', message: expect.stringContaining('there.npy is not a folder') }))
})

test('a format that tables are not written in is wrong usage', () => {
  checkOutputFormat('x.csv')
  expect(() => checkOutputFormat('x.xlsx')).toThrow(expect.objectContaining({ code: 'usage', message: '--out: expected a file named .npy, .npz, .csv, .tsv, .parquet or .safetensors, got x.xlsx' }))
})
