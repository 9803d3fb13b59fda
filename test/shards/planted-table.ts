/** @file A large table with a planted leak, written block by block, and the labels of its users. */

import { createFile, randomStream } from '@indistinct/core'
import { createTable } from '@indistinct/embeddings'

/** Rows of a block, which has a random stream of its own. */
const blockRows = 8192

/**
 * Writes `table` (rows, cols; at least 18 columns) and `people`, a CSV of ids and labels. Users of label F, four in
 * ten, differ from those of M in the means of 8 columns, in the correlation of two and the spread of four, and in the
 * shape of four more, which have two peaks and the mean and variance of the others': a linear, a quadratic and a
 * non-linear attacker each find something. One user in fifty has no label.
 */
export function plantTable(table: string, people: string, rows: number, cols: number): void {
  const output = createTable(table, { rows, cols })
  const labels = createFile(people)
  labels.write(Buffer.from('id,gender\n'))
  for (let first = 0; first < rows; first += blockRows) {
    const random = randomStream(1, 'planted table', first)
    const count = Math.min(blockRows, rows - first)
    const block = new Float32Array(count * cols)
    let text = ''
    for (let i = 0; i < count; i++) {
      const female = random.uniform() < 0.4
      text += `${first + i},${(first + i) % 50 === 0 ? '' : female ? 'F' : 'M'}\n`
      const at = i * cols
      for (let k = 0; k < cols; k++) block[at + k] = random.normal()
      block[at + 9] = 0.8 * block[at + 9]! + (female ? 0.6 : -0.6) * block[at + 8]!
      if (female) {
        for (let k = 0; k < 8; k++) block[at + k]! += 0.2
        for (let k = 10; k < 14; k++) block[at + k]! *= 1.25
        for (let k = 14; k < 18; k++) block[at + k] = 0.6 * block[at + k]! + (random.uniform() < 0.5 ? 0.8 : -0.8)
      }
    }
    output.writeRows(block)
    labels.write(Buffer.from(text))
  }
  output.stage().commit()
  labels.stage().commit()
}
