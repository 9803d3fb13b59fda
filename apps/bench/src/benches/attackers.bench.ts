/** @file One fit of each attacker of an audit, and the scores of everybody else. */

import { namedAttackers } from '@indistinct/attackers'
import { setXgbWorkers } from '@indistinct/xgboost'
import type { Bench, Case } from '../bench.ts'
import { normalTable } from '../normal-table.ts'
import { ownSide } from '../own-side.ts'
import { pythonSide } from '../python-peer.ts'

/** Users known and all users, as an audit of 6,000 users has them under the protocol `paper`. */
const known = 600
const rows = 6000
const cols = 64
/** What `xgb` grows its trees on, of so many users in so many dimensions. */
const bins = 16
/** What takes less than a tenth of a second is done so often. */
const times: Readonly<Record<string, number>> = { logistic: 20, qda: 20, svm: 4, knn: 4, mlp: 1, xgb: 1 }

export const attackersBench: Bench = {
  name: 'attackers',
  title: `Attackers: a fit to ${known} users in ${cols} dimensions, and the scores of ${rows - known} others`,
  target: 'at least 2 times scikit-learn and xgboost, all together',
  cases: async () =>
    Object.entries(times).map(([name, count]): Case => {
      const peer = name === 'xgb' ? 'Python xgboost' : 'scikit-learn'
      return {
        name,
        ours: ownSide(() => {
          const { x, y } = knownFirst()
          const shadow = { rows: known, cols, data: x.slice(0, known * cols) }
          const others = { rows: rows - known, cols, data: x.slice(known * cols) }
          const codes = y.slice(0, known)
          const { attacker } = namedAttackers[name]!
          setXgbWorkers(1)
          let first = NaN
          return {
            scale: 1 / count,
            async run() {
              for (let time = 0; time < count; time++) {
                const fitted = await attacker.fit(shadow, codes, { classes: 2, seed: time })
                first = (await fitted.scores(others)).data[1]!
              }
            },
            notes: () => `first score ${first.toFixed(4)}`,
          }
        }),
        peers: [
          pythonSide(peer, {
            script: 'attackers',
            peer: name,
            parameters: { rows, cols, known, count, bins },
            arrays: knownFirst,
          }),
        ],
        targets: { [peer]: 2 },
      }
    }),
}

/** The table with every tenth user first, since users are in the order of their labels. */
function knownFirst(): { x: Float32Array; y: Int32Array } {
  const { theta, labels } = normalTable(rows, cols, 5)
  const all = [...labels.codes.keys()]
  const order = [...all.filter((row) => row % 10 === 0), ...all.filter((row) => row % 10 !== 0)]
  const x = new Float32Array(rows * cols)
  order.forEach((row, at) => x.set(theta.data.subarray(row * cols, (row + 1) * cols), at * cols))
  return { x, y: Int32Array.from(order, (row) => labels.codes[row]!) }
}
