/** @file All benchmarks, in the order of the results. */

import { attackCostsBench } from './benches/attack-costs.bench.ts'
import { attackersBench } from './benches/attackers.bench.ts'
import { auditGrowthBench } from './benches/audit-growth.bench.ts'
import type { Bench } from './bench.ts'
import { flowBench } from './benches/calibrated-flow.bench.ts'
import { enginesBench } from './benches/engines.bench.ts'
import { growthBench } from './benches/growth.bench.ts'
import { lightgcnBench } from './benches/lightgcn.bench.ts'
import { mlpBench } from './benches/mlp.bench.ts'
import { mmdBench } from './benches/mmd.bench.ts'
import { nmfBench } from './benches/nmf.bench.ts'
import { rankingBench } from './benches/ranking.bench.ts'
import { ratingsBench } from './benches/ratings.bench.ts'
import { startBench } from './benches/start.bench.ts'
import { u2uBench } from './benches/u2u.bench.ts'
import { xgbBench } from './benches/xgb.bench.ts'

export const benches: readonly Bench[] = [
  mmdBench,
  lightgcnBench,
  nmfBench,
  rankingBench,
  mlpBench,
  xgbBench,
  attackersBench,
  u2uBench,
  flowBench,
  enginesBench,
  ratingsBench,
  startBench,
  growthBench,
  auditGrowthBench,
  attackCostsBench,
]
