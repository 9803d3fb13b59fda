export { attackerName, protocolName } from './attacker-names.ts'
export { comparisonFigure, comparisonHtml, type ComparisonData, type ComparisonRow } from './comparison-html.ts'
export { dpiaMarkdown } from './filing/dpia.ts'
export { modelCard } from './filing/model-card.ts'
export { foldedAuc, smallestLeak } from './leak.ts'
export type { Markup } from './markup.ts'
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
  ExposedGroup,
  ExposureData,
  FilingData,
  HistogramData,
  LayersData,
  NeighbourData,
  NeighbourGroup,
  Provenance,
  Recipient,
  ReportData,
  RocCurve,
  ScatterData,
  ThreatModel,
  UtilityRow,
} from './report-data.ts'
export { reportHtml } from './report-html.ts'
export { styleSheet } from './style-sheet.ts'
export { verdictOf, type Verdict } from './verdict.ts'

export { balancedHistograms, dimensionHistograms, type BalancedOptions } from './charts/dimension-histograms.ts'
export { mapUsers, type UserMapOptions } from './charts/user-map.ts'

export type { PaperFigure } from './figures/paper-figure.ts'
export { paretoFigure, paretoFront, type ParetoData, type ParetoPoint } from './figures/pareto-figure.ts'
export {
  tradeOffFigure,
  type TradeOffData,
  type TradeOffMeasure,
  type TradeOffSeries,
} from './figures/trade-off-figure.ts'
export { tsneFigure, type TsneFigureData, type TsnePanel } from './figures/tsne-figure.ts'

export { displacementOf } from './sections/displacement.ts'
export { layerTitles } from './sections/layers-section.ts'
export { neighbourDataOf, type MeasuredOverlap } from './sections/neighbour-table.ts'
export { tellingDimensions, type TellingOptions } from './sections/telling-dimensions.ts'

export { nearestNeighbours, type Neighbours } from './t-sne/nearest-neighbours.ts'
export { tSne, type TsneMap, type TsneOptions } from './t-sne/t-sne.ts'
export { trustworthiness } from './t-sne/trustworthiness.ts'
export { exposureData } from './sections/exposure-data.ts'
