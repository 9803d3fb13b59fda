/** @file What to unlearn by where a method tells labels or does not land, and whom that hides from. */

/** Methods to take in the place of `used`, as the end of a sentence; '' where there is none. */
export function saferMethods(used: string, kind: 'labels' | 'numbers' = 'labels'): string {
  const oneMap = (kind === 'labels' ? ['blind', 'leace'] : ['blind']).filter((name) => name !== used)
  const mapped = oneMap.length > 1 ? ', which move everybody by one map' : ', which moves everybody by one map'
  return [
    ...(oneMap.length > 0 ? [oneMap.join(' or ') + mapped] : []),
    ...(kind === 'labels' && used !== 'relabel' ? ['relabel, which hides from who holds nothing but the tables'] : []),
  ].join(', or ')
}
