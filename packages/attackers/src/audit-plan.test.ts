import { matrix, randomStream } from '@indistinct/core'
import { expect, test } from 'vitest'
import { audit } from './audit.ts'
import { planAudit } from './audit-plan.ts'
import { auditSample } from './audit-sample.ts'
import { shiftedClasses } from './testing.ts'
import { logistic } from './attackers/logistic.ts'

const { embedding, labels } = shiftedClasses([300, 1700], 4, 1.5, 1)

test('many users are drawn: all of the small label, and the same with the same seed', async () => {
  expect(auditSample(embedding, labels, 2000, 1)).toBeUndefined()
  const sample = auditSample(embedding, labels, 800, 1)!
  expect(sample.of).toBe(2000)
  expect(sample.labels.codes.filter((code) => code === 0).length).toBe(300)
  expect(sample.rows.length).toBe(800)
  expect([...sample.rows].every((row, at) => sample.labels.codes[at] === labels.codes[row])).toBe(true)
  expect(auditSample(embedding, labels, 800, 1)).toEqual(sample)
  expect(auditSample(embedding, labels, 800, 2)!.rows).not.toEqual(sample.rows)
  const options = {
    seed: 1,
    attackers: [logistic],
    protocols: ['paper'],
    repeats: { paper: 2 },
    permutations: 99,
    mostUsers: 800,
  } as const
  const result = await audit(embedding, labels, options)
  expect(result).toMatchObject({ labelled: 800, drawnOf: 2000, leftOut: 0, leak: true })
  // Users keep their rows in the whole table.
  for (const { users, codes } of result.attacks[0]!.splits)
    expect([...codes]).toEqual([...users].map((row) => labels.codes[row]))
})

test('a budget keeps what tells most and names what it leaves out', async () => {
  const whole = planAudit(embedding, labels, { seed: 1 })
  const all = whole.reduce((sum, { seconds }) => sum + seconds, 0)
  const some = planAudit(embedding, labels, { seed: 1, budget: all / 4 })
  expect(some.reduce((sum, { seconds }) => sum + seconds, 0)).toBeLessThanOrEqual(all / 4)
  expect(some.length).toBeGreaterThan(2)
  expect(some.map(({ attacker, protocol }) => `${attacker} ${protocol}`)).toContain('logistic five-fold')
  const result = await audit(embedding, labels, {
    seed: 1,
    attackers: [logistic],
    budget: 0,
    repeats: { paper: 1, 'five-fold': 1 },
    permutations: 99,
  })
  expect(result.attacks.map(({ attacker, protocol }) => `${attacker} ${protocol}`)).toEqual(['logistic five-fold'])
  expect(result.notRun!.map(({ protocol, input }) => `${protocol} ${input}`)).toEqual([
    'paper raw',
    'paper standardised',
    'paper whitened',
  ])
})

test('dear attacks get fewer repeats, cheap ones all of them', () => {
  const random = randomStream(1, 'wide')
  const wide = matrix(
    800,
    1200,
    Float32Array.from({ length: 800 * 1200 }, () => random.normal()),
  )
  const codes = { classes: ['a', 'b'], codes: Int32Array.from({ length: 800 }, (_, i) => i % 2) }
  const secondsOf = (plan: ReturnType<typeof planAudit>): number => plan.reduce((sum, { seconds }) => sum + seconds, 0)
  const [usual, asked] = [{}, { repeats: { paper: 20, 'five-fold': 2 } }].map((options) =>
    planAudit(wide, codes, { seed: 1, ...options }),
  )
  expect(secondsOf(usual!)).toBeLessThan(secondsOf(asked!))
  const few = planAudit(embedding, labels, { seed: 1 })
  expect(few).toEqual(planAudit(embedding, labels, { seed: 1, repeats: { paper: 20, 'five-fold': 2 } }))
})
