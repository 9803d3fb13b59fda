/** @file What can be reproduced, and the grid that makes it. */

import { usageError } from '@indistinct/core'
import { knownDatasets } from '@indistinct/datasets'
import type { Choice, FigureName, Grid, Product } from '@indistinct/stages'
import { alphaSweepOf, productOf } from '../experiment-protocol.ts'
import type { ExperimentProtocol } from '../../protocols/protocol.ts'

export const targetNames = ['table-2', 'table-3', 'table-4', 'table-5', 'figure-2', 'figure-3', 'figure-4'] as const
export type TargetName = (typeof targetNames)[number]

const figureOf: { readonly [target: string]: FigureName } = {
  'figure-2': 'trade-off',
  'figure-3': 't-sne',
  'figure-4': 'histograms',
}

/** Methods of the figures: in Figure 2 those with an alpha, in Figures 3 and 4 the paper's two and the flow. */
const figureMethods = {
  'figure-2': ['u2u-r', 'd2d-r'],
  'figure-3': ['u2u-r', 'd2d-r', 'flow'],
  'figure-4': ['u2u-r', 'd2d-r', 'flow'],
} as const

export interface ReproduceSelection {
  readonly targets: readonly TargetName[]
  readonly datasets: readonly (string | Choice)[]
  readonly recommenders: readonly string[]
  readonly attribute?: string
  readonly core?: number
  /** The protocol's methods when absent; figures take those of them that they show. */
  readonly methods?: readonly string[]
  /** 10 for tables and 1 for figures when absent; 1 for everything where only synthetic data is asked for. */
  readonly seeds?: readonly number[]
}

/** `names` with `all` spelt out, each once, in the paper's order. */
export function targetsOf(names: readonly string[]): TargetName[] {
  for (const name of names) {
    if (name !== 'all' && !(targetNames as readonly string[]).includes(name))
      throw usageError(`reproduce: expected one of ${targetNames.join(', ')} or all, got ${JSON.stringify(name)}`)
  }
  return targetNames.filter((name) => names.includes('all') || names.includes(name))
}

/** The seeds 1 .. n. */
export function seedsUpTo(n: number): number[] {
  return Array.from({ length: n }, (_, at) => at + 1)
}

/** One grid for all targets: what they share is made once. */
export function gridOfTargets(protocol: ExperimentProtocol, selection: ReproduceSelection): Grid {
  const { targets } = selection
  const products: Product[] = []
  if (targets.includes('table-2'))
    products.push({ ...productOf(protocol, { ...selection, seeds: [1] }), until: 'prepare' })
  if (targets.some((name) => name.startsWith('table-') && name !== 'table-2'))
    products.push(tableProduct(protocol, selection))
  for (const target of ['figure-2', 'figure-3', 'figure-4'] as const) {
    if (!targets.includes(target)) continue
    const methods = figureMethods[target].filter((name) => selection.methods?.includes(name) ?? true)
    if (methods.length === 0)
      throw usageError(
        `${target} shows ${figureMethods[target].join(', ')}; expected one of them in --methods, got ` +
          `${selection.methods!.join(', ')}`,
      )
    const product = productOf(protocol, {
      ...selection,
      methods,
      seeds: selection.seeds ?? [1],
      figures: [figureOf[target]!],
    })
    products.push(target === 'figure-2' ? alphaSweepOf(protocol, product) : product)
  }
  return { name: 'reproduce', title: `${targets.join(', ')} under protocol ${protocol.name}`, products }
}

/**
 * Without a user table, and so without a leak: what Table 4 is held against. The twin of LFM-2B has too many items for
 * its table of items by items.
 */
const yardsticks = [
  { name: 'ease', datasets: knownDatasets.map(({ name }) => name).filter((name) => !name.startsWith('lfm-2b')) },
]

/** The product that Tables 3, 4 and 5 are read from. */
export function tableProduct(
  protocol: ExperimentProtocol,
  { datasets, recommenders, methods, seeds, attribute, core }: ReproduceSelection,
): Product {
  const smoke = datasets.every((name) => name === 'synthetic')
  return {
    ...productOf(protocol, {
      datasets,
      recommenders,
      ...(methods && { methods }),
      ...(attribute !== undefined && { attribute }),
      ...(core !== undefined && { core }),
      seeds: seeds ?? seedsUpTo(smoke ? 1 : 10),
    }),
    yardsticks,
  }
}
