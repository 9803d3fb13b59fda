/** @file Example files: users whose vectors give their group away, by a leak that is planted and stated. */

import { matrix, randomStream } from '@indistinct/core'
import { writeNpy } from '@indistinct/embeddings'
import type { NamedFile } from './messages.ts'

const ROWS = 400
const COLS = 16
/** How far the groups stand apart in each of three dimensions, in spreads of users. */
const LEAK = 1

/** users.npy (400, 16) and people.csv, the same bytes every time. */
export function exampleFiles(): NamedFile[] {
  const random = randomStream(42, 'example of the page')
  const { data } = matrix(ROWS, COLS)
  const lines = ['id,gender']
  for (let i = 0; i < ROWS; i++) {
    const group = random.uniform() < 0.4 ? 1 : 0
    for (let j = 0; j < COLS; j++) data[i * COLS + j] = random.normal() + (j < 3 ? LEAK * group : 0)
    lines.push(`${i},${i % 25 === 24 ? '' : group === 1 ? 'F' : 'M'}`)
  }
  return [
    { name: 'users.npy', content: new Blob([writeNpy([ROWS, COLS], data) as never]) },
    { name: 'people.csv', content: new Blob([`${lines.join('\n')}\n`]) },
  ]
}
