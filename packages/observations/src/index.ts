export { historyFeatures, type HistoryOptions } from './history-features.ts'
export { observedTables, type ObservedTable, type ObserveOptions } from './observed-tables.ts'
export { reducedScores, type ReducedScores, type ReduceOptions } from './reduced-scores.ts'
export { surrogateItems, surrogateVectors, type SurrogateOptions } from './surrogate-vectors.ts'
