import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { delimiterOf, loadOwnFiles, ownName } from './own-files.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-own-'))
afterAll(() => rmSync(folder, { recursive: true }))

test.each([
  ['/data/plays.csv', 'plays.csv'],
  ['Plays 2024_v2.CSV', 'plays-2024-v2.csv'],
  ['.hidden', 'hidden'],
  ['данные', 'own-files'],
])('%s is called %s', (path, name) => expect(ownName(path)).toBe(name))

test('columns and delimiter of both files, named as they are', async () => {
  const interactions = join(folder, 'Plays.tsv')
  const attributes = join(folder, 'people.tsv')
  writeFileSync(interactions, 'listener\tsong\nann\tone\nbob\tone\nann\ttwo\n')
  writeFileSync(attributes, 'id\tsex\nann\tF\nbob\tM\n')
  const layout = {
    userColumn: 'listener',
    itemColumn: 'song',
    attributesUserColumn: 'id',
    delimiter: delimiterOf('tab'),
  }
  const dataset = await loadOwnFiles({ interactions, attributes, ...layout })
  expect(dataset.name).toBe('plays.tsv')
  expect(dataset.users).toEqual(['ann', 'bob'])
  expect(dataset.attributes['sex']!.classes).toEqual(['F', 'M'])
  await expect(loadOwnFiles({ interactions, attributes })).rejects.toThrow(
    `${interactions}, row 1: expected a column "user", got "listener\\tsong": is the delimiter another one than ","?`,
  )
})

test.each(['', ';;', '"', '\n'])('no delimiter: %j', (text) => {
  expect(() => delimiterOf(text)).toThrow('--delimiter: expected one character, or tab, got')
})
