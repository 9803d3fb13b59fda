/** @file Template of an unlearner: class means moved towards each other, in closed form. */

import type { Component, Names } from '../src/component.ts'

export function unlearner({ kebab, camel, pascal }: Names): Component {
  return {
    folder: 'packages/unlearners/src/closed',
    exports: `${camel}Method`,
    table: {
      file: 'packages/unlearners/src/unlearners.ts',
      name: 'methods',
      entry: `'${kebab}': ${camel}Method`,
    },
    row: {
      file: 'docs/methods.md',
      heading: 'Unlearning',
      cells: [
        `\`${kebab}\``,
        'class means moved a share of the way to the mean of all',
        'two passes of O(NK)',
        'exact',
      ],
    },
    source: `/** @file The ${kebab} method: classes moved, as they are, towards the mean of all. */

import { checkOptions, type Labels, type Matrix } from '@indistinct/core'
import { translation } from './affine-map.ts'
import { checkedClasses } from '../checked-classes.ts'
import { classNormals, pooledNormal } from './class-normals.ts'
import { closedFormKinds, fittedInClosedForm, type ClosedFormOptions } from './closed-form.ts'
import type { Fitted } from '../fitted/fitted-unlearner.ts'
import type { Unlearned } from '../unlearned.ts'
import type { Unlearner } from '../unlearner.ts'

export interface ${pascal}Options extends ClosedFormOptions {
  /** Share of the way to the mean of all, from 0 to 1. Default 1. */
  readonly share?: number
}

/**
 * Adds to each user of class c share * (mean - mean_c). What it returns applies itself to users who were not fitted.
 * @throws RangeError on options or shapes that do not fit; IndistinctError 'bad-data' on unusable values or classes.
 */
export function fit${pascal}(embedding: Matrix, labels: Labels, options: ${pascal}Options = {}): Fitted {
  checkOptions<${pascal}Options>('${camel}', options, { ...closedFormKinds, share: 'number' })
  const { share = 1 } = options
  if (!(share >= 0 && share <= 1)) throw new RangeError(\`${camel}: expected a share from 0 to 1, got \${share}\`)
  const normals = classNormals(embedding, checkedClasses('${camel}', embedding, labels))
  const { mean } = pooledNormal(normals)
  const maps = normals.map((normal) => translation(mean.map((value, k) => share * (value - normal.mean[k]!))))
  const map = { kind: 'by-class', maps } as const
  return fittedInClosedForm('${kebab}', embedding, labels, map, { share }, options)
}

/** The embedding that \`fit${pascal}\` makes. */
export function ${camel}(embedding: Matrix, labels: Labels, options: ${pascal}Options = {}): Unlearned {
  return fit${pascal}(embedding, labels, options).unlearned
}

/** The method, as \`${kebab}\` in the table of unlearners. */
export const ${camel}Method: Unlearner<${pascal}Options> = {
  unlearn: ${camel},
  fit: fit${pascal},
  defaults: { share: 1 },
  description: 'every class moved a share of the way to the mean of all',
}
`,
    test: `import { describe, expect, test } from 'vitest'
import { ${camel} } from './${kebab}.ts'
import { classMeans, leakyTable } from '../testing/leaky-tables.ts'

// unlearners.test.ts holds it to what all methods owe.

describe('${camel}', () => {
  const { embedding, labels } = leakyTable([60, 40], 4, 2, 1, 5)
  const apart = (moved: typeof embedding): number => {
    const [first, second] = classMeans(moved, labels)
    return Math.hypot(...first!.map((value, k) => value - second![k]!))
  }

  test('brings class means together, all the way or a share of it', () => {
    expect(apart(${camel}(embedding, labels).embedding)).toBeLessThan(1e-6)
    expect(apart(${camel}(embedding, labels, { share: 0.25 }).embedding)).toBeCloseTo(0.75 * apart(embedding), 5)
  })

  test('leaves users without a label where they are', () => {
    expect(${camel}(embedding, labels).embedding.data.subarray(0, 20)).toEqual(embedding.data.subarray(0, 20))
  })

  test('refuses a share beyond one', () => {
    expect(() => ${camel}(embedding, labels, { share: 2 })).toThrow('${camel}: expected a share from 0 to 1, got 2')
  })
})
`,
  }
}
