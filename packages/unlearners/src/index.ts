export { adversaryRegulariser, type AdversarialOptions } from './adversarial.ts'
export { applyAffine, type AffineMap } from './affine-map.ts'
export { blind, fitBlind, type BlindOptions } from './blind/blind.ts'
export { calibratedFlow, type CalibratedFlowOptions } from './calibrated-flow.ts'
export { calibratedFlowJoint, intersection, type JointFlowOptions } from './calibrated-flow-joint.ts'
export { checkedClasses } from './checked-classes.ts'
export { rankCheck, type RankCheck } from './rank-check.ts'
export { classDifferences, type ClassDifference } from './class-differences.ts'
export { classNormals, type ClassNormal } from './class-normals.ts'
export { type ClosedFormOptions } from './closed-form.ts'
export { d2dRegularised, type D2dRegularisedOptions, type DistributionDivergence } from './d2d-regularised.ts'
export { applyDelta, makeDelta, type DeltaNames } from './delta.ts'
export { fitByRegression } from './regression-map.ts'
export { fittedFromJson, fittedToJson } from './fitted-json.ts'
export {
  fittedUnlearner,
  mapUnlabelled,
  type ApplyOptions,
  type Fitted,
  type FittedUnlearner,
  type UserMap,
} from './fitted-unlearner.ts'
export {
  fitGaussianTransport,
  gaussianTransport,
  gaussianTransportMaps,
  type GaussianTransportOptions,
} from './gaussian-transport.ts'
export { hsicFlow, type HsicFlowOptions } from './hsic-flow.ts'
export { inTrainingMethods, type InTrainingMethod, type InTrainingName, type InTrainingOptions } from './in-training.ts'
export { fitLeace, leace, leaceMap } from './leace.ts'
export { fitMeanMatching, meanMatching, meanMatchingMaps } from './mean-matching.ts'
export { fitRandomNoise, randomNoise, type RandomNoiseOptions } from './random-noise.ts'
export { fitRelabel } from './relabel/fit-relabel.ts'
export { relabel, relabelTables, type PointsOf, type RelabelledTables, type RelabelOptions } from './relabel/relabel.ts'
export { type DrawSeed } from './relabel/draw-source.ts'
export { d2dRegulariser, type RetrainOptions } from './retrain.ts'
export { innerProductMetric, scoreMetric, type ScoreMetric, type ScoreMetricOptions } from './score-metric.ts'
export { u2uClosedForm, type U2uClosedFormOptions } from './u2u-closed-form.ts'
export { u2uRegularised, type U2uRegularisedOptions, type UserDivergence } from './u2u-regularised.ts'
export { isTogether, unlearnTables, type TablesOptions } from './unlearn-tables.ts'
export {
  shardMethods,
  unlearnShards,
  type ShardMethod,
  type ShardOptions,
  type UnlearnedShards,
} from './unlearn-shards.ts'
export { type Shard, type ShardedTable, type ShardScratch, type SumKind } from './sharded-table.ts'
export { type TraceRow, type Unlearned } from './unlearned.ts'
export { unlearners, type Unlearner, type UnlearnerName, type UnlearnerOptions } from './unlearners.ts'
export { updateUnlearned, type RefitCheck, type UpdatedTable, type UpdateOptions } from './update-unlearned.ts'
