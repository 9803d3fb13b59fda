/** @file The attacker that looks at the rest to a grid, and at nothing that a broader one sees. */

import { findLattice, latticeFeatures } from '../models/lattice-features.ts'
import { logistic } from './logistic.ts'
import { standardiser } from '../models/standardise.ts'
import { syncAttacker, type SyncAttacker } from './sync-attacker.ts'

/**
 * Logistic regression on `latticeFeatures`, standardised; grids are found in the known users' vectors. It is to be run
 * on raw input, as the table stores it.
 */
export const lattice: SyncAttacker = syncAttacker(
  'lattice',
  (x, codes, options) => {
    const grid = findLattice(x)
    const features = latticeFeatures(x, grid)
    const prepare = standardiser(features)
    const score = logistic.fitSync(prepare(features), codes, options)
    return (rows) => score(prepare(latticeFeatures(rows, grid)))
  },
  { scaleFree: true },
)
