/** @file Template of a recommender: matrix factorisation under BPR, by the one trainer. */

import type { Component, Names } from '../src/component.ts'

export function recommender({ kebab, camel, pascal }: Names): Component {
  return {
    folder: 'packages/recommenders/src',
    exports: camel,
    table: { file: 'packages/recommenders/src/recommenders.ts', name: 'byName', entry: `'${kebab}': ${camel}` },
    row: {
      file: 'docs/methods.md',
      heading: 'Recommenders',
      cells: [`\`${kebab}\``, 'matrix factorisation under BPR', '`users`'],
    },
    source: `/** @file ${kebab}: matrix factorisation, trained by BPR (Rendle et al. 2009). */

import { gatherRows, matrix, randomStream, type Matrix } from '@indistinct/core'
import { allocate, allocateInt32, bprGradient, release, scoreTopK } from '@indistinct/kernels'
import { addContribution } from './contributions.ts'
import { epochOrder } from './epoch-order.ts'
import type { Objective } from './objective.ts'
import { innerProductModel, restoredModel } from './inner-product-model.ts'
import { withDefaults } from './parameters.ts'
import type { Recommender } from './recommender.ts'
import { train, type DescentOptions } from './train.ts'
import { checkTrainingData, type TrainingData } from './training-data.ts'
import { validationNdcg } from './validation.ts'

export interface ${pascal}Options extends DescentOptions {
  /** Dimensions K of an embedding. */
  readonly factors: number
}

export const ${camel}Defaults: ${pascal}Options = {
  seed: 0, factors: 16, lr: 0.005, batch: 0.005, epochs: 100, validateEvery: 5, patience: 5,
}

/** Every table with a row a user is named in \`userTables\`: an unlearner covers those, and an audit attacks them. */
export const ${camel}: Recommender<${pascal}Options> = {
  name: '${kebab}',
  userTables: ['users'],
  unscoredTables: [],
  defaults: ${camel}Defaults,
  train(data, given = {}, hooks) {
    checkTrainingData(data)
    const options = withDefaults(${camel}Defaults, given)
    const objective = ${camel}Objective(data, options)
    try {
      const history = train(objective, options, hooks)
      const values = objective.parameters.slice()
      const split = data.users * options.factors
      const users = matrix(data.users, options.factors, values.slice(0, split))
      const items = matrix(data.items, options.factors, values.slice(split))
      return innerProductModel({ name: '${kebab}', options }, users, items, history)
    } finally {
      objective.release()
    }
  },
  restore(data, given, parameters) {
    checkTrainingData(data)
    const options = withDefaults(${camel}Defaults, given)
    return restoredModel({ name: '${kebab}', options }, data, options.factors, parameters)
  },
}

/** The loss and its gradient on users, then items, in kernel memory; to be released after use. */
export function ${camel}Objective(
  data: TrainingData,
  { factors, seed }: ${pascal}Options,
): Objective & { release(): void } {
  const rows = data.users + data.items
  const table = matrix(rows, factors, allocate(rows * factors))
  const gradient = matrix(rows, factors, allocate(rows * factors))
  const uses = allocateInt32(rows)
  const random = randomStream(seed, 'initial')
  for (let i = 0; i < table.data.length; i++) table.data[i] = 0.01 * random.normal()
  const order = epochOrder(data.train, 1, seed)
  const measure = validationNdcg(data, Infinity, seed)
  const users = (m: Matrix): Matrix => matrix(data.users, factors, m.data.subarray(0, data.users * factors))
  const items = (m: Matrix): Matrix => matrix(data.items, factors, m.data.subarray(data.users * factors))
  return {
    examples: order.count,
    smallestBatch: 1024,
    parameters: table.data,
    gradient: gradient.data,
    startEpoch: (epoch) => order.draw(epoch),
    step(first, last, regularise) {
      const triplets = {
        users: order.users.subarray(first, last),
        positives: order.positives.subarray(first, last),
        negatives: order.negatives.subarray(first, last),
      }
      const loss = bprGradient(table, triplets, data.users, gradient, uses)
      addContribution(users(gradient), regularise?.({ users: users(table) })['users'])
      return loss
    },
    validate: () => measure((some, seen, k) => scoreTopK(gatherRows(users(table), some), items(table), seen, k)),
    release() {
      order.release()
      for (const array of [table.data, gradient.data, uses]) release(array)
    },
  }
}
`,
    test: `import { randomStream } from '@indistinct/core'
import { expect, test } from 'vitest'
import { ${camel}Defaults, ${camel}Objective } from './${kebab}.ts'
import { twoWorlds } from './testing.ts'

// contract.test.ts holds it to what all recommenders owe.

test('the gradient agrees with central differences of the loss', () => {
  const objective = ${camel}Objective(twoWorlds(4), { ...${camel}Defaults, factors: 3 })
  const { parameters, gradient } = objective
  const random = randomStream(1, 'parameters')
  for (let i = 0; i < parameters.length; i++) parameters[i] = 0.7 * random.normal()
  objective.startEpoch(1)
  objective.step(3, 40, undefined)
  const found = gradient.slice()
  const loss = (): number => objective.step(3, 40, undefined)
  for (let i = 0; i < parameters.length; i += 7) {
    const at = parameters[i]!
    const step = 2 ** -8
    parameters[i] = at + step
    const above = loss()
    parameters[i] = at - step
    const below = loss()
    parameters[i] = at
    expect(Math.abs((above - below) / (2 * step) - found[i]!)).toBeLessThan(2e-4)
  }
  objective.release()
})
`,
  }
}
