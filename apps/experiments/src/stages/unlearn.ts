/**
 * @file unlearn: one method over the user tables of a trained model. It sees tables and labels, nothing else, unless the
 * method asks for the margin of scores, which needs the items.
 */

import { usageError, type Json } from '@indistinct/core'
import { unlearners, unlearnTables, type UnlearnerName } from '@indistinct/unlearners'
import type { Choice } from '@indistinct/stages'
import { readJsonOf, readMatricesOf } from '../store/artifact-folder.ts'
import { readLabels } from '../store/prepared-data.ts'
import { upstreamOf, type StageContext } from '../store/stage-context.ts'
import { tablesToProtect } from '../store/tables-to-protect.ts'
import type { StoredModel } from '../store/trained-model.ts'
import { marginRegulariser } from './unlearn-margin.ts'

interface Parameters {
  readonly method: Choice
  readonly attribute: string
  readonly seed: number
}

/** What moving a table costs that no score depends on, one that scores are made from costing 1. */
const unscoredCost = 0.3

/**
 * Writes the tables that were protected, under the names they came with, and unlearn.json: parameters, passes and trace
 * of each. Options that are not the method's own: `tables`, see `tablesToProtect`; `together`, see `unlearnTables`, by
 * default true for the flow; `regulariser` 'margin' of d2d-r and u2u-r. Tables treated together share parameters, passes and trace.
 */
export async function run(context: StageContext): Promise<void> {
  const { method, attribute } = context.parameters as unknown as Parameters
  const tables = readMatricesOf(upstreamOf(context, 'train'), 'tables')
  const prepared = upstreamOf(context, 'prepare')
  const labels = readLabels(prepared, attribute)
  const { tables: listed, together: asked, regulariser, ...options } = method.options ?? {}
  const names = tablesToProtect(listed, Object.keys(tables))
  const history: { [table: string]: Json } = {}
  if (asked !== undefined && typeof asked !== 'boolean') throw usageError(`expected together as true or false, got ${JSON.stringify(asked)}`)
  const together = names.length > 1 && (asked ?? method.name === 'flow')
  if (together) {
    if (method.name !== 'flow') throw usageError(`expected option together of method flow only, got it of ${method.name}`)
    const { unscoredTables } = readJsonOf<StoredModel>(upstreamOf(context, 'train'), 'model')
    const unscored = names.filter((name) => unscoredTables.includes(name))
    const costs = unscored.length < names.length ? Object.fromEntries(unscored.map((name) => [name, unscoredCost])) : {}
    const limit = passesOf(method)
    const onPass = ({ pass }: { pass: number }): void => context.progress(Math.min(1, pass / limit), `${names.join(' + ')}, pass ${pass}`)
    const selected = Object.fromEntries(names.map((name) => [name, tables[name]!]))
    const results = unlearnTables(selected, labels, 'flow', { ...options, onPass }, { together, costs })
    for (const [name, { embedding, method: done, parameters, passes, trace }] of Object.entries(results)) {
      context.artifact.matrix(`tables/${name}`, embedding)
      history[name] = { method: done, parameters, passes, trace: trace as unknown as Json }
    }
    context.artifact.json('unlearn', history)
    return
  }
  for (const [at, name] of names.entries()) {
    const limit = passesOf(method)
    const onPass = ({ pass }: { pass: number }): void => context.progress((at + Math.min(1, pass / limit)) / names.length, `${name}, pass ${pass}`)
    const kept = regulariser === undefined ? undefined : marginRegulariser({ kind: regulariser, table: name, labels, trained: upstreamOf(context, 'train'), prepared })
    const result = unlearnTables({ [name]: tables[name]! }, labels, method.name as UnlearnerName, { ...options, ...(kept && { regulariser: kept }), onPass })[name]!
    context.artifact.matrix(`tables/${name}`, result.embedding)
    history[name] = { method: result.method, parameters: result.parameters, passes: result.passes, trace: result.trace as unknown as Json }
  }
  context.artifact.json('unlearn', history)
}

/** Passes that `method` takes at most. */
function passesOf({ name, options = {} }: Choice): number {
  const { steps, maxPasses } = { ...unlearners[name as UnlearnerName]?.defaults, ...options } as { steps?: number; maxPasses?: number }
  return steps ?? maxPasses ?? 1
}
