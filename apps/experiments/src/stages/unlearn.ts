/**
 * @file unlearn: one method over the user tables of a trained model. It sees tables and labels, nothing else, unless the
 * method asks for the margin of scores, which needs the items.
 */

import type { Json } from '@indistinct/core'
import { unlearners, unlearnTables, type UnlearnerName } from '@indistinct/unlearners'
import type { Choice } from '@indistinct/stages'
import { readMatricesOf } from '../store/artifact-folder.ts'
import { readLabels } from '../store/prepared-data.ts'
import { upstreamOf, type StageContext } from '../store/stage-context.ts'
import { tablesToProtect } from '../store/tables-to-protect.ts'
import { marginRegulariser } from './unlearn-margin.ts'

interface Parameters {
  readonly method: Choice
  readonly attribute: string
  readonly seed: number
}

/**
 * Writes the tables that were protected, under the names they came with, and unlearn.json: parameters, passes and trace
 * of each. Options that are not the method's own: `tables`, see `tablesToProtect`; `regulariser` 'margin' of d2d-r.
 */
export async function run(context: StageContext): Promise<void> {
  const { method, attribute } = context.parameters as unknown as Parameters
  const tables = readMatricesOf(upstreamOf(context, 'train'), 'tables')
  const prepared = upstreamOf(context, 'prepare')
  const labels = readLabels(prepared, attribute)
  const { tables: listed, regulariser, ...options } = method.options ?? {}
  const names = tablesToProtect(listed, Object.keys(tables))
  const history: { [table: string]: Json } = {}
  for (const [at, name] of names.entries()) {
    const limit = passesOf(method)
    const onPass = ({ pass }: { pass: number }): void => context.progress((at + Math.min(1, pass / limit)) / names.length, `${name}, pass ${pass}`)
    const kept = regulariser === undefined ? undefined : marginRegulariser({ kind: regulariser, table: name, users: tables[name]!, labels, trained: upstreamOf(context, 'train'), prepared })
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
