/**
 * @file unlearn: one method over the user tables of a trained model. It sees tables and labels, nothing else, but for two
 * options: the flow's metric of scores and the margin of d2d-r and u2u-r, which need the items.
 */

import { usageError, type Json } from '@indistinct/core'
import { restore } from '@indistinct/recommenders'
import { unlearners, unlearnTables, type TablesOptions, type Unlearned, type UnlearnerName } from '@indistinct/unlearners'
import type { Choice } from '@indistinct/stages'
import { readJsonOf, readMatricesOf } from '../store/artifact-folder.ts'
import { readLabels, readSplit } from '../store/prepared-data.ts'
import { upstreamOf, type StageContext } from '../store/stage-context.ts'
import { tablesToProtect } from '../store/tables-to-protect.ts'
import type { StoredModel } from '../store/trained-model.ts'
import { marginRegulariser } from './unlearn-margin.ts'
import { tableMetric } from './unlearn-score-metric.ts'

interface Parameters {
  readonly method: Choice
  readonly attribute: string
  readonly seed: number
}

/**
 * Writes the tables that were protected, under the names they came with, and unlearn.json: parameters, passes and trace
 * of each. Options that are not the method's own: `tables`, see `tablesToProtect`; of the flow `together`, see
 * `unlearnTables`, by default true, and `metric`, by default 'none', or 'scores' (`tableMetric`); `regulariser` 'margin' of
 * d2d-r and u2u-r.
 */
export async function run(context: StageContext): Promise<void> {
  const { method, attribute } = context.parameters as unknown as Parameters
  const tables = readMatricesOf(upstreamOf(context, 'train'), 'tables')
  const prepared = upstreamOf(context, 'prepare')
  const labels = readLabels(prepared, attribute)
  const { tables: listed, together, metric, regulariser, ...options } = method.options ?? {}
  const names = tablesToProtect(listed, Object.keys(tables))
  if (together !== undefined && typeof together !== 'boolean') throw usageError(`expected together as true or false, got ${JSON.stringify(together)}`)
  if (metric !== undefined && metric !== 'scores' && metric !== 'none') throw usageError(`expected metric as "scores" or "none", got ${JSON.stringify(metric)}`)
  const limit = passesOf(method)
  const results: Record<string, Unlearned> = {}
  if (method.name === 'flow') {
    const selected = Object.fromEntries(names.map((name) => [name, tables[name]!]))
    const onPass = ({ pass }: { pass: number }): void => context.progress(Math.min(1, pass / limit), `${names.join(' + ')}, pass ${pass}`)
    const means = meansOf(names, upstreamOf(context, 'train'), prepared, { scores: metric === 'scores', together: together !== false })
    Object.assign(results, unlearnTables(selected, labels, 'flow', { ...options, onPass }, { ...means, ...(together !== undefined && { together }) }))
  } else {
    if (together !== undefined || metric !== undefined) throw usageError(`expected options together and metric of method flow only, got one of ${method.name}`)
    for (const [at, name] of names.entries()) {
      const onPass = ({ pass }: { pass: number }): void => context.progress((at + Math.min(1, pass / limit)) / names.length, `${name}, pass ${pass}`)
      const kept = regulariser === undefined ? undefined : marginRegulariser({ kind: regulariser, table: name, labels, trained: upstreamOf(context, 'train'), prepared })
      Object.assign(results, unlearnTables({ [name]: tables[name]! }, labels, method.name as UnlearnerName, { ...options, ...(kept && { regulariser: kept }), onPass }))
    }
  }
  const history: { [table: string]: Json } = {}
  for (const [name, { embedding, method: done, parameters, passes, trace }] of Object.entries(results)) {
    context.artifact.matrix(`tables/${name}`, embedding)
    history[name] = { method: done, parameters, passes, trace: trace as unknown as Json }
  }
  context.artifact.json('unlearn', history)
}

/**
 * By what the tables `names` of the model in `trained` are unlearned: those that no score depends on while others are there are derived from these,
 * with `together`; moving the others costs what it changes in scores, with `scores`.
 */
function meansOf(names: readonly string[], trained: string, prepared: string, { scores, together }: { scores: boolean; together: boolean }): Pick<TablesOptions, 'derived' | 'metrics'> {
  const stored = readJsonOf<StoredModel>(trained, 'model')
  const unscored = names.filter((name) => stored.unscoredTables.includes(name))
  const scored = unscored.length < names.length ? names.filter((name) => !unscored.includes(name)) : names
  const derived = together && scored !== names ? unscored : []
  if (!scores) return { derived }
  const split = readSplit(prepared)
  const model = restore(stored.name, stored.options, readMatricesOf(trained, 'parameters'), split)
  return { derived, metrics: Object.fromEntries(scored.map((name) => [name, tableMetric(model, split, name)])) }
}

/** Passes that `method` takes at most. */
function passesOf({ name, options = {} }: Choice): number {
  const { steps, maxPasses } = { ...unlearners[name as UnlearnerName]?.defaults, ...options } as { steps?: number; maxPasses?: number }
  return steps ?? maxPasses ?? 1
}
