import { expect, test } from 'vitest'
import type { AttackRow } from '../report-data.ts'
import { threeAttacks, threeAttacksTable } from './three-attacks.ts'

const row = (attacker: string, before: number, after: number): AttackRow => ({
  table: 'users',
  attacker,
  before: {
    auc: { value: before },
    foldedAuc: { value: before, low: before - 0.1, high: before + 0.1 },
    control: { value: 0.52, high: 0.55 },
  },
  after: { auc: { value: after }, control: { value: 0.51, high: 0.54 } },
})

test('the strongest attack of each phase stands beside its control and guessing', () => {
  const [before, after] = threeAttacks([row('mlp', 0.76, 0.5), row('xgb', 0.7, 0.45)])
  expect([before!.row.attacker, before!.main.value, before!.control!.value, before!.naive]).toEqual([
    'mlp',
    0.76,
    0.52,
    0.5,
  ])
  // Of 0.48 that control leaves, main reaches 0.24.
  expect(before!.excess!.value).toBeCloseTo(0.5, 10)
  expect([before!.excess!.low, before!.excess!.high].map((end) => end!.toFixed(4))).toEqual(['0.2917', '0.7083'])
  // Folded: 0.45 is 0.55.
  expect([after!.row.attacker, after!.main.value.toFixed(2)]).toEqual(['xgb', '0.55'])
})

test('an attack that control betters exceeds it by nothing', () => {
  expect(threeAttacks([row('mlp', 0.51, 0.5)])[0]!.excess).toEqual({ value: 0, low: 0, high: (0.61 - 0.52) / 0.48 })
})

test('the table says which is which, and is left out without a test of chance', () => {
  const { text } = threeAttacksTable([row('mlp', 0.76, 0.5)])!
  expect(text).toContain('<th scope="row">Main</th><td>0.760 [0.660, 0.860]</td><td>0.500</td>')
  expect(text).toContain('<th scope="row">Control</th><td>0.520 [to 0.550]</td><td>0.510 [to 0.540]</td>')
  expect(text).toContain('<th scope="row">Naive</th><td>0.500</td><td>0.500</td>')
  expect(text).toContain('labels were dealt to users at random')
  expect(threeAttacksTable([{ table: 'users', attacker: 'mlp', before: { auc: { value: 0.6 } } }])).toBeUndefined()
})
