/** @file What one split of each attacker costs by users, dimensions and labels, beside what an audit foresees of it. */

import { attack, namedAttackers, planAudit } from '@indistinct/attackers'
import { matrix, randomStream, type Json, type Labels, type Matrix } from '@indistinct/core'
import { setThreads } from '@indistinct/kernels'
import { setXgbWorkers } from '@indistinct/xgboost'
import type { Bench } from '../bench.ts'

const attackers = ['mlp', 'xgb', 'logistic', 'qda', 'knn', 'svm', 'radius', 'best-of']
const sizes = [200, 1000, 5000, 20_000]
const dimensions = [8, 64, 512]
const labels = [2, 6]
/** Foreseen seconds of a split beyond which it is left out, and from which it is measured once. */
const most = 1.5
const dear = 0.2

export const attackCostsBench: Bench = {
  name: 'attack-costs',
  title: 'Costs of a split of each attacker, and what an audit foresees',
  target: 'nine in ten foreseen within a factor of 2',
  cases: async () => [],
  async extra({ log }) {
    setThreads(1)
    setXgbWorkers(1)
    const rows: Json[][] = []
    for (const name of attackers)
      for (const classes of labels)
        for (const cols of dimensions)
          for (const users of sizes) {
            const table = normalClasses(users, cols, classes)
            const splits = users < 5000 ? 8 : 2
            const foreseen = foreseenSeconds(table, name, splits)
            if (foreseen > most) continue
            const tries = foreseen > dear ? 1 : 3
            const cpuSeconds = await measuredSeconds(table, name, splits, tries)
            rows.push([`${name}, ${classes} labels, K = ${cols}`, users, cpuSeconds, foreseen, foreseen / cpuSeconds])
            log(
              `  ${name} ${users} x ${cols}, ${classes}: ${cpuSeconds.toFixed(4)} s, ${foreseen.toFixed(4)} s foreseen`,
            )
          }
    const near = rows.filter(([, , , , factor]) => (factor as number) > 0.5 && (factor as number) < 2)
    return {
      columns: ['work', 'N', 'CPU seconds', 'foreseen', 'foreseen over taken'],
      rows,
      facts: [
        { name: 'foreseen within a factor of 2', value: (100 * near.length) / rows.length, unit: '%', atLeast: 90 },
      ],
      caption:
        'Processor seconds, on one thread, of one more repeat under `paper` on standardised input: its fit, its ' +
        'scores, and its share of the intervals. The least of three tries; of what takes more than 0.2 s one. Users ' +
        'are normal, as many of each label, with a small leak. Splits of more than 1.5 s are left out.',
    }
  },
}

interface Table {
  readonly embedding: Matrix
  readonly labels: Labels
}

/** Users (N, K) of as many labels, with a small leak. */
function normalClasses(users: number, cols: number, classes: number): Table {
  const random = randomStream(5, 'attack costs', users, cols, classes)
  const embedding = matrix(users, cols)
  const codes = Int32Array.from({ length: users }, (_, i) => i % classes)
  for (let i = 0, p = 0; i < users; i++)
    for (let k = 0; k < cols; k++, p++) embedding.data[p] = random.normal() + 0.05 * codes[i]!
  return { embedding, labels: { classes: Array.from({ length: classes }, (_, c) => `label ${c}`), codes } }
}

const settings = { seed: 1, innerFolds: 0, permutations: 99 }

/** Of one repeat, from what `splits` more than one take. */
function foreseenSeconds({ embedding, labels }: Table, name: string, splits: number): number {
  const [few, many] = [1, 1 + splits].map((repeats) =>
    planAudit(embedding, labels, {
      ...settings,
      attackers: [namedAttackers[name]!.attacker],
      protocols: ['paper'],
      input: 'standardised',
      repeats: { paper: repeats },
      refit: false,
    }).reduce((sum, { seconds }) => sum + seconds, 0),
  )
  return (many! - few!) / splits
}

async function measuredSeconds(table: Table, name: string, splits: number, tries: number): Promise<number> {
  const { attacker } = namedAttackers[name]!
  const input = attacker.scaleFree ? 'raw' : 'standardised'
  const cpuOf = async (repeats: number): Promise<number> => {
    let least = Infinity
    for (let time = 0; time < tries; time++) {
      const before = process.cpuUsage()
      await attack(table.embedding, table.labels, attacker, { ...settings, protocol: 'paper', input, repeats })
      const { user, system } = process.cpuUsage(before)
      least = Math.min(least, (user + system) / 1e6)
    }
    return least
  }
  // Once untimed: what is compiled meanwhile would count as the first repeat's.
  await cpuOf(1)
  const few = await cpuOf(1)
  return Math.max(1e-5, (await cpuOf(1 + splits)) - few) / splits
}
