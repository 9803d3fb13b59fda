export { expandGrid, mergeNodes } from './expand.ts'
export type { AttackCell, ExpandedGrid, FigureCell, ModelCell, ReleaseCell, YardstickCell } from './expanded-grid.ts'
export { figureNames, type FigureName } from './grid.ts'
export type {
  CalibrationChoice,
  Choice,
  Grid,
  HeldChoice,
  ObservedChoice,
  Options,
  Product,
  SmoothingChoice,
  SplitChoice,
  YardstickChoice,
} from './grid.ts'
export { gridVariable } from './infer.ts'
export { dataOf, outerVariables, stageCodes, type StageCode } from './stage-code.ts'
export { componentPlaces, type ComponentKind, type ComponentPlace } from './component-place.ts'
export {
  engineMethods,
  engineRecommenders,
  inTrainingMethods,
  stageInput,
  stages,
  togetherMethods,
  type Stage,
  type StageInput,
  type StageNode,
} from './stage.ts'
export { taskResultsVariable, type TaskOutcome } from './task-results.ts'
