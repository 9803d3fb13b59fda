/** @file U2U-R in closed form against its 5,000 steps. */

import { u2uClosedForm, u2uRegularised } from '@indistinct/unlearners'
import type { Bench, Case } from '../bench.ts'
import { normalTable } from '../normal-table.ts'
import { ownSide } from '../own-side.ts'
import { pythonSide } from '../python-peer.ts'

const steps = 5000
/** Every step does the same work: a tenth of them are timed. */
const timedSteps = 500
const calls = 50

export const u2uBench: Bench = {
  name: 'u2u',
  title: `U2U-R: closed form against ${steps.toLocaleString('en-GB')} Adam steps`,
  target: 'at least 1,000 times',
  cases: async () =>
    (
      [
        [6040, 16],
        [6040, 64],
      ] as const
    ).map(([rows, cols]): Case => {
      const { theta, labels, samples } = normalTable(rows, cols, 5)
      const parameters = { rows, cols, first: samples.first.length, steps, timed: timedSteps }
      return {
        name: `N = ${rows.toLocaleString('en-GB')}, K = ${cols}`,
        ours: ownSide(() => {
          let residual: unknown
          return {
            run() {
              for (let call = 0; call < calls; call++) residual = u2uClosedForm(theta, labels).parameters['residual']
            },
            scale: 1 / calls,
            notes: () =>
              `${calls} calls timed; largest gradient ${Number(residual).toExponential(1)} of that at the start`,
          }
        }),
        peers: [
          ownSide(
            () => ({
              run: () => void u2uRegularised(theta, labels, { steps: timedSteps }),
              scale: steps / timedSteps,
              notes: () => `${timedSteps} of ${steps} steps timed, times ${steps / timedSteps}`,
            }),
            'indistinct, by steps',
          ),
          pythonSide('PyTorch, by steps', {
            script: 'u2u',
            peer: 'torch',
            parameters,
            arrays: () => ({ theta: theta.data }),
          }),
        ],
        targets: { 'indistinct, by steps': 1000, 'PyTorch, by steps': 1000 },
      }
    }),
}
