/**
 * @file unlearn: one method over the user tables of a trained model. It sees tables and labels, nothing else, but for
 * two options: the flow's metric of scores and the margin of d2d-r and u2u-r, which need the items.
 */

import { usageError, type Json, type Labels, type Matrix } from '@indistinct/core'
import {
  treatsTogether,
  unlearnTablesBy,
  type NamedUnlearner,
  type TablesOptions,
  type Unlearned,
} from '@indistinct/unlearners'
import { engineMethods, type Choice } from '@indistinct/stages'
import { readJsonOf, readMatricesOf } from '../store/artifact-folder.ts'
import { unlearnerNamed } from '../store/components.ts'
import { readLabels, readSplit } from '../store/prepared-data.ts'
import { upstreamOf, type StageContext } from '../store/stage-context.ts'
import { tablesToProtect } from '../store/tables-to-protect.ts'
import { restoredModel } from '../store/restored-model.ts'
import type { StoredModel } from '../store/trained-model.ts'
import { marginRegulariser } from './unlearn-margin.ts'
import { tableMetric } from './unlearn-score-metric.ts'

interface Parameters {
  readonly method: Choice
  readonly attribute: string
  readonly seed: number
  readonly engine?: 'tfjs'
}

/** One model of the release: its part of the tables that are unlearned. */
interface Part {
  /** Its train artifact. */
  readonly trained: string
  readonly stored: StoredModel
  readonly tables: Readonly<Record<string, Matrix>>
  /** Names of the tables to protect, and under what names those of several models are unlearned together. */
  readonly keys: ReadonlyMap<string, string>
}

/**
 * Writes the tables that were protected, under the names they came with, and unlearn.json: parameters, passes and trace
 * of each. Options that are not the method's own: `tables`, see `tablesToProtect`; of the flow, `blind` and `relabel`
 * `together`, see `unlearnTables`, by default true; of the flow `metric`, by default 'none', or 'scores'
 * (`tableMetric`); `regulariser` 'margin' of d2d-r and u2u-r.
 *
 * Of a release these three treat the tables of all models together, upstream `train/0`, `train/1`, …; tables and
 * history of each are written to part-<n>, and a node of each model's own, which has that one as `release`, takes them
 * from there.
 */
export async function run(context: StageContext): Promise<void> {
  if (context.upstream['release'] !== undefined) return takePart(context)
  const { method, attribute, seed, engine = 'kernels' } = context.parameters as unknown as Parameters
  const prepared = upstreamOf(context, 'prepare')
  const labels = readLabels(prepared, attribute)
  const { tables: listed, together, metric, regulariser, ...given } = method.options ?? {}
  // Said here, so that no variable of the environment changes what the key of the artifact does not name.
  const options = { ...given, ...(engineMethods.includes(method.name) && { engine }) }
  const parts = partsOf(context, listed)
  const unlearner = { name: method.name, ...(await unlearnerNamed(method.name)) }
  if (together !== undefined && typeof together !== 'boolean')
    throw usageError(`expected together as true or false, got ${JSON.stringify(together)}`)
  if (metric !== undefined && metric !== 'scores' && metric !== 'none')
    throw usageError(`expected metric as "scores" or "none", got ${JSON.stringify(metric)}`)
  if (metric !== undefined && method.name !== 'flow')
    throw usageError(`expected option metric of method flow only, got one of ${method.name}`)
  if (together !== undefined && !treatsTogether(unlearner))
    throw usageError(`expected option together of methods flow, blind and relabel only, got one of ${method.name}`)
  const work: Work = { context, unlearner, labels, prepared, parts, limit: passesOf(unlearner, method) }
  const results = treatsTogether(unlearner)
    ? await unlearnedTogether(work, { scores: metric === 'scores', together, seed, options })
    : await unlearnedApart(work, { regulariser, options })
  const several = context.upstream['train'] === undefined
  for (const [at, { keys }] of parts.entries()) {
    const history: { [table: string]: Json } = {}
    for (const [name, key] of keys) {
      const { embedding, method: done, parameters, passes, trace } = results[key]!
      context.artifact.matrix(several ? `part-${at}/${name}` : `tables/${name}`, embedding)
      history[name] = { method: done, parameters, passes, trace: trace as unknown as Json }
    }
    context.artifact.json(several ? `part-${at}/unlearn` : 'unlearn', history)
  }
}

/** What is unlearned, and how far along it is: `limit` is passes of a table. */
interface Work {
  readonly context: StageContext
  readonly unlearner: NamedUnlearner<{ readonly [option: string]: unknown }>
  readonly labels: Labels
  readonly prepared: string
  readonly parts: readonly Part[]
  readonly limit: number
}

