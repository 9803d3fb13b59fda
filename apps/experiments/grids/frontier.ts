/**
 * @file What each method leaves to the whole battery of attacks, on each user table and on all side by side, and what
 * it costs.
 *
 *     INDISTINCT_DATA=... npm run frontier
 *
 * Shows where another method is better than the flow.
 */

import type { Grid } from '@indistinct/stages'
import { frontierOf } from '../src/frontier/cells.ts'

export const frontier: Grid = frontierOf()
