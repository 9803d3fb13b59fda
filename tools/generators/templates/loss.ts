/** @file Template of a loss: how far class means are apart. */

import type { Component, Names } from '../src/component.ts'

export function loss({ kebab, camel }: Names): Component {
  return {
    folder: 'packages/losses/src',
    exports: camel,
    row: {
      file: 'docs/methods.md',
      heading: 'Losses',
      cells: [`\`${camel}\``, 'spread of class means: squared distances from the mean of all, weighted by class sizes'],
    },
    source: `/** @file The ${kebab} loss: how far the means of the classes are apart. */

import { matrix, type Labels, type Matrix } from '@indistinct/core'
import { classRows } from './class-rows.ts'
import type { Loss } from './loss.ts'

/**
 * sum_c n_c ||m_c - m||^2 over classes of n_c users with mean m_c, m the mean of all labelled users of theta (N, K).
 * The gradient of a row of class c is 2 (m_c - m): what a user adds to other means cancels.
 * @throws RangeError when the labels do not fit.
 */
export function ${camel}(theta: Matrix, labels: Labels): Loss {
  const { cols } = theta
  const classes = classRows('${camel}', theta, labels)
  const means = classes.map((rows) => meanOf(theta, rows))
  const overall = meanOf(theta, Int32Array.from(classes.flatMap((rows) => [...rows])))
  const gradient = matrix(theta.rows, cols)
  let value = 0
  classes.forEach((rows, c) => {
    for (let k = 0; k < cols; k++) {
      const apart = means[c]![k]! - overall[k]!
      value += rows.length * apart * apart
      for (const i of rows) gradient.data[i * cols + k] = 2 * apart
    }
  })
  return { value, gradient }
}

function meanOf({ cols, data }: Matrix, rows: Int32Array): Float64Array {
  const mean = new Float64Array(cols)
  for (const i of rows) for (let k = 0; k < cols; k++) mean[k]! += data[i * cols + k]! / rows.length
  return mean
}
`,
    test: `import { matrix } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { ${camel} } from './${kebab}.ts'
import { clusteredTable, gradientError } from './testing.ts'

describe('${camel}', () => {
  test('by hand: means 1 and 5 of two users each, 3 of all', () => {
    const labels = { classes: ['f', 'm'], codes: Int32Array.of(0, 0, 1, 1, -1) }
    const { value, gradient } = ${camel}(matrix(5, 1, Float32Array.of(0, 2, 4, 6, 99)), labels)
    expect(value).toBe(2 * 4 + 2 * 4)
    expect([...gradient.data]).toEqual([-4, -4, 4, 4, 0])
  })

  test('gradient agrees with central differences', () => {
    const { theta, labels } = clusteredTable([6, 4, 5], 3, 1, 2)
    expect(gradientError(theta, ${camel}(theta, labels).gradient, (t) => ${camel}(t, labels).value)).toBeLessThan(1e-5)
  })

  test('refuses labels of other rows', () => {
    expect(() => ${camel}(matrix(2, 1), { classes: ['f'], codes: Int32Array.of(0) })).toThrow(
      '${camel}: expected one label for each of the 2 rows, got 1',
    )
  })
})
`,
  }
}
