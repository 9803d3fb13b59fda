/** @file unlearn: one method over every user table of a trained model. It sees tables and labels, nothing else. */

import type { Json } from '@indistinct/core'
import { unlearners, unlearnTables, type UnlearnerName } from '@indistinct/unlearners'
import type { Choice } from '@indistinct/stages'
import { readMatricesOf } from '../store/artifact-folder.ts'
import { readLabels } from '../store/prepared-data.ts'
import { upstreamOf, type StageContext } from '../store/stage-context.ts'

interface Parameters {
  readonly method: Choice
  readonly attribute: string
  readonly seed: number
}

/** Writes the tables, under the names they came with, and unlearn.json: parameters, passes and trace of each. */
export async function run(context: StageContext): Promise<void> {
  const { method, attribute } = context.parameters as unknown as Parameters
  const tables = readMatricesOf(upstreamOf(context, 'train'), 'tables')
  const labels = readLabels(upstreamOf(context, 'prepare'), attribute)
  const names = Object.keys(tables)
  const history: { [table: string]: Json } = {}
  for (const [at, name] of names.entries()) {
    const limit = passesOf(method)
    const onPass = ({ pass }: { pass: number }): void => context.progress((at + Math.min(1, pass / limit)) / names.length, `${name}, pass ${pass}`)
    const result = unlearnTables({ [name]: tables[name]! }, labels, method.name as UnlearnerName, { ...method.options, onPass })[name]!
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