/** All tables as one. */
async function unlearnedTogether(
  { context, unlearner, labels, prepared, parts, limit }: Work,
  {
    scores,
    together,
    seed,
    options,
  }: {
    readonly scores: boolean
    readonly together: boolean | undefined
    readonly seed: number
    readonly options: { readonly [name: string]: Json }
  },
): Promise<Record<string, Unlearned>> {
  const selected = Object.fromEntries(
    parts.flatMap(({ tables, keys }) => [...keys].map(([name, key]) => [key, tables[name]!])),
  )
  const onPass = ({ pass }: { pass: number }): void =>
    context.progress(Math.min(1, pass / limit), `${Object.keys(selected).join(' + ')}, pass ${pass}`)
  const means = await Promise.all(
    parts.map((part) => meansOf(part, prepared, { scores, together: together !== false })),
  )
  const all = {
    derived: means.flatMap(({ derived }) => derived),
    metrics: Object.assign({}, ...means.map(({ metrics }) => metrics)) as TablesOptions['metrics'] & {},
  }
  // An experiment repeats: its draw is no secret, and its tables are not released.
  const drawn = unlearner.name === 'relabel' ? { drawSeed: seed } : {}
  return unlearnTablesBy(
    unlearner,
    selected,
    labels,
    { ...drawn, ...options, onPass },
    { ...all, ...(together !== undefined && { together }) },
  )
}

/** Each table by itself. */
async function unlearnedApart(
  { context, unlearner, labels, prepared, parts, limit }: Work,
  {
    regulariser,
    options,
  }: { readonly regulariser: Json | undefined; readonly options: { readonly [name: string]: Json } },
): Promise<Record<string, Unlearned>> {
  const [{ trained, tables, keys }] = parts as [Part]
  const results: Record<string, Unlearned> = {}
  for (const [at, name] of [...keys.keys()].entries()) {
    const onPass = ({ pass }: { pass: number }): void =>
      context.progress((at + Math.min(1, pass / limit)) / keys.size, `${name}, pass ${pass}`)
    const kept =
      regulariser === undefined
        ? undefined
        : await marginRegulariser({ kind: regulariser, table: name, labels, trained, prepared })
    Object.assign(
      results,
      unlearnTablesBy(unlearner, { [name]: tables[name]! }, labels, {
        ...options,
        ...(kept && { regulariser: kept }),
        onPass,
      }),
    )
  }
  return results
}

/** One model's part of what was unlearned together. */
function takePart(context: StageContext): void {
  const { part } = context.parameters as unknown as { readonly part: number }
  const release = upstreamOf(context, 'release')
  for (const [name, embedding] of Object.entries(readMatricesOf(release, `part-${part}`)))
    context.artifact.matrix(`tables/${name}`, embedding)
  context.artifact.json('unlearn', readJsonOf<{ [table: string]: Json }>(release, `part-${part}/unlearn`))
}

/**
 * The models that `context` unlearns: one, or all of a release, whose tables have the models' names before their own.
 */
function partsOf(context: StageContext, listed: Json | undefined): Part[] {
  const [one] = context.upstream['train'] === undefined ? [] : [context.upstream['train']]
  const roots =
    one === undefined
      ? Object.keys(context.upstream)
          .filter((role) => role.startsWith('train/'))
          .sort()
          .map((role) => context.upstream[role]!)
      : [one]
  const stored = roots.map((root) => readJsonOf<StoredModel>(root, 'model'))
  return roots.map((trained, at): Part => {
    const tables = readMatricesOf(trained, 'tables')
    const { name } = stored[at]!
    const model = stored.filter((other) => other.name === name).length > 1 ? `${name} ${at + 1}` : name
    const keys = tablesToProtect(listed, Object.keys(tables)).map((table): [string, string] => [
      table,
      one === undefined ? `${model} ${table}` : table,
    ])
    return { trained, stored: stored[at]!, tables, keys: new Map(keys) }
  })
}

/**
 * By what the tables of a model are unlearned: those that no score depends on while others are there are derived from
 * these, with `together`; moving the others costs what it changes in scores, with `scores`.
 */
async function meansOf(
  { trained, stored, keys }: Part,
  prepared: string,
  { scores, together }: { scores: boolean; together: boolean },
): Promise<Required<Pick<TablesOptions, 'derived' | 'metrics'>>> {
  const names = [...keys.keys()]
  const unscored = names.filter((name) => stored.unscoredTables.includes(name))
  const scored = unscored.length < names.length ? names.filter((name) => !unscored.includes(name)) : names
  const derived = together && scored !== names ? unscored.map((name) => keys.get(name)!) : []
  if (!scores) return { derived, metrics: {} }
  const split = readSplit(prepared)
  const model = await restoredModel(trained, split)
  return {
    derived,
    metrics: Object.fromEntries(scored.map((name) => [keys.get(name)!, tableMetric(model, split, name)])),
  }
}

/** Passes that the method takes at most. */
function passesOf({ defaults }: Pick<Work['unlearner'], 'defaults'>, { options = {} }: Choice): number {
  const { steps, maxPasses } = { ...defaults, ...options } as {
    steps?: number
    maxPasses?: number
  }
  return steps ?? maxPasses ?? 1
}
