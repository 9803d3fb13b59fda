/** @file All benchmarks, in the order of the results. */

import { attackersBench } from './attackers.bench.ts'
import { auditGrowthBench } from './audit-growth.bench.ts'
import type { Bench } from './bench.ts'
import { flowBench } from './calibrated-flow.bench.ts'
import { enginesBench } from './engines.bench.ts'
import { growthBench } from './growth.bench.ts'
import { lightgcnBench } from './lightgcn.bench.ts'
import { mlpBench } from './mlp.bench.ts'
import { mmdBench } from './mmd.bench.ts'
import { nmfBench } from './nmf.bench.ts'
import { rankingBench } from './ranking.bench.ts'
import { ratingsBench } from './ratings.bench.ts'
import { startBench } from './start.bench.ts'
import { u2uBench } from './u2u.bench.ts'
import { xgbBench } from './xgb.bench.ts'

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
]
