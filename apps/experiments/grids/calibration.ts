/**
 * @file How often the audit errs: on random labels, where p must be below 0.05 in 5 % of tables and intervals hold 1/2
 * in 95 %, and on planted leaks, which must be found and whose AUC intervals must hold.
 *
 *     npm run calibration
 */

import type { CalibrationChoice, Grid } from '@indistinct/stages'
import type { Repeated } from '../src/stages/calibrate.ts'

const part = (name: string, repetitions: number, options: Repeated): CalibrationChoice => ({
  name,
  repetitions,
  options,
})

/** Normal quantiles of 0.60, 0.75 and 0.99 times the square root of 2. */
const shifts = { '0.60': 0.358287, '0.75': 0.953873, '0.99': 3.289953 } as const

export const calibration: Grid = {
  name: 'calibration',
  title: 'How often the audit errs',
  products: [],
  calibrations: [
    part('random labels, paper', 1000, { users: [120, 180], shift: 0, run: 'audit' }),
    part('random labels, five-fold', 1000, { users: [100, 150], shift: 0, run: 'five-fold' }),
    part('random labels, together', 400, { users: [60, 90], shift: 0, run: 'together' }),
    part('no harm: random labels', 200, { users: [200, 300], shift: 0, run: 'harm' }),
    part('no harm: 40 users of one label', 200, { users: [40, 460], shift: 0, run: 'harm' }),
    part('no harm: 0.75 before and after', 200, { users: [200, 300], shift: shifts['0.75'], run: 'harm' }),
    part('planted 0.75, together', 100, { users: [150, 150], shift: shifts['0.75'], run: 'together' }),
    ...(['0.60', '0.75', '0.99'] as const).flatMap((auc) =>
      (['paper', 'five-fold'] as const).map((run) =>
        part(`planted ${auc}, ${run}`, auc === '0.60' ? 200 : 100, { users: [1000, 1000], shift: shifts[auc], run }),
      ),
    ),
  ],
}
