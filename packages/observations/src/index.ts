export { itemScores } from './item-scores.ts'
export { listIndicators, observedTables, type ObservedTable, type ObserveOptions } from './observed-tables.ts'
export { reducedScores, type ReducedScores, type ReduceOptions } from './reduced-scores.ts'
export { innerProducts, type ScoreSource } from './score-source.ts'
