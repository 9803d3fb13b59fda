/** @file What becomes of ids in other programs: rounded by floats, or one id spelled in two ways. */

/**
 * What programs make of large ids in a float column: 9007199254740993 becomes 9.007199254740992e+15 in pandas, R and
 * polars, 9.007199254740992E15 in Java and Spark, 9,0072E+15 in a spreadsheet; and its neighbours with it.
 */
const ROUNDED = /^-?\d(?:(?:[.,]\d+)?[eE]\+\d{2,}|\.\d+[eE]\d{2,})$/

/** What polars and DuckDB make of them, below 10^16 or 10^17. */
const WHOLE = /^-?\d{16,}\.0+$/

/** Whether `id` has been through a floating-point column, which merges ids above 2^53. */
export function isRoundedId(id: string): boolean {
  return ROUNDED.test(id) || (WHOLE.test(id) && Math.abs(Number(id)) >= 2 ** 53)
}

/** Ways in which the same id is written twice. */
const SPELLINGS: readonly (readonly [string, (id: string) => string])[] = [
  ['a difference in how Unicode writes accents (write both in NFC)', (id) => id.normalize('NFC')],
  ['characters that cannot be seen', (id) => id.replace(/[\p{Cf}\p{Cc}]/gu, '')],
  ['".0" at the end', (id) => id.replace(/\.0+$/, '')],
  ['leading zeros', (id) => id.replace(/^0+(?=.)/, '')],
  ['a difference of case', (id) => id.toLowerCase()],
  ['blanks around them', (id) => id.trim()],
  ['commas between digits', (id) => id.replace(/(?<=\d),(?=\d{3}\b)/g, '')],
  ['hyphens, braces and case', (id) => id.replace(/[-{}]/g, '').toLowerCase()],
  ["b'…' around them", (id) => id.replace(/^b?'(.*)'$/, '$1')],
  ['quotes around them', (id) => id.replace(/^"(.*)"$/, '$1')],
  ['the text before the number', (id) => id.replace(/^\D+(?=\d+$)/, '')],
]

/** ": most would be equal without leading zeros", where that is so of those of `ids` that are not among `others`. */
export function spellingHint(ids: readonly string[], others: readonly string[]): string {
  const known = new Set(others)
  const strange = ids.filter((id) => !known.has(id)).slice(0, 1000)
  for (const [what, plain] of SPELLINGS) {
    const plainOthers = new Set(others.map(plain))
    if (strange.length > 0 && 2 * strange.filter((id) => plainOthers.has(plain(id))).length > strange.length)
      return `; most would be equal without ${what}`
  }
  return ''
}
