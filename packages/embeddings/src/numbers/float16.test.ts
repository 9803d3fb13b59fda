import { expect, test } from 'vitest'
import { fromFloat16, MAX_FLOAT16, roundToFloat16, toFloat16 } from './float16.ts'

test('every bit pattern but those of NaN comes back', () => {
  for (let half = 0; half < 65536; half++) {
    const value = fromFloat16(half)
    if (Number.isNaN(value)) expect(toFloat16(value) & 0x7c00).toBe(0x7c00)
    else if (toFloat16(value) !== half) expect.fail(`${half} became ${toFloat16(value)}`)
  }
})

test('values between two halves go to the nearer one, and ties to the even one', () => {
  for (let half = 0; half < 0x7bff; half++) {
    const [low, high] = [fromFloat16(half), fromFloat16(half + 1)]
    const middle = (low + high) / 2
    const even = half % 2 === 0 ? half : half + 1
    const nudge = (high - low) / 16
    if (toFloat16(middle) !== even || toFloat16(-middle) !== (even | 0x8000)) expect.fail(`tie above ${half}`)
    if (toFloat16(middle - nudge) !== half || toFloat16(middle + nudge) !== half + 1)
      expect.fail(`beside the tie above ${half}`)
  }
})

test('named values', () => {
  expect([0, -0, 1, -2, MAX_FLOAT16, 2 ** -24, 2 ** -14].map(toFloat16)).toEqual([
    0, 0x8000, 0x3c00, 0xc000, 0x7bff, 1, 0x0400,
  ])
  expect([65519.996, 65520, 1e30, -1e30, 2 ** -26].map(roundToFloat16)).toEqual([
    65504,
    Infinity,
    Infinity,
    -Infinity,
    0,
  ])
})
