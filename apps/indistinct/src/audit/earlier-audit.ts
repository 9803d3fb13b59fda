/** @file The result of an audit before this one, as `audit --json` printed it. */

import { badData, parseJson, type Json } from '@indistinct/core'
import { readTextFile } from '../inputs/read-text-file.ts'

/** An attack's figures as JSON has them. */
export interface EarlierAttack {
  readonly table?: string
  readonly attribute?: string
  readonly attacker: string
  readonly protocol: string
  readonly input: string
  readonly foldedAuc: { readonly value: number; readonly lower: number; readonly upper: number }
}

export interface EarlierAudit {
  readonly verdict: string
  readonly upperBound: number
  /** Of all tables and attributes. */
  readonly attacks: readonly EarlierAttack[]
}

/**
 * Reads the result at `path`.
 * @throws IndistinctError 'file' where it cannot be read, 'bad-data' where it is none, or of another attribute.
 */
export function readEarlierAudit(path: string, attribute: string): EarlierAudit {
  const wrong = (got: string): Error =>
    badData(`${path}: expected what indistinct audit --json prints, got ${got}; run it on the earlier table again`)
  let result: { readonly [name: string]: Json }
  try {
    result = parseJson(readTextFile(path)) as typeof result
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
    throw wrong('no JSON')
  }
  if (result?.['schema'] !== 'indistinct/audit/2') throw wrong(`schema ${JSON.stringify(result?.['schema'] ?? null)}`)
  const { verdict, upperBound, attribute: of, tables, attacks } = result as unknown as Stored
  if (of.name !== attribute) throw wrong(`an audit of ${JSON.stringify(of.name)}, not of ${attribute}`)
  const parts = tables ?? [{ attacks }]
  return {
    verdict,
    upperBound,
    attacks: parts.flatMap(({ table, attribute: own, attacks: each }) =>
      each.map((attack) => ({
        ...attack,
        ...(table !== undefined && { table }),
        ...(own !== undefined && { attribute: own }),
      })),
    ),
  }
}

interface Part {
  readonly table?: string
  readonly attribute?: string
  readonly attacks: readonly EarlierAttack[]
}

interface Stored {
  readonly verdict: string
  readonly upperBound: number
  readonly attribute: { readonly name: string }
  readonly tables?: readonly Part[]
  readonly attacks: readonly EarlierAttack[]
}
