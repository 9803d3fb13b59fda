import { audit, logistic } from '@indistinct/attackers'
import { matrix, randomStream, type Labels } from '@indistinct/core'
import { expect, test } from 'vitest'
import { exposed } from './exposed-users.ts'

test('groups are of the table that the attack was on', async () => {
  const random = randomStream(4, 'exposed-users')
  const labels: Labels = { classes: ['f', 'm'], codes: Int32Array.from({ length: 200 }, (_, i) => i % 2) }
  const section = async (table: string, shift: number) => {
    const embedding = matrix(
      200,
      3,
      Float32Array.from({ length: 600 }, (_, p) => random.normal() + (Math.floor(p / 3) % 2) * shift),
    )
    const before = await audit(embedding, labels, {
      seed: 1,
      attackers: [logistic],
      protocols: ['five-fold'],
      input: 'raw',
      refit: false,
      permutations: 99,
    })
    return { table, attribute: 'gender', audits: { before } }
  }
  const asked: string[] = []
  const { exposure } = exposed([await section('little.npy', 0), await section('much.npy', 2)], (table) => {
    asked.push(table)
    return [{ name: `users of ${table}`, rows: [...labels.codes.keys()] }]
  })
  expect(asked).toEqual(['much.npy'])
  expect(exposure!.before!.table).toBe('much.npy')
  expect(exposure!.before!.groups.at(-1)!.name).toBe('users of much.npy')
})
