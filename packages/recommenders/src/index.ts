export { bprMf, bprMfDefaults, type BprMfOptions } from './bpr-mf.ts'
export { ials, ialsDefaults, solveRows, type IalsOptions } from './ials.ts'
export { lightgcn, lightgcnDefaults, lightgcnObjective, type LightGcnOptions } from './lightgcn.ts'
export { nmf, nmfDefaults, nmfObjective, type NmfOptions } from './nmf.ts'
export { topK, type Recommender, type TrainedRecommender } from './recommender.ts'
export type { UserTables } from './user-tables.ts'
export { recommender, recommenders, restore } from './recommenders.ts'
export { innerProducts, type ScoreSource } from './score-source.ts'
export { scoreGradients, type ScoreGradients } from './score-gradients.ts'
export type {
  DescentOptions,
  EpochProgress,
  History,
  Objective,
  Regulariser,
  TrainingHooks,
  TrainingOptions,
} from './train.ts'
export { interactionGraph, seenInTraining, type TrainingData } from './training-data.ts'
export { ease, easeDefaults, easeWeights, type EaseOptions } from './yardsticks/ease.ts'
export type { Yardstick } from './yardsticks/yardstick.ts'
