/** @file Template of a metric: the mean absolute error of scores. */

import type { Component, Names } from '../src/component.ts'

export function metric({ kebab, camel }: Names): Component {
  return {
    folder: 'packages/metrics/src',
    exports: camel,
    row: {
      file: 'packages/metrics/README.md',
      cells: ['how far scores are off', `\`${camel}\``, 'mean of \\|score - actual\\|'],
    },
    source: `/** @file How far scores are from what they should be, on average. */

/**
 * Mean of |score - actual| over users; both (N).
 * @throws RangeError on lengths that differ, no user, or values that are not finite.
 */
export function ${camel}(scores: ArrayLike<number>, actual: ArrayLike<number>): number {
  const n = actual.length
  if (scores.length !== n || n === 0)
    throw new RangeError(\`${camel}: expected \${n} scores of at least one user, got \${scores.length}\`)
  let sum = 0
  for (let i = 0; i < n; i++) sum += Math.abs(scores[i]! - actual[i]!)
  if (!Number.isFinite(sum)) throw new RangeError(\`${camel}: expected finite values, got a sum of \${sum}\`)
  return sum / n
}
`,
    test: `import { expect, test } from 'vitest'
import { ${camel} } from './${kebab}.ts'

test('${camel} by hand', () => {
  expect(${camel}([0.75, 0.25, 1], [1, 0, 0])).toBe(0.5)
  expect(${camel}([1, 0], [1, 0])).toBe(0)
})

test('${camel} refuses what it cannot measure', () => {
  expect(() => ${camel}([1], [1, 0])).toThrow('${camel}: expected 2 scores of at least one user, got 1')
  expect(() => ${camel}([], [])).toThrow(RangeError)
  expect(() => ${camel}([NaN], [1])).toThrow('expected finite values')
})
`,
  }
}
