/** @file What attackers may be given in place of the plain embedding, learned from the shadow set alone. */

import type { Matrix } from '@indistinct/core'
import { standardiser } from './standardise.ts'
import { whitener } from './whiten.ts'

export type InputName = 'raw' | 'standardised' | 'whitened'

export const inputNames: readonly InputName[] = ['raw', 'standardised', 'whitened']

/** @throws RangeError unless `name` is an input, or none is named. */
export function checkInput(caller: string, name: InputName | undefined): void {
  if (name === undefined || inputNames.includes(name)) return
  throw new RangeError(`${caller}: expected input among ${inputNames.join(', ')}, got ${JSON.stringify(name)}`)
}

/** The map of input `name` for any rows (M, K), made from `shadow` (N, K), the rows whose labels the attacker knows. */
export function prepareInput(name: InputName, shadow: Matrix): (x: Matrix) => Matrix {
  switch (name) {
    case 'raw':
      return (x) => x
    case 'standardised':
      return standardiser(shadow)
    case 'whitened':
      return whitener(shadow)
    default:
      throw new RangeError(
        `prepareInput: expected one of ${inputNames.join(', ')}, got ${String(name satisfies never)}`,
      )
  }
}
