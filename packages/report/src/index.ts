export { balancedHistograms, dimensionHistograms, type BalancedOptions } from './dimension-histograms.ts'
export { comparisonFigure, comparisonHtml, type ComparisonData, type ComparisonRow } from './comparison-html.ts'
export { displacementOf } from './displacement.ts'
export { foldedAuc, smallestLeak } from './leak.ts'
export type { Markup } from './markup.ts'
export { neighbourDataOf, type MeasuredOverlap } from './neighbour-table.ts'
export { layerTitles } from './layers-section.ts'
export { nearestNeighbours, type Neighbours } from './nearest-neighbours.ts'
export type { PaperFigure } from './paper-figure.ts'
export { paretoFigure, paretoFront, type ParetoData, type ParetoPoint } from './pareto-figure.ts'
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
  LayersData,
  NeighbourData,
  NeighbourGroup,
  Provenance,
  ReportData,
  RocCurve,
  ScatterData,
  ThreatModel,
  UtilityRow,
} from './report-data.ts'
export { reportHtml } from './report-html.ts'
export { styleSheet } from './style-sheet.ts'
export { tSne, type TsneMap, type TsneOptions } from './t-sne.ts'
export { tellingDimensions, type TellingOptions } from './telling-dimensions.ts'
export { tradeOffFigure, type TradeOffData, type TradeOffMeasure, type TradeOffSeries } from './trade-off-figure.ts'
export { trustworthiness } from './trustworthiness.ts'
export { tsneFigure, type TsneFigureData, type TsnePanel } from './tsne-figure.ts'
export { mapUsers, type UserMapOptions } from './user-map.ts'
export { verdictOf, type Verdict } from './verdict.ts'
