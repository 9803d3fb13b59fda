/**
 * @file The file between `unlearn --fit` and `unlearn --update`: a fit, what it was fitted to, and how far apart it
 * left the classes.
 */

import { badData, jsonText, parseJson, type Json } from '@indistinct/core'
import { fittedFromJson, fittedToJson, type ClassDifference, type FittedUnlearner } from '@indistinct/unlearners'

export interface Fit {
  readonly fitted: FittedUnlearner
  /** Name of the attribute. */
  readonly attribute: string
  /** Differences between the classes after unlearning. */
  readonly reference: readonly ClassDifference[]
  /** Of a draw: the users whose rows it deals, in the order of its rows. */
  readonly ids?: readonly string[]
}

export function fitText({ fitted, attribute, reference, ids }: Fit): string {
  return jsonText({ ...fittedToJson(fitted), attribute, reference: reference as unknown as Json, ...(ids && { ids }) })
}

/** @throws IndistinctError 'bad-data' where `text`, the content of the file at `path`, is not what `fitText` gave. */
export function parseFit(text: string, path: string): Fit {
  let value: { readonly attribute?: unknown; readonly reference?: unknown; readonly ids?: unknown }
  try {
    value = parseJson(text) as typeof value
  } catch (cause) {
    throw badData(`${path}: expected JSON as unlearn --fit writes it: ${(cause as Error).message}`, { cause })
  }
  const fitted = fittedFromJson(value, path)
  const { attribute, reference, ids } = value
  if (typeof attribute !== 'string' || !Array.isArray(reference) || !reference.every(isDifference)) {
    throw badData(
      `${path}: expected the attribute and the reference that unlearn --fit writes; the file is damaged or of ` +
        'another version',
    )
  }
  if (ids !== undefined && !(Array.isArray(ids) && ids.every((id) => typeof id === 'string')))
    throw badData(`${path}: expected ids as a list of names; the file is damaged or of another version`)
  return {
    fitted,
    attribute,
    reference: reference as ClassDifference[],
    ...(ids !== undefined && { ids: ids as string[] }),
  }
}

function isDifference(value: unknown): boolean {
  const pair = value as { readonly [key: string]: Json } | null
  return (
    typeof pair === 'object' &&
    pair !== null &&
    ['first', 'second'].every((key) => typeof pair[key] === 'string') &&
    ['ratio', 'chance'].every((key) => Number.isFinite(pair[key]))
  )
}
