/**
 * @file The file between `unlearn --fit` and `unlearn --update`: a fit, what it was fitted to, and how far apart it
 * left the classes.
 */

import { badData, canonicalJson, jsonText, parseJson, sha256, type Json } from '@indistinct/core'
import { fittedFromJson, fittedToJson, type ClassDifference, type FittedUnlearner } from '@indistinct/unlearners'

export interface Fit {
  readonly fitted: FittedUnlearner
  /** Name of the attribute. */
  readonly attribute: string
  /** Differences between the classes after unlearning. */
  readonly reference: readonly ClassDifference[]
  /** Further attributes that it hides, and how far apart it left their classes. */
  readonly also?: Readonly<Record<string, readonly ClassDifference[]>> | undefined
  /** Users with a label that it was fitted to. Absent from files of older versions. */
  readonly users?: number | undefined
  /** Whether the attribute is a number. */
  readonly continuous?: boolean | undefined
  /** Names of the columns (K), where the file of the table had some. */
  readonly dimensions?: readonly string[] | undefined
  /** Of a draw: the users whose rows it deals, in the order of its rows. */
  readonly ids?: readonly string[]
  /** Of a draw: whether these are ids, and not row numbers. Absent from files of older versions. */
  readonly named?: boolean | undefined
}

/** Mode of the file: a fit can undo the unlearning, or is the draw itself, and nobody else is to read it. */
export const ownersOnly = 0o600

/** The fit as text, with a digest of it: a number that changed on the way would be another map. */
export function fitText({ fitted, ...fit }: Fit): string {
  const content = { ...fittedToJson(fitted), ...(fit as unknown as { readonly [key: string]: Json }) }
  return jsonText({ ...content, sha256: sha256(canonicalJson(content)) })
}

/** @throws IndistinctError 'bad-data' where `text`, the content of the file at `path`, is not what `fitText` gave. */
export function parseFit(text: string, path: string): Fit {
  let value: { readonly [key: string]: unknown }
  try {
    value = parseJson(text) as typeof value
  } catch (cause) {
    throw badData(`${path}: expected JSON as unlearn --fit writes it: ${(cause as Error).message}`, { cause })
  }
  const fitted = fittedFromJson(value, path)
  checkDigest(value, path)
  const { attribute, reference, dimensions, ids, named, also, continuous, users } = value
  if (typeof attribute !== 'string' || !areDifferences(reference) || !isAlso(also)) {
    throw badData(
      `${path}: expected the attribute and the reference that unlearn --fit writes; the file is damaged or of ` +
        'another version',
    )
  }
  for (const [key, list] of Object.entries({ dimensions, ids }))
    if (list !== undefined && !isNames(list))
      throw badData(`${path}: expected ${key} as a list of names; the file is damaged or of another version`)
  return {
    fitted,
    attribute,
    reference,
    ...(also !== undefined && { also }),
    ...(typeof users === 'number' && { users }),
    ...(continuous === true && { continuous }),
    ...(dimensions !== undefined && { dimensions: dimensions as string[] }),
    ...(ids !== undefined && { ids: ids as string[] }),
    ...(typeof named === 'boolean' && { named }),
  }
}

/** Files of older versions have no digest. */
function checkDigest({ sha256: digest, ...content }: { readonly [key: string]: unknown }, path: string): void {
  if (digest === undefined || digest === sha256(canonicalJson(content as Json))) return
  throw badData(`${path}: expected the digest of its content, got another; the file is damaged or was edited`)
}

function isNames(value: unknown): boolean {
  return Array.isArray(value) && value.every((name) => typeof name === 'string')
}

function areDifferences(value: unknown): value is readonly ClassDifference[] {
  return Array.isArray(value) && value.every(isDifference)
}

function isAlso(value: unknown): value is Fit['also'] {
  return (
    value === undefined ||
    (typeof value === 'object' && value !== null && Object.values(value).every((pairs) => areDifferences(pairs)))
  )
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
