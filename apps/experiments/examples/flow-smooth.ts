/**
 * @file What the flow costs with rows smoothed last, beside the original as it was and smoothed alike, as a table of
 * NDCG@10. Reads what lightgcn-tables.ts wrote.
 *
 *     node --import @indistinct/loader apps/experiments/examples/flow-smooth.ts FOLDER [NEIGHBOURS,… [NARROW]]
 *
 * With NARROW the flow goes on with kernels so many times narrower.
 */

import { usageError } from '@indistinct/core'
import { calibratedFlow } from '@indistinct/unlearners'
import { smoothed } from '../src/stages/smooth.ts'
import { writtenTables } from './written-tables.ts'

const [folder, list = '10,30', narrow = '0'] = process.argv.slice(2)
if (folder === undefined) throw usageError('flow-smooth: expected the folder that lightgcn-tables wrote')
const { users, labels, ndcg } = await writtenTables(folder)
const original = ndcg(users)
const change = (to: number, from: number): string => `${(100 * (to / from - 1)).toFixed(2)} %`

console.log('| --smooth | original | flow | flow, beside the original as it was | beside it smoothed alike |')
console.log('|---|---|---|---|---|')
for (const count of [0, ...list.split(',').map(Number)]) {
  const alike = count === 0 ? original : ndcg(smoothed(users, count, 0.25))
  const flow = ndcg(calibratedFlow(users, labels, { smooth: count, narrow: Number(narrow) }).embedding)
  console.log(
    `| ${count} | ${alike.toFixed(4)} | ${flow.toFixed(4)} | ${change(flow, original)} | ${change(flow, alike)} |`,
  )
}
