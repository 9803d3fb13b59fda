export { accuracy, balancedAccuracy } from './accuracy.ts'
export {
  cellBounds,
  kernelBound,
  thresholdBounds,
  type BoundedAttackers,
  type CertifiedBound,
} from './certified-bounds.ts'
export { auc, foldedAuc, macroAuc, oneVersusRestAucs } from './auc.ts'
export {
  aucInterval,
  foldedInterval,
  logitInterval,
  meanAucInterval,
  placements,
  NORMAL_975,
  type AucEstimate,
  type Interval,
  type MeanAucOptions,
  type Scoring,
} from './auc-interval.ts'
export { bootstrapCounts, bootstrapInterval, bootstrapMean, quantile, type BootstrapOptions } from './bootstrap.ts'
export { concordance } from './concordance.ts'
export { confusionMatrix } from './confusion.ts'
export { benjaminiHochberg } from './false-discovery.ts'
export { hitRatioAtK, hitRatioDefinitions, hitRatioPerUser, type HitRatioDefinition } from './hit-ratio.ts'
export { leaveOneOutCandidates, leaveOneOutHitRatio, leaveOneOutNdcg, leaveOneOutRanks } from './leave-one-out.ts'
export { ndcgAtK, ndcgPerUser } from './ndcg.ts'
export { neighbourOverlap, type NeighbourOverlap, type NeighbourOverlapOptions } from './neighbour-overlap.ts'
export { lowRates, type LowRate, type LowRateOptions } from './low-rate.ts'
export { smallestAdjusted, testsTogether, type PermutedTest, type TestsTogether } from './tests-together.ts'
export { maxStatistic, type MaxStatistic } from './max-statistic.ts'
export { meanEstimate, pairedTest, wilcoxonSignedRank, type MeanEstimate, type PairedTest } from './paired.ts'
export { permutationTest, type ClassScoring, type PermutationOptions, type PermutationTest } from './permutation.ts'
export { microF1, precision, recall } from './precision-recall.ts'
export { rSquared, spearman } from './regression-metrics.ts'
export {
  repeatedSplitAuc,
  repeatedSplitConcordance,
  type RepeatedSplitAuc,
  type RepeatedSplitOptions,
  type SplitScoring,
} from './repeated-split.ts'
export { rocCurve, truePositiveRateAt, type RocCurve } from './roc.ts'
export { studentCritical } from './student-t.ts'
export { thresholdMetrics, type ThresholdMetrics } from './threshold-metrics.ts'
export type { TopKLists } from './top-k-lists.ts'
