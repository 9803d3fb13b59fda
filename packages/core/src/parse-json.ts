/** @file JSON from files of others: no deeper than what comes after it can follow without running out of stack. */

import type { Json } from './canonical-json.ts'

/** Nothing that this project reads is nested deeper than ten. */
const MAX_DEPTH = 100

/**
 * The value that `text` is.
 * @throws SyntaxError where it is no JSON, or nested deeper than 100 lists and objects.
 */
export function parseJson(text: string): Json {
  // Before parsing: millions of open lists take hundreds of bytes each.
  if (isDeep(text)) throw new SyntaxError(`lists or objects are nested deeper than ${MAX_DEPTH}`)
  return JSON.parse(text) as Json
}

/** Whether text, where it is JSON, is nested too deep. */
function isDeep(text: string): boolean {
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 0x22) {
      while (++i < text.length && text.charCodeAt(i) !== 0x22) if (text.charCodeAt(i) === 0x5c) i++
    } else if (code === 0x5b || code === 0x7b) {
      if (++depth > MAX_DEPTH) return true
    } else if (code === 0x5d || code === 0x7d) depth--
  }
  return false
}
