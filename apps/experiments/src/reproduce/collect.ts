/** @file From the artifacts of a run to the results of each data set. */

import { join } from 'node:path'
import { canonicalJson, type Json } from '@indistinct/core'
import type { Product } from '@indistinct/stages'
import { gridResults, type ModelResults, type StageResult } from '../nx/grid-results.ts'
import type { GridRun } from '../nx/nx-run.ts'
import { madeIn } from '../nx/run-outcome.ts'
import { readJsonOf } from '../store/artifact-folder.ts'
import type { UtilityFigure } from '../store/results.ts'
import {
  attackFigures,
  resultsSchema,
  type AttackFigure,
  type AttackSeries,
  type ModelSeries,
  type ResultsFile,
  type UtilitySeries,
  type YardstickSeries,
} from './results-file.ts'

/** Results by data set. Repetitions that lack an attack, an evaluation or a time are left out, of that model alone. */
export function collectResults(run: GridRun, product: Product, protocol: string, workspaceRoot: string): ResultsFile[] {
  const methods = new Map<string, string>([
    ['original', '{}'],
    ...product.methods.map(({ name, options = {} }): [string, string] => [name, canonicalJson(options as Json)]),
  ])
  // Figure 2 has the same methods at other alphas: they are not of the tables.
  const wanted = gridResults(run, workspaceRoot).models.filter(
    (model) => methods.get(model.method ?? 'original') === canonicalJson((model.options ?? {}) as Json),
  )
  return product.datasets.map(({ name }) => {
    const own = wanted.filter((model) => model.dataset === name && product.seeds.includes(model.seed))
    const models = product.recommenders.flatMap(({ name: recommender }) =>
      [...methods.keys()].flatMap((method) => {
        const repetitions = own.filter(
          (model) =>
            model.recommender === recommender && (model.method ?? 'original') === method && isWhole(model, product),
        )
        return repetitions.length === 0 ? [] : [seriesOf(repetitions)]
      }),
    )
    const data = run.expanded.nodes.find(
      (node) =>
        node.stage === 'prepare' &&
        (node.parameters['dataset'] as { name: string }).name === name &&
        run.outcomes.has(node.id),
    )
    const yardsticks = yardsticksOf(run, name, product.seeds, workspaceRoot)
    return {
      schema: resultsSchema,
      protocol,
      dataset: name,
      attribute: product.attributes[0]!,
      ...(data && madeIn(run)(data) && { data: describedIn(join(workspaceRoot, data.root)) }),
      models,
      ...(yardsticks.length > 0 && { yardsticks }),
    }
  })
}

function yardsticksOf(
  run: GridRun,
  dataset: string,
  seeds: readonly number[],
  workspaceRoot: string,
): YardstickSeries[] {
  const made = run.expanded.yardsticks
    .filter((cell) => cell.dataset === dataset && seeds.includes(cell.seed) && madeIn(run)(cell.evaluate))
    .sort((a, b) => a.seed - b.seed)
  return [...new Set(made.map(({ yardstick }) => yardstick.name))].map((name): YardstickSeries => {
    const own = made.filter(({ yardstick }) => yardstick.name === name)
    const figures = own.map(({ evaluate }) =>
      readJsonOf<UtilityFigure[]>(join(workspaceRoot, evaluate.root), 'utility'),
    )
    return {
      name,
      options: own[0]!.yardstick.options as Json,
      seeds: own.map(({ seed }) => seed),
      utility: utilityOf(figures),
    }
  })
}

/** Figures of all users, a value for each repetition. */
function utilityOf(repetitions: readonly (readonly UtilityFigure[])[]): UtilitySeries[] {
  const whole = (figures: readonly UtilityFigure[]): UtilityFigure[] =>
    figures.filter(({ group }) => group === undefined)
  return whole(repetitions[0]!).map(({ metric, k, definition }) => ({
    metric,
    k,
    definition,
    values: repetitions.map((figures) =>
      rounded(
        whole(figures).find((each) => each.metric === metric && each.k === k && each.definition === definition)!.value,
      ),
    ),
  }))
}

function describedIn(root: string): NonNullable<ResultsFile['data']> {
  const { loaded, kept } = readJsonOf<NonNullable<ResultsFile['data']>>(root, 'data')
  return { loaded, kept }
}

function isWhole(model: ModelResults, product: Product): boolean {
  return (
    product.attackers.every(({ name }) => model.attacks.some((attack) => attack.attacker === name)) &&
    model.utility.length > 0 &&
    makingOf(model) !== undefined
  )
}

/** The stage that made the model. */
function makingOf({ stages }: ModelResults): StageResult | undefined {
  for (const stage of ['unlearn', 'retrain', 'train'] as const) {
    const made = stages.find((each) => each.stage === stage)
    if (made) return made
  }
  return undefined
}

function seriesOf(repetitions: readonly ModelResults[]): ModelSeries {
  const sorted = [...repetitions].sort((a, b) => a.seed - b.seed)
  const [first] = sorted
  const making = sorted.map((model) => makingOf(model)!)
  const cpuSeconds = making.flatMap((stage) => stage.cpuSeconds ?? [])
  const same = (a: ModelResults['attacks'][number], b: ModelResults['attacks'][number]): boolean =>
    a.attacker === b.attacker && a.protocol === b.protocol && a.table === b.table && a.input === b.input
  return {
    recommender: first!.recommender,
    method: first!.method ?? 'original',
    options: (first!.options ?? {}) as Json,
    seeds: sorted.map(({ seed }) => seed),
    attacks: first!.attacks.map((attack): AttackSeries => {
      const all = sorted.map(({ attacks }) => attacks.find((each) => same(each, attack))!)
      const figures: { [figure in AttackFigure]?: number[] } = {}
      for (const figure of attackFigures) {
        const values = all.map((each) => (each[figure] as { value: number } | undefined)?.value)
        if (values.every((value) => value !== undefined)) figures[figure] = values.map(rounded)
      }
      return { attacker: attack.attacker, protocol: attack.protocol, table: attack.table, input: attack.input, figures }
    }),
    utility: utilityOf(sorted.map(({ utility }) => utility)),
    seconds: making.map(({ seconds }) => seconds),
    ...(cpuSeconds.length === making.length && { cpuSeconds }),
  }
}

/** Six digits: more than a run of other users would repeat. */
function rounded(value: number): number {
  return Number(value.toFixed(6))
}
