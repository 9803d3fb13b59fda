import { readFileSync } from 'node:fs'
import { matrix } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { leace } from './leace.ts'

interface Golden {
  readonly madeBy: string
  readonly cases: readonly {
    readonly name: string
    readonly cols: number
    readonly classes: number
    readonly codes: readonly number[]
    readonly scales: readonly number[]
    readonly x: readonly number[]
    readonly out: readonly number[]
  }[]
}

const golden = JSON.parse(readFileSync(new URL('./goldens/leace.json', import.meta.url), 'utf8')) as Golden

describe(`leace as ${golden.madeBy} in float64`, () => {
  test.each(golden.cases)('$name', ({ cols, classes, codes, scales, x, out }) => {
    const labels = { classes: Array.from({ length: classes }, (_, c) => `${c}`), codes: Int32Array.from(codes) }
    const moved = leace(matrix(codes.length, cols, Float32Array.from(x)), labels).embedding
    for (let p = 0; p < out.length; p++) {
      // What float32 can hold of the value, and of a column whose spread is its scale.
      const held = 2 ** -23 * Math.max(Math.abs(x[p]!), Math.abs(out[p]!), scales[p % cols]!)
      expect(Math.abs(moved.data[p]! - out[p]!), `value ${p}`).toBeLessThan(2 * held)
    }
  })
})
