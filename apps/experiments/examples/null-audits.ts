/**
 * @file How often whole audits, with relabellings that end early, find a leak where there is none.
 *
 *     node --import @indistinct/loader apps/experiments/examples/null-audits.ts TABLES [USERS] [COLUMNS] [ATTACKERS]
 *
 * Each table is normal, its two labels are dealt at random, and its audit is the default one of these attackers: some
 * fitted again under each relabelling, others with scores held fixed.
 */

import { audit, namedAttackers } from '@indistinct/attackers'
import { matrix, randomStream, usageError } from '@indistinct/core'

const [tables, users = 160, columns = 4] = process.argv.slice(2, 5).map(Number)
const names = process.argv[5]?.split(',') ?? ['logistic', 'qda', 'radius', 'svm', 'knn', 'best-of']
if (!tables) throw usageError('null-audits: expected TABLES [USERS] [COLUMNS] [ATTACKERS]')
const attackers = names.map((name) => namedAttackers[name]!.attacker)

let found = 0
let relabellings = 0
for (let t = 0; t < tables; t++) {
  const random = randomStream(t, 'null audits')
  const table = matrix(
    users,
    columns,
    Float32Array.from({ length: users * columns }, () => random.normal()),
  )
  const codes = Int32Array.from({ length: users }, () => (random.uniform() < 0.4 ? 1 : 0))
  const { leak, attacks } = await audit(table, { classes: ['a', 'b'], codes }, { seed: t, attackers })
  if (leak) found++
  relabellings += attacks.find(({ permutation }) => permutation.refitRepeats > 0)?.permutation.permutations ?? 0
  if ((t + 1) % 20 === 0 || t + 1 === tables) {
    const rate = found / (t + 1)
    const error = Math.sqrt((rate * (1 - rate)) / (t + 1))
    console.log(
      `${t + 1} tables of ${users} x ${columns}: ${found} with a finding, ${(100 * rate).toFixed(1)} % ` +
        `(standard error ${(100 * error).toFixed(1)}), ${(relabellings / (t + 1)).toFixed(0)} relabellings a table`,
    )
  }
}
