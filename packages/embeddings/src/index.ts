export { readAttribute, type AttributeColumn, type AttributeOptions } from './attribute-file.ts'
export { notesOnFormat, tableFor } from './convert-table.ts'
export {
  embeddingTable,
  notesOnRounding,
  withMatrix,
  type Dtype,
  type EmbeddingTable,
  type EmbeddingTableFields,
  type PassThroughColumn,
  type TableFormat,
  type TableSource,
} from './embedding-table.ts'
export { isHistoryFile, readHistory, type HistoryFile, type HistoryOptions } from './history-file.ts'
export { readIds } from './ids.ts'
export { joinLabels, positionWarning, startsAtOneWarning, type JoinedLabels, type JoinOptions } from './join-labels.ts'
export { checkLengths, checkMatched, joinBy, rowNumberIds, type JoinBy, type TableSide } from './join-rule.ts'
export { countedLabels, type LabelNames } from './label-names.ts'
export { rareWarnings, spellingWarnings, type CountedLabel } from './label-spellings.ts'
export { readLabelCodes, type LabelCodes, type LabelCodesOptions } from './label-codes.ts'
export { requireLocalFile } from './local-file.ts'
export { readNpy, writeNpy, type NpyArray } from './npy.ts'
export { readIdsBeside, readTable, type ReadTableOptions } from './read-table.ts'
export { commonLength, keptAtLength, scaleRow, type KeptLengths, type RowLength } from './row-length.ts'
export { dtypeName, rounded, type Quantisation } from './stored-type.ts'
export {
  formatOf,
  idsBeside,
  inputFormat,
  isFolder,
  isText,
  tableExtensionList,
  tableExtensions,
} from './table-format.ts'
export { stageTable, tableFiles, writeTable, type WrittenFile } from './write-table.ts'
export { createTable, openTable, type CreateTableOptions, type TableReader, type TableWriter } from './open-table.ts'
export type { RowReader } from './table-container.ts'
