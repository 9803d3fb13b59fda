import { expect, test } from 'vitest'
import { exampleReport } from '../testing/example-report.ts'
import { priceByGroupTable, pricesByGroup } from './price-by-group.ts'

test('each group has what was measured of it', () => {
  const data = exampleReport()
  const prices = pricesByGroup(data)
  expect(prices.map(({ name }) => name)).toEqual([undefined, 'F', 'M', 'no label'])
  const [all, first] = prices
  expect([all!.users, all!.change!.value]).toEqual([900, -0.0057])
  expect(first!.moved).toBe(data.displacement!.groups[0]!.mean)
  expect([first!.kept!.value, first!.change!.value.toFixed(4)]).toEqual([0.7402, '-0.0049'])
  expect(priceByGroupTable(data)!.text).toContain('Change of NDCG@10')
})

test('an audit has no prices', () => {
  expect(priceByGroupTable({ title: 'Audit' })).toBeUndefined()
})
