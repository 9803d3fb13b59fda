/** @file The calibrated flow: bring the difference between classes down to what chance makes of it, layer by layer. */

import { checkLabels, checkMatrix, checkOptions, usageError, type Labels, type Matrix } from '@indistinct/core'
import { fitByRegression } from '../fitted/regression-map.ts'
import { checkSmooth, finishedFlows } from './smoothed-last.ts'
import { structuredFlow } from './structured-flow.ts'
import type { Unlearned } from '../unlearned.ts'
import { flowKinds, type CalibratedFlowOptions } from './flow-options.ts'
import { flowTogether } from './flow-together.ts'
import type { Unlearner } from '../unlearner.ts'

/**
 * Moves labelled users of `embedding` (N, K) until classes differ as much as a random relabelling of the same users
 * would make them differ, and no less: samples more alike than chance give themselves away too, since users held out
 * are then anti-correlated with those an attacker learns from. Any number of labels; deterministic.
 *
 * 1. Moments (`moments`): one affine map a class brings differences of class means (T^2) and covariances down to their
 *    null expectation, see `calibrateMoments`.
 * 2. Shapes (`shapes`), where they are far above their null: maps of one variable bring the distributions of classes
 *    along columns and axes down to what chance makes of them, see `calibrateShapes`. Radial kernels over many
 *    dimensions do not see what is in a few.
 * 3. Kernel: users then move along the negative gradient of MMD^2 until MMD^2 stands on `level` times its null value.
 *    With `moments`, the direction leaves out what would change the means and covariances of step 1 (`holdMoments`):
 *    the kernel's gradient is strongest exactly there, and would spend their share of the null on what it sees less
 *    of. At K = 64 the plain flow lands with T^2 at 0.1 to 0.6 of its null, a linear attacker below chance, and trees
 *    above.
 * 4. Polish: where moments have come back above their null by more than a twentieth, or shapes by more than chance
 *    explains, they are brought down again and the kernel after them, at most three times. So are distances from the
 *    centre (`calibrateRadii`, with `shapes`), since steps of the kernel draw one class onto a shell.
 *
 * The maps of 1, 2 and 4 are cut short where MMD^2 would fall more than 5 tolerances below its landing.
 *
 * With a `metric`, moving user i by d costs d' M_i d instead of d'd: see `calibrateMomentsIn`, `holdMomentsIn` and
 * docs/calibrated-flow.md.
 *
 * Step: users are displaced by eta b/4 times 2 n_1 n_2 / n times the gradient, n_c of n users being of class c:
 * steepest descent, the way that moves users least. (For classes of one size that is n_c times the gradient, the same
 * speed for everyone; otherwise the smaller class moves faster, as in a barycentre.) eta starts at `firstStep` and
 * doubles after every accepted step; a step that raises MMD^2 is shortened, and one that would jump below the landing
 * is brought back by regula falsi. Bandwidth: b is the mean squared distance between labelled users of the pair,
 * measured anew on every table tried, so that the landing is a statement about the result and not about the table
 * before it.
 *
 * More than two labels: every pair (a, b) has its own MMD^2 and null, and pulls in proportion to n_a n_b and to its
 * excess over its landing, so that pairs land together; a pair that others drag below its landing is pushed apart in
 * the same proportion. Steps are shortened until the weighted sum of squared (ratio - 1) comes down, and the flow ends
 * when no pair is above its landing nor more than 5 tolerances below.
 *
 * Columns of which one is a thousand times as wide as another are first divided by their spreads
 * (`standardisedColumns`): distances would see the widest alone.
 *
 * Random Fourier features (`kernel`): frequencies are drawn anew for every step, which starts by measuring its own
 * start with them; the direction comes from those of the step before. The landing is then a statement about an
 * estimate, and `parameters` give its standard error.
 *
 * Fine structure of the table decides how users may move (`structuredFlow`): equal rows move as one, and so do users in
 * clusters tighter than the moves; values on a lattice are rounded back to it; columns of few values, or with one that
 * many users share, stand still. `parameters` say what was found: `duplicates`, `lattice`, `localScale`; the statistics
 * are those before rounding.
 *
 * With `narrow`, kernels so many times narrower follow once it has landed (`narrowFlows`), which see who is near to
 * whom.
 *
 * With `smooth`, all rows are drawn towards their neighbours last, by no label (`smoothedRows`), also where the table
 * was 'already at null'. Statistics are of the flow, but for `afterSmoothing`: those of the table returned. Where
 * smoothing brought some of them above what chance gives, the outcome is 'not landed', and `stopped` names them.
 *
 * Where every pair is already at or below the landing, and no family above its null by more than three of its standard
 * deviations, nothing moves, and `parameters.outcome` is 'already at null'; 'not landed' where ranks of a column tell
 * classes apart (`rankCheck`). Where passes run out, or no step leads on, the table reached is returned with the
 * outcome 'not landed' and `stopped`, the reason; `above` names families that stayed above their null by more than
 * chance explains.
 * @throws RangeError on options or shapes that do not fit; IndistinctError 'bad-data' on unusable values or classes,
 * 'usage' on options that are not for so few or so many rows; WouldHarmError, of the code 'bad-data' too, where the way
 * that users move would tell their label.
 */
export function calibratedFlow(embedding: Matrix, labels: Labels, options: CalibratedFlowOptions = {}): Unlearned {
  checkMatrix('calibratedFlow', embedding, 'an embedding')
  checkLabels('calibratedFlow', labels)
  checkOptions('calibratedFlow', options, flowKinds)
  checkSmooth(embedding, options)
  return finishedFlows([structuredFlow(embedding, labels, options)], labels, options)[0]!
}

/** The method, as `flow` in the table of unlearners. */
export const flowMethod: Unlearner<CalibratedFlowOptions> = {
  unlearn: calibratedFlow,
  fit(embedding, labels, options) {
    if (options?.smooth)
      throw usageError('calibratedFlow: expected no smooth where a fit is asked for: it leaves no map for other users')
    return fitByRegression(embedding, labels, calibratedFlow(embedding, labels, options))
  },
  together: flowTogether,
  defaults: { level: 1, firstStep: 0.2, tolerance: 0.01, maxPasses: 500, narrow: 0, smooth: 0 },
  moreOptions: ['kernel', 'frequencies', 'seed', 'whitening', 'moments', 'shapes'],
  description: 'calibrated flow: MMD^2 between classes down to the value that chance gives it, in a few passes',
}
