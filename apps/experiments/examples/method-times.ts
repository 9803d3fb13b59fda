/**
 * @file Processor seconds and memory of methods on a drawn table with a planted leak.
 *
 *     node --import @indistinct/loader apps/experiments/examples/method-times.ts USERS COLUMNS [METHODS]
 *
 * Users of one class lie apart along eight columns and spread wider along every fourth.
 */

import { matrix, randomStream, usageError, type Labels } from '@indistinct/core'
import { unlearners, type UnlearnerName } from '@indistinct/unlearners'

const [users, columns] = process.argv.slice(2, 4).map(Number)
const methods = process.argv[4]?.split(',') ?? ['flow', 'blind', 'relabel']
if (!users || !columns) throw usageError('method-times: expected USERS COLUMNS [METHODS]')

const random = randomStream(1, 'method times')
const codes = Int32Array.from({ length: users }, () => (random.uniform() < 0.28 ? 1 : 0))
const labels: Labels = { classes: ['a', 'b'], codes }
const table = matrix(users, columns)
for (let i = 0, p = 0; i < users; i++) {
  for (let k = 0; k < columns; k++, p++) {
    const value = random.normal()
    table.data[p] = codes[i] === 1 ? (k % 4 === 0 ? 1.15 : 1) * value + (k < 8 ? 0.25 : 0) : value
  }
}
for (const name of methods) {
  if (!Object.hasOwn(unlearners, name)) throw usageError(`method-times: expected a method, got '${name}'`)
  const before = process.cpuUsage()
  const { parameters } = run(name as UnlearnerName)
  const { user, system } = process.cpuUsage(before)
  const seconds = ((user + system) / 1e6).toFixed(1)
  const peak = Math.round(process.resourceUsage().maxRSS / 1024)
  console.log(
    `${name}: ${seconds} processor seconds, peak memory so far ${peak} MiB, ${parameters['outcome'] ?? 'done'}`,
  )
}

function run(name: UnlearnerName): { parameters: Readonly<Record<string, unknown>> } {
  return name === 'relabel'
    ? unlearners.relabel.unlearn(table, labels, { drawSeed: 1 })
    : unlearners[name].unlearn(table, labels)
}
