import { expect, test } from 'vitest'
import { jointVerdict, type PartAudit } from './joint-verdict.ts'

/** Of an attack that chance could explain, and what the part could have shown. */
const part = (attribute: string, smallestDetectable: number): PartAudit => {
  const name = { attacker: 'mlp', protocol: 'paper', input: 'raw' }
  const result = {
    attacks: [{ ...name, foldedAuc: { value: 0.51, lower: 0.5, upper: 0.53 } }],
    correctedP: [0.6],
    upperBound: 0.53,
    worst: name,
    equivalent: true,
    margin: 0.05,
    smallestDetectable,
    verdict: `of ${attribute}`,
  }
  return { table: 'users.npy', attribute, result: result as unknown as PartAudit['result'] }
}

test('what could have gone unseen is said of the part that shows least, too', () => {
  const { verdict, smallestDetectable } = jointVerdict([part('gender', 0.54), part('gender & region', 0.681)])
  expect(verdict).toMatch(/^The attacks we ran found no leak above a folded AUC of 0\.550 of any of 2 attributes/)
  expect(verdict).toMatch(
    /A folded AUC below 0\.540 may well have gone unseen, and one below 0\.681 of gender & region\.$/,
  )
  expect(smallestDetectable).toBe(0.54)
  expect(jointVerdict([part('gender', 0.54), part('age', 0.5401)]).verdict).toMatch(
    /A folded AUC below 0\.540 may well have gone unseen\.$/,
  )
})
