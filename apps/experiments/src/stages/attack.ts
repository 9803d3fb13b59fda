/**
 * @file attack: one attacker under one protocol against every user table, of the original model or of the unlearned.
 */

import { matrix, sideBySide, type Json } from '@indistinct/core'
import {
  attack,
  exposureOf,
  fifthsBy,
  lengthFifths,
  meanPredictions,
  protocols,
  type InputName,
  type ProtocolName,
  type UserGroup,
} from '@indistinct/attackers'
import type { Choice } from '@indistinct/stages'
import { readMatricesOf } from '../store/artifact-folder.ts'
import { attackerNamed } from '../store/components.ts'
import { readLabels, readSplit } from '../store/prepared-data.ts'
import type { StoredAttack } from '../store/results.ts'
import { upstreamOf, type StageContext } from '../store/stage-context.ts'
import { meanRoc } from './attack-mean-roc.ts'

interface Parameters {
  /** Its option `inputs` names the forms of input; raw, and standardised where scale matters, when absent. */
  readonly attacker: Choice & { readonly options?: { readonly inputs?: readonly InputName[] } }
  readonly protocol: Choice
  readonly attribute: string
  readonly seed: number
  readonly sideBySide?: true
}

/**
 * Writes attack.json: a `StoredAttack` for each table, with `sideBySide` also for all of them as one, and for each form
 * of input; and predicted.npy (users, attacks): the code of the label that each takes a user for, -1 where it scored
 * nobody. The protocol's options are those of `attack`.
 */
export async function run(context: StageContext): Promise<void> {
  const {
    attacker: { name, options },
    protocol,
    attribute,
    seed,
    sideBySide: joined,
  } = context.parameters as unknown as Parameters
  const attacker = await attackerNamed(name)
  const tables = readMatricesOf(upstreamOf(context, 'tables'), 'tables')
  const labels = readLabels(upstreamOf(context, 'prepare'), attribute)
  if (joined) tables['side by side'] = sideBySide(Object.values(tables))
  const inputs: readonly InputName[] = options?.inputs ?? (attacker.scaleFree ? ['raw'] : ['raw', 'standardised'])
  const planned = Object.entries(tables).flatMap(([table, embedding]) =>
    inputs.map((input) => ({ table, embedding, input })),
  )
  const byActivity = activityFifths(upstreamOf(context, 'prepare'))
  const stored: StoredAttack[] = []
  const predicted = matrix(labels.codes.length, planned.length)
  for (const [at, { table, embedding, input }] of planned.entries()) {
    context.progress(at / planned.length, `${table}${input === 'raw' ? '' : `, ${input}`}`)
    const {
      splits,
      deviations: { observed, permuted },
      ...result
    } = await attack(embedding, labels, attacker, {
      // The sign that an attacker chooses for itself takes as long as the attack, and is told where a grid asks for it.
      innerFolds: 0,
      ...protocol.options,
      protocol: protocol.name as ProtocolName,
      input,
      seed,
    })
    // An attack numbers the labels that have users.
    const codeOf = result.classes.map((name) => labels.classes.indexOf(name))
    meanPredictions(splits, codeOf.length, predicted.rows).forEach(
      (code, user) => (predicted.data[user * planned.length + at] = code < 0 ? -1 : codeOf[code]!),
    )
    const scored = result.classes.map(
      (_, code) => new Set(splits.flatMap(({ users, codes }) => [...users.filter((_, i) => codes[i] === code)])).size,
    )
    stored.push({
      table,
      ...result,
      deviations: { observed, permuted: Array.from(permuted) },
      scored,
      exposure: exposureOf({ splits, classes: result.classes, auc: result.auc }, [
        ...byActivity,
        ...lengthFifths(embedding),
      ]),
      protocolDescription: protocols[result.protocol].description,
      ...meanRoc(splits),
    })
  }
  context.artifact.matrix('predicted', predicted)
  context.artifact.json('attack', stored as unknown as Json)
}

/** Users in fifths of the number of items they were trained on. */
function activityFifths(prepared: string): UserGroup[] {
  const { rows, indptr } = readSplit(prepared).train
  const activity = Float64Array.from({ length: rows }, (_, user) => indptr[user + 1]! - indptr[user]!)
  const places = ['fewest', 'second', 'third', 'fourth', 'most']
  return fifthsBy(activity, (fifth) => `users by interactions, ${places[fifth]!} fifth`)
}
