import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { Grid } from '@indistinct/stages'
import { startOptions } from '../start/start-options.ts'
import { checkAttributes } from './check-attributes.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-check-'))
afterAll(() => rmSync(folder, { recursive: true }))
const [plays, people] = [join(folder, 'plays.csv'), join(folder, 'people.csv')]
const users = Array.from({ length: 60 }, (_, u) => u)
writeFileSync(plays, `user,item\n${users.flatMap((u) => [0, 1, 2].map((i) => `${u},${i}\n`)).join('')}`)
writeFileSync(
  people,
  `user,sex,city,planet,asked,spelled\n${users
    .map(
      (u) =>
        `${u},${u % 2 ? 'F' : 'M'},${u < 3 ? 'Ulm' : 'Bonn'},Earth,${['F', 'M', 'NaN'][u % 3]},` +
        `${u < 4 ? ' F' : u % 2 ? 'f' : 'M'}\n`,
    )
    .join('')}`,
)

async function grid(...more: string[]): Promise<Grid> {
  return (await startOptions(['--interactions', plays, '--attributes', people, '--core', '3', ...more]))!.grid
}

test('an attribute with users enough of each label is well', async () => {
  await expect(checkAttributes(await grid('--attribute', 'sex'))).resolves.toEqual([])
})

test('labels that may mean none, and spellings of one label, are told', async () => {
  await expect(checkAttributes(await grid('--attribute', 'asked,sex'))).resolves.toEqual([
    'plays.csv, asked: "NaN" (20 users) is taken for a label of its own; where that means "not known", leave the ' +
      'cells empty in the file',
  ])
  await expect(checkAttributes(await grid('--attribute', 'spelled', '--least-users', '10'))).resolves.toEqual([
    'plays.csv, spelled: "f" (28 users) and " F" (4 users) are taken for different labels; where they are one, make ' +
      'them one in the file',
  ])
})

test('a grid that attacks nothing asks for no users', async () => {
  const { products, ...rest } = await grid('--attribute', 'city')
  const unattacked = { ...products[0]!, protocols: [], attackers: [], until: 'evaluate' } as const
  await expect(checkAttributes({ ...rest, products: [unattacked] })).resolves.toEqual([])
})

test.each([
  [
    ['--attribute', 'spelled'],
    'or merge them in the file; spelled: "f" (28 users) and " F" (4 users) are taken for different labels',
  ],
  [
    ['--attribute', 'gender'],
    'plays.csv: expected one of its attributes (sex, city, planet, asked, spelled), got "gender"',
  ],
  [['--attribute', 'planet'], 'plays.csv, planet: expected users of at least two labels, got only Earth'],
  [['--attribute', 'city'], 'plays.csv, city: expected 10 users of each label, got fewer of 1 of 2, such as Ulm (3)'],
  [['--attribute', 'sex', '--core', '4'], 'plays.csv: no user and item have 4 interactions among themselves'],
])('%s', async (flags, message) => {
  await expect(checkAttributes(await grid(...flags))).rejects.toThrow(message)
})
