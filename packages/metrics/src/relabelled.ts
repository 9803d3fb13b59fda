/** @file Labels dealt anew among users, for tests with scores held fixed. */

import { randomStream, shuffle } from '@indistinct/core'

interface Dealt {
  readonly seed: number
  readonly labels: Int32Array
  readonly relabelled: readonly Uint8Array[]
}

/** What was dealt last: attacks that scored the same users, one after the other, are relabelled alike. */
let last: Dealt | undefined
/** Most codes that are kept: 32 MB. */
const mostKept = 2 ** 25

/** `labels` (N) under each of `count` relabellings of the seed; each is dealt out of the one before. */
export function* relabelled(labels: Int32Array, count: number, seed: number): Generator<ArrayLike<number>> {
  if (
    last?.seed === seed &&
    last.relabelled.length === count &&
    last.labels.length === labels.length &&
    labels.every((code, i) => code === last!.labels[i])
  ) {
    yield* last.relabelled
    return
  }
  const random = randomStream(seed, 'permutation-test')
  const isKept = labels.length * count <= mostKept && labels.every((code) => code >= 0 && code < 256)
  const kept: Uint8Array[] = []
  const dealt = labels.slice()
  for (let b = 0; b < count; b++) {
    shuffle(dealt, random)
    const copy = isKept ? Uint8Array.from(dealt) : dealt.slice()
    if (copy instanceof Uint8Array) kept.push(copy)
    yield copy
  }
  if (isKept) last = { seed, labels: labels.slice(), relabelled: kept }
}
