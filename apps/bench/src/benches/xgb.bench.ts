/** @file Fitting the paper's XGB attacker: 100 rounds of depth 6, exact method. */

import { fitXgb, setXgbWorkers, xgbEngine, type XgbEngineName } from '@indistinct/xgboost'
import type { Bench, Case, Side } from '../bench.ts'
import { normalTable } from '../normal-table.ts'
import { ownSide } from '../own-side.ts'
import { pythonSide } from '../python-peer.ts'

/** Fits of one repeat of a protocol, which an attack makes side by side. */
const together = 4
const shapes = [
  [3418, 16],
  [8830, 64],
] as const

export const xgbBench: Bench = {
  name: 'xgb',
  title: 'XGB attacker: 100 rounds of depth 6, exact method',
  target: 'native engine within 1.2 times Python xgboost, WebAssembly engine within 4 times',
  async cases({ threads, log }) {
    const engines: XgbEngineName[] = ['native', 'wasm']
    if (xgbEngine().engine === 'wasm') {
      log('xgb: native engine skipped: no libxgboost found')
      engines.shift()
    }
    return engines.flatMap((engine) =>
      shapes.flatMap(([rows, cols]): Case[] => {
        const shape = `${engine}, ${rows.toLocaleString('en-GB')} x ${cols}`
        const target = engine === 'native' ? 1 / 1.2 : 1 / 4
        const peer = (name: string, fits: number, perFit: number): Side =>
          pythonSide(name, {
            script: 'xgb',
            peer: 'xgboost',
            parameters: { rows, cols, fits, perFit },
            arrays() {
              const { theta, labels } = normalTable(rows, cols, 4)
              return { x: theta.data, y: labels.codes }
            },
          })
        return [
          {
            name: `${shape}, one fit, one thread`,
            ours: fits(rows, cols, engine, 1, 1),
            peers: [peer('Python xgboost', 1, 1)],
            targets: { 'Python xgboost': target },
          },
          // Together on the smaller shape alone: what running side by side gains is the same on both.
          ...(rows === shapes[0][0]
            ? [
                {
                  name: `${shape}, ${together} fits, ${threads} threads`,
                  ours: fits(rows, cols, engine, together, threads),
                  peers: [peer('Python xgboost', together, threads)],
                  targets: { 'Python xgboost': target },
                },
              ]
            : []),
        ]
      }),
    )
  },
}

function fits(rows: number, cols: number, engine: XgbEngineName, count: number, threads: number): Side {
  return ownSide(() => {
    const { theta, labels } = normalTable(rows, cols, 4)
    setXgbWorkers(threads)
    let first = NaN
    return {
      async run() {
        const models = await Promise.all(
          Array.from({ length: count }, (_, seed) => fitXgb(theta, labels.codes, { engine, seed })),
        )
        first = (await models[0]!.predict({ rows: 1, cols, data: theta.data.slice(0, cols) })).data[0]!
      },
      notes: () => `first probability ${first.toFixed(6)}`,
    }
  })
}
