/** @file "Did you mean": the known word nearest to a mistyped one. */

/** The candidate that fewest edits lead to, where they are few for its length; undefined where none is near. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined
  let least = Math.max(1, Math.floor(word.length / 3)) + 1
  for (const candidate of candidates) {
    const edits = editDistance(word, candidate)
    if (edits < least) {
      best = candidate
      least = edits
    }
  }
  return best
}

/** "; did you mean --out?", or nothing where no known word is near. */
export function didYouMean(near: string | undefined, prefix = ''): string {
  return near === undefined ? '' : `; did you mean ${prefix}${near}?`
}

/** Insertions, deletions, substitutions and swaps of neighbours that lead from a to b (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  let before: number[] = []
  let above = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let edits = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) edits = Math.min(edits, before[j - 2]! + 1)
      row.push(edits)
    }
    before = above
    above = row
  }
  return above[b.length]!
}
