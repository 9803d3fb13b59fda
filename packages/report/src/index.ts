export { displacementOf } from './displacement.ts'
export { foldedAuc, smallestLeak } from './leak.ts'
export { projectUsers, type ProjectOptions } from './principal-components.ts'
export type {
  AttackFigures,
  AttackRow,
  AttributeSummary,
  BeforeAfter,
  ClassSummary,
  Colouring,
  DimensionShape,
  DisplacementData,
  DisplacementGroup,
  Estimate,
  HistogramData,
  Provenance,
  ReportData,
  RocCurve,
  ScatterData,
  ThreatModel,
  UtilityRow,
} from './report-data.ts'
export { reportHtml } from './report-html.ts'
export { tSne, type TsneMap, type TsneOptions } from './t-sne.ts'
export { tellingDimensions, type TellingOptions } from './telling-dimensions.ts'
export { trustworthiness } from './trustworthiness.ts'
export { verdictOf, type Verdict } from './verdict.ts'
