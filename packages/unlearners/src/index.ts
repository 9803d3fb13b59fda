export { checkedClasses } from './checked-classes.ts'
export { saferMethods } from './safer-methods.ts'
export { isTogether, unlearnTables } from './unlearn-tables.ts'
export { treatsTogether, unlearnTablesBy, type NamedUnlearner, type TablesOptions } from './unlearn-tables-by.ts'
export type { TraceRow, Unlearned } from './unlearned.ts'
export type { Unlearner } from './unlearner.ts'
export { unlearners, type UnlearnerName, type UnlearnerOptions } from './unlearners.ts'

export { fitBlindInTurn, fitBlindValues, type BlindInTurnOptions } from './blind/blind-in-turn.ts'
export { blind, type BlindOptions } from './blind/blind.ts'

export type { AffineMap } from './closed/affine-map.ts'
export type { ClosedFormOptions } from './closed/closed-form.ts'
export { gaussianTransport, gaussianTransportMaps, type GaussianTransportOptions } from './closed/gaussian-transport.ts'
export { leace, leaceMap } from './closed/leace.ts'
export { meanMatching, meanMatchingMaps } from './closed/mean-matching.ts'
export { randomNoise, type RandomNoiseOptions } from './closed/random-noise.ts'

export { applyDelta, makeDelta, type DeltaNames } from './fitted/delta.ts'
export { fittedFromJson, fittedToJson } from './fitted/fitted-json.ts'
export {
  fittedUnlearner,
  mapUnlabelled,
  type ApplyOptions,
  type Fitted,
  type FittedUnlearner,
  type UserMap,
} from './fitted/fitted-unlearner.ts'
export { updateUnlearned, type RefitCheck, type UpdatedTable, type UpdateOptions } from './fitted/update-unlearned.ts'

export { calibratedFlowJoint, type JointFlowOptions } from './flow/calibrated-flow-joint.ts'
export { calibratedFlow } from './flow/calibrated-flow.ts'
export type { CalibratedFlowOptions } from './flow/flow-options.ts'
export { classDifferences, type ClassDifference } from './flow/class-differences.ts'
export { hsicFlow, type HsicFlowOptions } from './flow/hsic-flow.ts'
export { intersection } from './flow/intersection.ts'
export { rankCheck, type RankCheck } from './flow/rank-check.ts'
export { innerProductMetric, scoreMetric, type ScoreMetric, type ScoreMetricOptions } from './flow/score-metric.ts'

export { adversaryRegulariser, type AdversarialOptions } from './paper/adversarial.ts'
export { d2dRegularised, type D2dRegularisedOptions, type DistributionDivergence } from './paper/d2d-regularised.ts'
export type { InTrainingMethod } from './paper/in-training-method.ts'
export { inTrainingMethods, type InTrainingName, type InTrainingOptions } from './paper/in-training.ts'
export { d2dRegulariser, type RetrainOptions } from './paper/retrain.ts'
export { u2uClosedForm, type U2uClosedFormOptions } from './paper/u2u-closed-form.ts'
export { u2uRegularised, type U2uRegularisedOptions, type UserDivergence } from './paper/u2u-regularised.ts'

export type { DrawSeed } from './relabel/draw-source.ts'
export { relabel, relabelTables, type PointsOf, type RelabelledTables, type RelabelOptions } from './relabel/relabel.ts'

export type { Shard, ShardedTable, ShardScratch, SumKind } from './shards/sharded-table.ts'
export {
  shardMethods,
  unlearnShards,
  type ShardMethod,
  type ShardOptions,
  type UnlearnedShards,
} from './shards/unlearn-shards.ts'
