/**
 * @file The calibrated flow against the paper's D2D-R on the same kernel: time, what attackers still see, ranking
 * quality.
 */

import { attack, mlp, xgb } from '@indistinct/attackers'
import type { Matrix } from '@indistinct/core'
import { ndcgAtK } from '@indistinct/metrics'
import { topK } from '@indistinct/recommenders'
import { calibratedFlow, d2dRegularised, type Unlearned } from '@indistinct/unlearners'
import type { Bench, Fact } from '../bench.ts'
import { movielensFolder, movielensSplit, trainedLightgcn } from '../movielens.ts'
import { ownSide } from '../own-side.ts'

const steps = 1000
/** Every step does the same work: a twentieth of them are timed. */
const timedSteps = 50
/**
 * A hundredth of the paper's alpha: with its 1e-4 the penalty, a sum over all users, outweighs MMD^2, which is of the
 * size of a mean, on a table of this many users, and D2D-R settles where most of the leak stays.
 */
const freeTradeOff = 1e-6
/** Standard errors of the AUC estimates are near this; a difference within them is none. */
const aucNoise = 0.01
const ndcgNoise = 0.001

export const flowBench: Bench = {
  name: 'flow',
  title: "Calibrated flow against the paper's D2D-R of 1,000 steps, MovieLens 1M, LightGCN, K = 16",
  target: 'at least 50 times, AUC no worse, NDCG no worse',
  // eslint-disable-next-line max-lines-per-function -- a list of cases, one after the other
  async cases({ log }) {
    const folder = movielensFolder()
    if (typeof folder !== 'string') return folder
    const { split, gender } = await movielensSplit()
    let model: Awaited<ReturnType<typeof trainedLightgcn>> | undefined
    const table = async (): Promise<Matrix> => (model ??= await trainedLightgcn(log)).userTables['layer-0']!
    const results: { flow?: Unlearned; d2d?: Unlearned } = {}

    /** Largest folded AUC of the attackers, standardised and raw, and NDCG@10. */
    const judge = async (embedding: Matrix, name: string): Promise<{ auc: number; ndcg: number; facts: Fact[] }> => {
      const aucs: number[] = []
      for (const [attacker, standardise] of [
        [mlp, false],
        [mlp, true],
        [xgb, false],
      ] as const) {
        const result = await attack(embedding, gender, attacker, {
          protocol: 'five-fold',
          seed: 0,
          repeats: 1,
          standardise,
          permutations: 99,
        })
        aucs.push(result.foldedAuc.value)
      }
      const auc = Math.max(...aucs)
      const ndcg = ndcgAtK(topK(model!, { 'layer-0': embedding }, split, 10), split.test, 10)
      return {
        auc,
        ndcg,
        facts: [
          { name: `largest folded AUC of MLP and XGB, ${name}`, value: auc },
          { name: `NDCG@10, ${name}`, value: ndcg },
        ],
      }
    }

    return [
      {
        name: `${split.users.toLocaleString('en-GB')} users`,
        ours: ownSide(async () => {
          const theta = await table()
          return {
            run: () => void (results.flow = calibratedFlow(theta, gender)),
            notes: () => `${results.flow!.passes} passes`,
          }
        }),
        peers: [
          ownSide(async () => {
            const theta = await table()
            return {
              run: () => void d2dRegularised(theta, gender, { steps: timedSteps }),
              scale: steps / timedSteps,
              notes: () => `${timedSteps} of ${steps} steps timed, times ${steps / timedSteps}`,
            }
          }, 'indistinct, D2D-R'),
        ],
        targets: { 'indistinct, D2D-R': 50 },
        async facts() {
          const theta = await table()
          log('  attacking the original, the flow and 1,000 steps of D2D-R at two trade-offs')
          const original = await judge(theta, 'original')
          const flow = await judge(results.flow!.embedding, 'flow')
          const d2d = await judge(d2dRegularised(theta, gender, { steps }).embedding, 'D2D-R')
          const free = await judge(
            d2dRegularised(theta, gender, { steps, tradeOff: freeTradeOff }).embedding,
            `D2D-R at alpha ${freeTradeOff}`,
          )
          return [
            ...original.facts,
            ...flow.facts,
            ...d2d.facts,
            ...free.facts,
            { name: 'folded AUC, flow less D2D-R', value: flow.auc - d2d.auc, atMost: aucNoise },
            { name: 'NDCG@10, flow less D2D-R', value: flow.ndcg - d2d.ndcg, atLeast: -ndcgNoise },
            {
              name: `folded AUC, flow less D2D-R at alpha ${freeTradeOff}`,
              value: flow.auc - free.auc,
              atMost: aucNoise,
            },
            {
              name: `NDCG@10, flow less D2D-R at alpha ${freeTradeOff}`,
              value: flow.ndcg - free.ndcg,
              atLeast: -ndcgNoise,
            },
          ]
        },
      },
    ]
  },
}
