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
export { besideVectors, type BesideVectors } from './beside-vectors.ts'
export { createTable, openTable, type CreateTableOptions, type TableReader, type TableWriter } from './open-table.ts'
export { findIdsBeside, readIdsBeside, readTable, type ReadTableOptions } from './read-table.ts'
export { commonLength, keptAtLength, scaleRow, type KeptLengths, type RowLength } from './row-length.ts'
export type { RowReader } from './table-container.ts'
export { formatOf, idsBeside, inputFormat, isText, tableExtensionList, tableExtensions } from './table-format.ts'
export { isFolder } from './files/is-folder.ts'
export { stageTable, tableFiles, writeTable, type WrittenFile } from './write-table.ts'

export { parseDecimal } from './formats/csv/float-text.ts'
export { fileReason } from './files/file-reason.ts'
export { requireLocalFile } from './files/local-file.ts'
export { requireRereadable } from './files/open-file.ts'

export { readNpy, writeNpy, type NpyArray } from './formats/npy/npy.ts'

export {
  attributeColumns,
  readAttribute,
  type AttributeColumn,
  type AttributeOptions,
} from './labels/attribute-file.ts'
export {
  isHistoryFile,
  itemColumnOf,
  readHistory,
  type HistoryFile,
  type HistoryOptions,
} from './labels/history-file.ts'
export { countedApart, idRange, type IdRange } from './labels/id-range.ts'
export { readIds } from './labels/ids.ts'
export {
  joinLabels,
  positionWarning,
  startsAtOneWarning,
  type JoinedLabels,
  type JoinOptions,
} from './labels/join-labels.ts'
export {
  checkLengths,
  checkMatched,
  inIdsFile,
  joinBy,
  rowNumberIds,
  type JoinBy,
  type TableSide,
} from './labels/join-rule.ts'
export { readLabelCodes, type LabelCodes, type LabelCodesOptions } from './labels/label-codes.ts'
export { hasOwnIds, readerSide, tableSide, type NotedSide } from './labels/table-side.ts'
export { countedLabels, type LabelNames } from './labels/label-names.ts'
export {
  numberWarnings,
  rareWarnings,
  settledInFile,
  spellingWarnings,
  type CountedLabel,
} from './labels/label-spellings.ts'

export { dtypeName, rounded, type Quantisation } from './numbers/stored-type.ts'
