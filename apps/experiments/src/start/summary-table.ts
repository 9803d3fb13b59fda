/** @file The table that `npm start` prints: attacks and recommendation quality, before and after each method. */

import type { GridResults, ModelResults, ReleaseResults, StageResult } from '../nx/grid-results.ts'

/**
 * Text of the results, one block for each (data set, recommender, attribute, seed), with a column for each method; then
 * one for each set of models that are released together.
 */
export function summaryTable({ models, releases }: GridResults): string {
  const byModel = groupedBy(
    models,
    ({ dataset, recommender, attribute, seed }) => `${dataset}, ${recommender}, ${attribute}, seed ${seed}`,
  )
  const byRelease = groupedBy(
    releases,
    ({ dataset, recommenders, attribute, seed }) =>
      `${dataset}, ${recommenders.join(' + ')}, ${attribute}, seed ${seed}`,
  )
  return [
    ...[...byModel].map(([title, of]) => block(title, of)),
    ...[...byRelease].map(([title, of]) => releaseBlock(title, of)),
  ].join('\n')
}

function groupedBy<T>(items: readonly T[], titleOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) groups.set(titleOf(item), [...(groups.get(titleOf(item)) ?? []), item])
  return groups
}

/** Attacks on all tables of the models at once. */
function releaseBlock(title: string, releases: readonly ReleaseResults[]): string {
  const heads = headsOf(releases)
  const rows = [
    [title, ...heads],
    ['attack AUC on all tables side by side [95 % interval]', ...heads.map(() => '')],
  ]
  const nameIn = ({ attacker, protocol, input }: ReleaseResults['attacks'][number]): string =>
    `${attacker}, ${protocol}, ${input}`
  for (const name of new Set(releases.flatMap(({ attacks }) => attacks.map(nameIn)))) {
    rows.push([
      `  ${name}`,
      ...releases.map(({ attacks }) => figure(attacks.find((attack) => nameIn(attack) === name)?.auc, 3)),
    ])
  }
  return `${aligned(rows)}\n`
}

function block(title: string, models: readonly ModelResults[]): string {
  const heads = headsOf(models)
  const rows: string[][] = [
    [title, ...heads],
    ['attack AUC [95 % interval]', ...heads.map(() => '')],
  ]
  for (const name of new Set(models.flatMap((model) => model.attacks.map(attackName)))) {
    rows.push([
      `  ${name}`,
      ...models.map((model) => figure(model.attacks.find((attack) => attackName(attack) === name)?.auc, 3)),
    ])
  }
  const seen = new Set(models.flatMap((model) => model.observed.map(({ table }) => table)))
  if (seen.size > 0) rows.push(['seen from outside, worst folded AUC', ...heads.map(() => '')])
  for (const table of seen)
    rows.push([
      `  ${observedName(table)}`,
      ...models.map((model) => worst(model.observed.filter((attack) => attack.table === table))),
    ])
  rows.push(['recommendation [95 % interval]', ...heads.map(() => '')])
  for (const [metric, definition] of [
    ['NDCG', 'full ranking'],
    ['HR', 'full ranking, any-hit'],
  ]) {
    const cells = models.map((model) =>
      model.utility.find(
        (u) => u.metric === metric && u.definition === definition && u.k === 10 && u.group === undefined,
      ),
    )
    rows.push([`  ${metric}@10 (${definition})`, ...cells.map((cell) => figure(cell, 4))])
  }
  rows.push(['seconds', ...heads.map(() => '')])
  for (const stage of ['prepare', 'train', 'retrain', 'unlearn', 'observe', 'evaluate', 'attack'] as const) {
    if (
      (stage === 'retrain' || stage === 'observe') &&
      !models.some((model) => model.stages.some((each) => each.stage === stage))
    )
      continue
    rows.push([`  ${stage}`, ...models.map((model) => seconds(model.stages.filter((each) => each.stage === stage)))])
  }
  const reports = models.flatMap((model) => (model.report === undefined ? [] : [`report: ${model.report}`]))
  return `${aligned(rows)}\n${reports.join('\n')}\n`
}

type Variant = Pick<ModelResults, 'method' | 'options'>

function headsOf(models: readonly Variant[]): string[] {
  return models.map((model) => (model.method === undefined ? 'before' : `after ${nameOf(model, models)}`))
}

/** Methods that come more than once are told apart by their options. */
function nameOf(model: Variant, models: readonly Variant[]): string {
  const same = models.filter((other) => other.method === model.method).length
  return same > 1 ? `${model.method} ${JSON.stringify(model.options)}` : model.method!
}

function attackName({ table, attacker, protocol, input }: ModelResults['attacks'][number]): string {
  return `${table}, ${attacker}, ${protocol}, ${input}`
}

function observedName(table: string): string {
  if (table === 'scores') return 'scores over all items'
  return table.endsWith('-surrogate')
    ? `${table.replace('-surrogate', '')} lists, by a surrogate model`
    : `${table} lists`
}

/** The attack that found most, with its attacker. */
function worst(attacks: ModelResults['observed']): string {
  const found = attacks.reduce<ModelResults['observed'][number] | undefined>(
    (most, attack) => (most === undefined || attack.foldedAuc.value > most.foldedAuc.value ? attack : most),
    undefined,
  )
  return found === undefined ? '-' : `${figure(found.foldedAuc, 3)} ${found.attacker}`
}

function figure(
  value: { readonly value: number; readonly lower: number; readonly upper: number } | undefined,
  digits: number,
): string {
  return value === undefined
    ? '-'
    : `${value.value.toFixed(digits)} [${value.lower.toFixed(digits)}, ${value.upper.toFixed(digits)}]`
}

function seconds(stages: readonly StageResult[]): string {
  if (stages.length === 0) return '-'
  const total = stages.reduce((sum, stage) => sum + stage.seconds, 0).toFixed(1)
  const cached = stages.filter((stage) => stage.cached).length
  return cached === 0
    ? total
    : cached === stages.length
      ? `${total} (cached)`
      : `${total} (${cached} of ${stages.length} cached)`
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
