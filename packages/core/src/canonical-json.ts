/** @file JSON with sorted keys, so that equal values are equal bytes, and digests of it. */

import { createHash } from '@indistinct/core/platform'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined }

/**
 * JSON with keys sorted and `undefined` members left out.
 * @param indent spaces for nested lines; 0 for one line.
 * @throws TypeError on NaN or infinity, which JSON cannot carry.
 */
export function canonicalJson(value: Json, indent = 0): string {
  return JSON.stringify(sorted(value), null, indent)
}

/** That JSON as a file or an answer: it ends its last line. @throws as `canonicalJson` does */
export function jsonText(value: Json | object, indent = 0): string {
  return `${canonicalJson(value as Json, indent)}\n`
}

function sorted(value: Json | undefined): Json | undefined {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new TypeError(`canonicalJson: expected a finite number, got ${value}`)
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map((item: Json) => sorted(item) ?? null)
  const record = value as { readonly [key: string]: Json | undefined }
  const out: { [key: string]: Json | undefined } = {}
  for (const key of Object.keys(record).sort()) if (record[key] !== undefined) out[key] = sorted(record[key])
  return out
}

/** Node hashes less than 2 GiB at once. */
const HASHED_AT_ONCE = 1 << 30

/** SHA-256 of bytes or text, in hexadecimal. */
export function sha256(bytes: string | Uint8Array): string {
  const hash = createHash('sha256')
  if (typeof bytes === 'string') return hash.update(bytes).digest('hex')
  for (let at = 0; at < bytes.length; at += HASHED_AT_ONCE) hash.update(bytes.subarray(at, at + HASHED_AT_ONCE))
  return hash.digest('hex')
}
