/**
 * @file Where a draw comes from: the operating system, so that nobody can repeat it, or a seed, for tests and
 * experiments.
 */

import { randomFrom, randomStream, type Random } from '@indistinct/core'

/** 'secret', or the seed of a draw that is not: who knows it, and the tables, undoes the draw. */
export type DrawSeed = 'secret' | number

/** Words fetched at a time; the system gives at most 16,384. */
const atOnce = 4096

/** Random numbers of a draw. @throws RangeError for a seed that is no integer. */
export function drawSource(seed: DrawSeed): Random {
  return seed === 'secret' ? systemRandom() : randomStream(seed, 'relabel')
}

/** Numbers from the operating system's generator, which keeps no seed of ours. */
function systemRandom(): Random {
  const words = new Uint32Array(atOnce)
  let at = atOnce
  const bits = (): number => {
    if (at === atOnce) {
      globalThis.crypto.getRandomValues(words)
      at = 0
    }
    const word = words[at]!
    words[at++] = 0
    return word
  }
  return randomFrom(bits)
}
