import { fileURLToPath } from 'node:url'
import { namedAttackers } from '@indistinct/attackers'
import { knownDatasets } from '@indistinct/datasets'
import { recommenders } from '@indistinct/recommenders'
import { componentPlaces } from '@indistinct/stages'
import { inTrainingMethods, unlearners } from '@indistinct/unlearners'
import { expect, test } from 'vitest'
import { attackerNamed, datasetNamed, inTrainingNamed, recommenderNamed, unlearnerNamed } from './components.ts'

const workspace = fileURLToPath(new URL('../../../..', import.meta.url))
const byName = <Of extends { readonly name: string }>(all: readonly Of[]): { [name: string]: Of } =>
  Object.fromEntries(all.map((each) => [each.name, each]))

test.each([
  ['dataset', byName(knownDatasets), datasetNamed],
  ['recommender', byName(recommenders), recommenderNamed],
  ['unlearner', unlearners, unlearnerNamed],
  ['in-training', inTrainingMethods, inTrainingNamed],
  [
    'attacker',
    Object.fromEntries(Object.entries(namedAttackers).map(([name, { attacker }]) => [name, attacker])),
    attackerNamed,
  ],
] as const)(
  'every %s of the table comes from its own file, under its own name, and no other',
  async (kind, all, named) => {
    expect([...componentPlaces(kind, workspace).keys()]).toEqual(Object.keys(all))
    for (const [name, component] of Object.entries(all)) expect(await named(name)).toBe(component)
    await expect(named('nobody')).rejects.toThrow(`among ${Object.keys(all).join(', ')}, got "nobody"`)
  },
)

test('attackers have the names that the tables give them', () => {
  for (const [name, { attacker }] of Object.entries(namedAttackers)) expect(attacker.name).toBe(name)
})
