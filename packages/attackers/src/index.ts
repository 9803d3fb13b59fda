export { attack, type AttackDeviations, type Deviations, type TestedAttackResult } from './attack.ts'
export type { AttackOptions, AttackPermutation, AttackResult, AttackSettings } from './attack-result.ts'
export type { Attacker, AttackerOptions, FittedAttacker } from './attacker.ts'
export { audit, auditAttributes, judgedTogether, type AttributesAudit, type AuditResult } from './audit.ts'
export { type AuditOptions, type ScoredAttack } from './audit-options.ts'
export { foreseeAudit, planAudit, type ForeseenAudit, type PlannedAuditAttack } from './audit-plan.ts'
export { battery } from './battery.ts'
export { exposureOf, fifthsBy, lengthFifths, type Exposure, type GroupExposure, type UserGroup } from './exposure.ts'
export type { BatteryAttack, BatteryEntry } from './battery-entry.ts'
export { fineBattery } from './fine-battery.ts'
export { namedAttackers, onlyNamed } from './named-attackers.ts'

export { bestOf, type BestOf, type BestOfFitted, type BestOfOptions, type Chosen } from './attackers/best-of.ts'
export { forest, forestAttacker, type ForestOptions } from './attackers/forest.ts'
export { knn, knnAttacker, type KnnOptions } from './attackers/knn.ts'
export { lattice } from './attackers/lattice.ts'
export { logistic, logisticAttacker } from './attackers/logistic.ts'
export { mlp, mlpAttacker } from './attackers/mlp.ts'
export { qda, qdaAttacker } from './attackers/qda.ts'
export { radius } from './attackers/radius.ts'
export { svm, svmAttacker, type SvmOptions } from './attackers/svm.ts'
export type { Scorer, SyncAttacker, SyncFit } from './attackers/sync-attacker.ts'
export {
  transferredAttack,
  type TransferredAttackOptions,
  type TransferredAttackResult,
} from './attackers/transferred.ts'
export { xgb, xgbAttacker, type XgbAttackerOptions } from './attackers/xgb.ts'

export { certify, type Certificate, type Certified, type CertifyOptions } from './certify/certify.ts'

export type { LogisticOptions } from './models/logistic-regression.ts'
export { meanPredictions } from './models/mean-predictions.ts'
export { trainMlp, type MlpNetwork, type MlpOptions } from './models/mlp-network.ts'
export { prepareInput, type InputName } from './models/prepared-input.ts'
export type { DiscriminantOptions } from './models/quadratic-discriminant.ts'
export { whitener } from './models/whiten.ts'

export { predictedCodes, type AttackMetrics, type ClassAuc, type Estimate } from './protocols/attack-metrics.ts'
export type { Protocol, Split } from './protocols/protocol.ts'
export { protocols, type ProtocolName } from './protocols/protocols.ts'
export type { SplitScores } from './protocols/scoring.ts'

export {
  auditRegression,
  planRegressionAudit,
  type RegressionAudit,
  type RegressionAuditOptions,
} from './regression/audit-regression.ts'
export { kernelRidge } from './regression/kernel-ridge.ts'
export type { RegressionAttackResult, RegressionSplit } from './regression/regression-attack.ts'
export { regressionBattery, type RegressionEntry } from './regression/regression-battery.ts'
export type { FittedRegressor, Regressor } from './regression/regressor.ts'
export { ridge } from './regression/ridge.ts'
export { xgbRegression } from './regression/xgb-regression.ts'

export {
  harmAttackers,
  harmCheck,
  type HarmCheck,
  type HarmCheckOptions,
  type HarmFinding,
} from './verdict/harm-check.ts'
export {
  smallestCorrectedP,
  verdictOf,
  type AttackName,
  type Simultaneous,
  type Verdict,
  type VerdictOptions,
} from './verdict/verdict.ts'
