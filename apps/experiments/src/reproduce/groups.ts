/** @file What tables have in common: data sets and recommenders with their models, titles, introductions, notes. */

import { experimentProtocol, stepsOf } from '../experiment-protocol.ts'
import { twin } from '../paper/paper-tables.ts'
import { beside, type Measured } from './beside.ts'
import { dash, measuredCells, measuredColumns } from './cells.ts'
import type { Block } from './document.ts'
import { methodOrder, methodTitle } from './method-titles.ts'
import type { ModelSeries, ResultsFile, YardstickSeries } from './results-file.ts'

const datasetTitles: { readonly [name: string]: string } = {
  'ml-100k': 'ML-100K',
  'ml-1m': 'ML-1M',
  lastfm: 'Last.fm 15K',
  oulad: 'OULAD',
  'lfm-2b': 'LFM-2B',
  [twin]: 'LFM-2B (withdrawn; generated twin)',
}
const recommenderTitles: { readonly [name: string]: string } = {
  nmf: 'NMF',
  lightgcn: 'LightGCN',
  'bpr-mf': 'BPR-MF',
  ials: 'iALS',
}
const dataOrder = ['ml-100k', 'ml-1m', 'lfm-2b', twin, 'lastfm', 'oulad']

export function datasetTitle(name: string): string {
  return datasetTitles[name] ?? name
}

/** Of one model: data set and recommender. */
export function groupTitle(dataset: string, recommender: string): string {
  return `${datasetTitle(dataset)}: ${recommenderTitle(recommender)}`
}

function recommenderTitle(name: string): string {
  return recommenderTitles[name] ?? name
}

/** Place of `name` in `order`, unknown names last. */
export function rank(order: readonly string[], name: string): number {
  const at = order.indexOf(name)
  return at < 0 ? order.length : at
}

export function inDataOrder(files: readonly ResultsFile[]): ResultsFile[] {
  return [...files].sort((a, b) => rank(dataOrder, a.dataset) - rank(dataOrder, b.dataset))
}

/** A (data set, recommender) with its models, methods in one order. */
export interface Group {
  readonly title: string
  readonly dataset: string
  readonly recommender: string
  readonly models: readonly ModelSeries[]
  readonly yardsticks: readonly YardstickSeries[]
  readonly titleOf: (model: ModelSeries) => string
}

export function groupsOf(files: readonly ResultsFile[]): Group[] {
  return files.flatMap(({ dataset, protocol, models, yardsticks = [] }) =>
    [...new Set(models.map(({ recommender }) => recommender))].map((recommender) => ({
      title: groupTitle(dataset, recommender),
      dataset,
      recommender,
      models: models
        .filter((model) => model.recommender === recommender)
        .sort((a, b) => rank(methodOrder, a.method) - rank(methodOrder, b.method)),
      yardsticks,
      titleOf: (model: ModelSeries) => `${methodTitle(model.method)}${cutShort(protocol, model) ?? ''}`,
    })),
  )
}

/** Says how far a method went that took fewer steps than its protocol has. */
function cutShort(protocol: string, { method, options }: ModelSeries): string | undefined {
  const { steps } = options as { steps?: number }
  const whole = stepsOf(experimentProtocol(protocol), method)
  return steps !== undefined && whole !== undefined && steps < whole ? ` (${steps} of ${whole} steps)` : undefined
}

/** One quantity of every model of a group. */
export function block(
  heading: string,
  first: string,
  measured: Measured,
  { models, titleOf }: Group,
  note?: string,
): Block {
  return {
    heading,
    ...(note !== undefined && { note }),
    columns: ['method', first, ...measuredColumns.slice(1)],
    rows: models.map((model) => [titleOf(model), ...measuredCells(measured, model, models)]),
    cells: models.flatMap((model) => beside(measured, model) ?? []),
  }
}

export function commonIntroduction(files: readonly ResultsFile[]): string[] {
  const protocol = experimentProtocol(files[0]!.protocol)
  const seeds = files.map(({ dataset, models }) => {
    const counts = models.map((model) => model.seeds.length)
    const [least, most] = [Math.min(...counts), Math.max(...counts)]
    return `${datasetTitle(dataset)} ${counts.length === 0 ? 0 : least === most ? least : `${least} to ${most}`}`
  })
  return [
    `Protocol \`${protocol.name}\`: ${protocol.title}. Generated from the JSON files beside it; runs: ${seeds.join(
      ', ',
    )}.`,
    'Each repetition has a seed of its own for split, training, unlearning and attack. Intervals are of the ' +
      'mean, by Student’s t over repetitions. p values pair repetitions by seed: a two-sided paired t-test, then ' +
      'the exact Wilcoxon signed-rank test. Neither is corrected for the number of comparisons. With n repetitions ' +
      'Wilcoxon’s p cannot be below 2^(1-n).',
    '“Paper” is its cell as printed, “difference” ours less the paper’s. “Paper in interval” says whether the ' +
      'paper’s cell lies in our 95 % interval.',
  ]
}

export function notesOf(files: readonly ResultsFile[]): string[] {
  return [
    `${dash} under “paper”: the paper has no such cell.`,
    ...files.flatMap(({ dataset, models }) =>
      models.flatMap(({ recommender, method, note }) =>
        note === undefined
          ? []
          : [`${datasetTitle(dataset)}, ${recommenderTitle(recommender)}, ${methodTitle(method)}: ${note}.`],
      ),
    ),
    ...(files.some(({ protocol, models }) => models.some((model) => cutShort(protocol, model) !== undefined))
      ? ['Rows with a number of steps were cut short by `--steps`; the same command without it takes all of them.']
      : []),
    ...(files.some(({ dataset }) => dataset === twin)
      ? [
          'LFM-2B’s interactions are withdrawn from public access. Ours is another data set: a twin generated ' +
            'from published statistics, with a planted leak. The paper’s cells of LFM-2B stand beside it; its rows ' +
            'compare methods with each other, not with the paper.',
        ]
      : []),
  ]
}

/** Mean ± standard deviation. */
export function meanText(cell: { ours: number; deviation?: number } | undefined, digits: number): string {
  if (cell === undefined) return dash
  return cell.deviation === undefined
    ? cell.ours.toFixed(digits)
    : `${cell.ours.toFixed(digits)} ± ${cell.deviation.toFixed(digits)}`
}
