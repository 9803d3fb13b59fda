/** @file attack: one attacker under one protocol against every user table, of the original model or of the unlearned. */

import { usageError, type Json } from '@indistinct/core'
import { attack, mlp, protocols, xgb, type Attacker, type ProtocolName } from '@indistinct/attackers'
import type { Choice } from '@indistinct/stages'
import { readMatricesOf } from '../store/artifact-folder.ts'
import { readLabels } from '../store/prepared-data.ts'
import type { StoredAttack } from '../store/results.ts'
import { upstreamOf, type StageContext } from '../store/stage-context.ts'
import { meanRoc } from './attack-mean-roc.ts'

/** Attackers by the names that grids use. */
export const attackers: { readonly [name: string]: Attacker } = { mlp, xgb }

interface Parameters {
  readonly attacker: Choice
  readonly protocol: Choice
  readonly attribute: string
  readonly seed: number
}

/**
 * Writes attack.json: a `StoredAttack` for each table, and for each form of input where scale matters to the attacker.
 * The protocol's options are those of `attack`.
 */
export async function run(context: StageContext): Promise<void> {
  const { attacker: { name }, protocol, attribute, seed } = context.parameters as unknown as Parameters
  const attacker = attackers[name]
  if (!attacker) throw usageError(`expected an attacker among ${Object.keys(attackers).join(', ')}, got ${JSON.stringify(name)}`)
  const tables = readMatricesOf(upstreamOf(context, 'tables'), 'tables')
  const labels = readLabels(upstreamOf(context, 'prepare'), attribute)
  const inputs = attacker.scaleFree ? [false] : [false, true]
  const planned = Object.entries(tables).flatMap(([table, embedding]) => inputs.map((standardise) => ({ table, embedding, standardise })))
  const stored: StoredAttack[] = []
  for (const [at, { table, embedding, standardise }] of planned.entries()) {
    context.progress(at / planned.length, `${table}${standardise ? ', standardised' : ''}`)
    const { splits, ...result } = await attack(embedding, labels, attacker, { ...protocol.options, protocol: protocol.name as ProtocolName, standardise, seed })
    const scored = result.classes.map((_, code) => new Set(splits.flatMap(({ users, codes }) => [...users.filter((_, i) => codes[i] === code)])).size)
    stored.push({ table, ...result, scored, protocolDescription: protocols[result.protocol].description, ...meanRoc(splits) })
  }
  context.artifact.json('attack', stored as unknown as Json)
}
