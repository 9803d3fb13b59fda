/** @file `npm run coverage [DRAWS]`: the table of docs/certify.md, as Markdown. */

import { usageError } from '@indistinct/core'
import { markdownTable } from '../markdown-table.ts'
import { coverages } from './coverage.ts'
import { positive } from '../start/start-values.ts'

const [given = '1000', ...more] = process.argv.slice(2)
if (more.length > 0) throw usageError(`coverage: expected one number of draws, got ${more.join(' ')} beside it`)
const draws = positive('draws', given)
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
const rows = coverages(draws, 1).map(({ population, users, bound, truth, delta, held, heldWithoutMargin, above }) => [
  population,
  users.join(' and '),
  bound,
  truth.toFixed(3),
  `${100 * (1 - delta)} %`,
  percent(held),
  percent(heldWithoutMargin),
  above.toFixed(3),
])
const heads = [
  'users drawn from',
  'users with and without',
  'bound',
  'truth',
  'confidence',
  'held in',
  'without the margin',
  'above the truth by',
]
console.log(markdownTable(heads, rows))
