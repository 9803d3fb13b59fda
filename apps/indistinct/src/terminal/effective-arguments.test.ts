import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { effectiveArguments } from './effective-arguments.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-arguments-'))
afterAll(() => rmSync(folder, { recursive: true }))
const file = join(folder, 'c.json')
writeFileSync(file, JSON.stringify({ seed: 3, quiet: true, audit: { gate: 0.6 } }))
const words = (line: string): string[] => line.split(' ')

test('flags of the file come after those of the command line, and never beside them', async () => {
  expect(await effectiveArguments(words(`audit t.npy --config ${file}`), {})).toEqual(
    words('audit t.npy --seed=3 --quiet=true --gate=0.6'),
  )
  expect(await effectiveArguments(words(`--config=${file} audit -q t.npy --seed 5 --gate=0.7`), {})).toEqual(
    words('audit -q t.npy --seed 5 --gate=0.7'),
  )
  expect(await effectiveArguments(words(`audit --config ${file} -- --seed`), {})).toEqual(
    words('audit --seed=3 --quiet=true --gate=0.6 ./--seed'),
  )
})

test('what stands after -- are files, whatever they begin with', async () => {
  expect(await effectiveArguments(words('audit --json -- -x.npy y.npy -'), {})).toEqual(
    words('audit --json ./-x.npy y.npy -'),
  )
})

test('the environment comes before the file', async () => {
  expect(await effectiveArguments(words(`audit --config ${file}`), { INDISTINCT_SEED: '7' })).toEqual(
    words('audit --quiet=true --gate=0.6'),
  )
  expect(await effectiveArguments(words(`audit --config ${file}`), { INDISTINCT_SEED: '' })).toContain('--seed=3')
})

test('help does not need a sound file', async () => {
  expect(await effectiveArguments(words('audit --config none.json --help'), {})).toEqual(
    words('audit --config none.json --help'),
  )
  await expect(effectiveArguments(words('audit --config none.json'), {})).rejects.toThrow(
    'cannot read none.json: no such file',
  )
  await expect(effectiveArguments(words('audit --config'), {})).rejects.toThrow(
    '--config: expected a file, got nothing',
  )
  await expect(effectiveArguments(words('audit --config a --config b'), {})).rejects.toThrow(
    '--config is given 2 times',
  )
})
