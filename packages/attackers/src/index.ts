export {
  attack,
  type AttackDeviations,
  type AttackOptions,
  type AttackPermutation,
  type AttackResult,
  type AttackSettings,
  type Deviations,
  type TestedAttackResult,
} from './attack.ts'
export { predictedCodes, type AttackMetrics, type ClassAuc, type Estimate } from './attack-metrics.ts'
export type { Attacker, AttackerOptions, FittedAttacker } from './attacker.ts'
export {
  audit,
  auditAttributes,
  judgedTogether,
  planAudit,
  type AttributesAudit,
  type AuditOptions,
  type AuditResult,
  type PlannedAuditAttack,
} from './audit.ts'
export {
  auditRegression,
  planRegressionAudit,
  type RegressionAudit,
  type RegressionAuditOptions,
} from './audit-regression.ts'
export { battery, type BatteryAttack, type BatteryEntry } from './battery.ts'
export { bestOf, type BestOf, type BestOfFitted, type BestOfOptions, type Chosen } from './best-of.ts'
export { equalRows } from './equal-rows.ts'
export { fineBattery, namedAttackers } from './fine-battery.ts'
export { forest, forestAttacker, type ForestOptions } from './forest.ts'
export { harmAttackers, harmCheck, type HarmCheck, type HarmCheckOptions, type HarmFinding } from './harm-check.ts'
export { kernelRidge, kernelRidgeRegressor, type KernelRidgeOptions } from './kernel-ridge.ts'
export { knn, knnAttacker, nearestFive, nearestOne, nearestThree, type KnnOptions } from './knn.ts'
export { lattice } from './lattice.ts'
export { findLattice, latticeFeatures, type Lattice } from './lattice-features.ts'
export { logistic, logisticAttacker } from './logistic.ts'
export { fitLogistic, logisticLogits, type LogisticModel, type LogisticOptions } from './logistic-regression.ts'
export { meanPredictions } from './mean-predictions.ts'
export { mlp, mlpAttacker } from './mlp.ts'
export { mlpProbabilities, trainMlp, type MlpNetwork, type MlpOptions } from './mlp-network.ts'
export { mmdTest, type MmdTest, type MmdTestOptions } from './mmd-test.ts'
export { officialMlp, officialXgb } from './official.ts'
export { inputNames, prepareInput, type InputName } from './prepared-input.ts'
export type { Protocol, Split } from './protocol.ts'
export { protocols, type ProtocolName } from './protocols.ts'
export { qda, qdaAttacker } from './qda.ts'
export {
  discriminantLogits,
  fitDiscriminant,
  type ClassGaussian,
  type DiscriminantOptions,
} from './quadratic-discriminant.ts'
export { radius } from './radius.ts'
export { fitShells, radiusColumns, radiusFeatures, type Shells } from './radius-features.ts'
export type { SplitScores } from './scoring.ts'
export { regressionBattery, type RegressionEntry } from './regression-battery.ts'
export type { RegressionAttackResult, RegressionSplit } from './regression-attack.ts'
export type { FittedRegressor, Regressor } from './regressor.ts'
export { fitRidge, ridge, ridgeRegressor, type LinearModel } from './ridge.ts'
export { standardiser } from './standardise.ts'
export {
  fitSupportVectors,
  supportVectorDecisions,
  type SupportVectorModel,
  type SupportVectorOptions,
} from './support-vector-machine.ts'
export { fineSvm, svm, svmAttacker, type SvmOptions } from './svm.ts'
export type { Scorer, SyncAttacker, SyncFit } from './sync-attacker.ts'
export { transferredAttack, type TransferredAttackOptions, type TransferredAttackResult } from './transferred.ts'
export {
  defaultMargin,
  smallestCorrectedP,
  verdictOf,
  type AttackName,
  type Simultaneous,
  type Verdict,
  type VerdictOptions,
} from './verdict.ts'
export { whitener } from './whiten.ts'
export { xgb, xgbAttacker, type XgbAttackerOptions } from './xgb.ts'
export { xgbRegression, xgbRegressor } from './xgb-regression.ts'
export { certify, type Certificate, type Certified, type CertifyOptions } from './certify/certify.ts'
