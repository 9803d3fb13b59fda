import { expect, test } from 'vitest'
import { decodeValues, encodeValues } from './dtype-bytes.ts'

test.each(['f2', 'f4', 'f8'] as const)('%s from a Buffer that is a view at an odd place', (dtype) => {
  const values = dtype === 'f8' ? Float64Array.of(1, -2.5, 0.125) : Float32Array.of(1, -2.5, 0.125)
  const bytes = encodeValues(values, dtype)
  const view = Buffer.concat([Buffer.of(7), bytes, Buffer.of(9)]).subarray(1, 1 + bytes.length)
  const found = new Float64Array(3)
  decodeValues(view, dtype, found)
  expect(Array.from(found)).toEqual([1, -2.5, 0.125])
})
