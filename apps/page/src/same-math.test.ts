import { randomStream } from '@indistinct/core'
import { expect, test } from 'vitest'
import * as same from './same-math.ts'

const random = randomStream(1, 'same math')
const sizes = Array.from({ length: 40_000 }, () => 10 ** (9 * random.uniform() - 6))
const edges = [0, -0, 1, -1, 0.5, -0.5, Infinity, -Infinity, NaN, 709.79, -745.2, -740, 5e-324, 1e-310, 2 ** 53, 1e300]

test.each(['exp', 'log', 'log1p', 'sin', 'cos'] as const)('%s is that of Node, bit for bit', (name) => {
  const different = [...edges, ...sizes, ...sizes.map((size) => -size), ...sizes.map((size) => size % 2)].filter(
    (x) => !Object.is(same[name](x), Math[name](x)),
  )
  expect(different).toEqual([])
})
