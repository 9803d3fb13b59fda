/**
 * @file What the flow leaves to attackers and costs, with shells and without them: the largest folded AUC over forms of
 * input, and the change of NDCG@10, as a table. Reads what lightgcn-tables.ts wrote.
 *
 *     node --import @indistinct/loader apps/experiments/examples/flow-shells.ts FOLDER
 */

import { attack, forest, mlp, qda, svm, xgb } from '@indistinct/attackers'
import { usageError, type Matrix } from '@indistinct/core'
import { calibratedFlow } from '@indistinct/unlearners'
import { writtenTables } from './written-tables.ts'

const [folder] = process.argv.slice(2)
if (folder === undefined) throw usageError('flow-shells: expected the folder that lightgcn-tables wrote')
const { users, labels, ndcg } = await writtenTables(folder)
const attackers = [qda, mlp, xgb, forest, svm]
/** A level above 1, however little, leaves shells out. */
const withoutShells = 1 + 1e-9

const original = ndcg(users)
console.log(`| table | shells | ${attackers.map(({ name }) => name).join(' | ')} | NDCG@10 |`)
console.log(`|---|---|${attackers.map(() => '---|').join('')}---|`)
await show('original', '', users)
for (const level of [withoutShells, 1]) {
  const { embedding, parameters } = calibratedFlow(users, labels, { level })
  const shells = parameters['shells'] as { before: number; after: number } | undefined
  await show('flow', shells ? `${shells.before.toFixed(2)} to ${shells.after.toFixed(2)}` : 'left out', embedding)
}

async function show(name: string, shells: string, table: Matrix): Promise<void> {
  const found: number[] = []
  for (const attacker of attackers) {
    let worst = 0
    for (const input of ['raw', 'standardised', 'whitened'] as const) {
      const options = { protocol: 'five-fold', input, seed: 0, repeats: 1, permutations: 99 } as const
      worst = Math.max(worst, (await attack(table, labels, attacker, options)).foldedAuc.value)
    }
    found.push(worst)
  }
  const aucs = found.map((auc) => auc.toFixed(3)).join(' | ')
  console.log(`| ${name} | ${shells} | ${aucs} | ${(100 * (ndcg(table) / original - 1)).toFixed(1)} % |`)
}
