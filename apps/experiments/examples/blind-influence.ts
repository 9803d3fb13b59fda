/**
 * @file How much of a user's move by `blind` is due to the user's own label: fits again with one label changed, user by
 * user, and compares how far that user moves with how far all others do, who did not change theirs. Reads what
 * lightgcn-tables.ts wrote.
 *
 *     node --import @indistinct/loader apps/experiments/examples/blind-influence.ts FOLDER [USERS]
 */

import { join } from 'node:path'
import { randomStream, usageError, type Labels, type Matrix } from '@indistinct/core'
import { readLabelCodes, readTable } from '@indistinct/embeddings'
import { blind, meanMatching } from '@indistinct/unlearners'

const [folder, count = '10'] = process.argv.slice(2)
if (folder === undefined) throw usageError('blind-influence: expected the folder that lightgcn-tables wrote')
const table = await readTable(join(folder, 'users.csv'))
const { matrix, ids } = table
const { labels } = await readLabelCodes(join(folder, 'people.csv'), 'gender', matrix.rows, { ids })
const random = randomStream(0, 'blind influence')
const users = Array.from({ length: Number(count) }, () => random.integer(matrix.rows)).filter(
  (user) => labels.codes[user] !== -1,
)

const flipped = (user: number): Labels => ({
  classes: labels.classes,
  codes: labels.codes.map((code, i) => (i === user ? 1 - code : code)),
})
const distance = (a: Matrix, b: Matrix, user: number): number => {
  let sum = 0
  for (let p = user * a.cols; p < (user + 1) * a.cols; p++) sum += (a.data[p]! - b.data[p]!) ** 2
  return Math.sqrt(sum)
}
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value / values.length, 0)
const percent = (value: number): string => `${(100 * value).toFixed(1)} %`
for (const [name, unlearn] of Object.entries({ blind, 'mean-matching': meanMatching })) {
  const result = unlearn(matrix, labels).embedding
  const length = mean(users.map((user) => distance(matrix, result, user)))
  const changes = users.map((user) => {
    const other = unlearn(matrix, flipped(user)).embedding
    return {
      own: distance(other, result, user) / length,
      others: mean(Array.from({ length: matrix.rows }, (_, i) => distance(other, result, i))) / length,
    }
  })
  console.log(
    `${name}: one label changed moves that user by ${percent(mean(changes.map(({ own }) => own)))} of the mean ` +
      `move, and all users by ${percent(mean(changes.map(({ others }) => others)))}; ${users.length} labels`,
  )
}
