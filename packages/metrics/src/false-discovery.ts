/** @file Benjamini and Hochberg's (1995) control of the false discovery rate. */

/**
 * q of each p: the smallest rate at which that finding is kept, when of all findings at most that share is expected to
 * be false. Holds for independent tests and for positively dependent ones, as attackers on one table are (Benjamini and
 * Yekutieli 2001).
 * @throws RangeError on a p outside [0, 1].
 */
export function benjaminiHochberg(p: readonly number[]): number[] {
  const wrong = p.find((value) => !(value >= 0 && value <= 1))
  if (wrong !== undefined) throw new RangeError(`benjaminiHochberg: expected p from 0 to 1, got ${wrong}`)
  const order = p.map((_, at) => at).sort((a, b) => p[b]! - p[a]!)
  const out = new Array<number>(p.length)
  let running = 1
  order.forEach((at, rank) => {
    running = Math.min(running, (p[at]! * p.length) / (p.length - rank))
    out[at] = running
  })
  return out
}
