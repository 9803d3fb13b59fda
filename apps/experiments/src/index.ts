export { experimentProtocols } from './experiment-protocol.ts'
export type { ExperimentProtocol } from '../protocols/protocol.ts'
export type { ArtifactStore } from './grid/artifact-store.ts'
export { openStore } from './grid/open-store.ts'
export { absentData, type CellState } from './grid/cell-states.ts'
export { chosenGrid, type GridChoice } from './grid/chosen-grid.ts'
export type { GridPlan } from './grid/grid-plan.ts'
export { keepSettings, lastSettings, openGrid, runGridOn, type OpenGrid } from './grid/grid-run.ts'
export { runCell } from './grid/run-cell.ts'
export { gridNamed } from './grid-file/grid-named.ts'
export { gridResults, type GridResults, type ModelResults, type StageResult } from './nx/grid-results.ts'
export { runGrid, type GridRun, type RunListener, type RunOptions } from './nx/nx-run.ts'
export {
  planReproduction,
  reproduce,
  type Reproduced,
  type ReproduceOptions,
  type Reproduction,
} from './reproduce/reproduce.ts'
export { targetNames } from './reproduce/targets.ts'
export { runDisplay, type RunDisplay } from './nx/run-display.ts'
export { start } from './start/start.ts'
export type { StoredAttack, UtilityFigure } from './store/results.ts'
export { summaryTable } from './start/summary-table.ts'
