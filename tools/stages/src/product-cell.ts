/** @file One model of a product, with all that the product leaves to defaults. */

import { canonicalJson } from '@indistinct/core'
import type { Choice, HeldChoice, Options, Product, SmoothingChoice, SplitChoice } from './grid.ts'

/** A product of one model, before methods. Defaults are filled in, so that leaving them out makes no other digest. */
export interface Cell {
  readonly dataset: FullChoice
  readonly recommender: FullChoice
  readonly attackers: readonly FullChoice[]
  readonly protocols: readonly FullChoice[]
  readonly attribute: string
  readonly seed: number
  readonly core: number
  readonly split: SplitChoice
  readonly epochBy: 'validation' | 'test'
  readonly engine: 'kernels' | 'tfjs'
  /** The recommenders of the release that this one is part of, itself among them, in an order of their own. */
  readonly release?: readonly FullChoice[]
  readonly sideBySide?: true
  readonly smoothing?: SmoothingChoice
  readonly held?: Omit<HeldChoice, 'other'> & { readonly other: FullChoice }
  readonly observed?: {
    readonly top: number
    readonly width: number
    readonly attackers: readonly FullChoice[]
    readonly protocols: readonly FullChoice[]
  }
}

export type FullChoice = { readonly name: string; readonly options: Options }

export function cellOf(product: Product, dataset: Choice, recommender: Choice, attribute: string, seed: number): Cell {
  const {
    core = 5,
    split = { kind: 'ratio', ratios: [0.8, 0.1, 0.1] },
    epochBy = 'validation',
    engine = 'kernels',
    observed,
    release,
    recommenders,
    settings,
    sideBySide,
    smoothing,
    held,
  } = product
  const settled = ({ name, options }: Choice): FullChoice => ({
    name,
    options: { ...settings?.[dataset.name]?.[name], ...options },
  })
  return {
    dataset: choice(dataset),
    recommender: settled(recommender),
    attackers: product.attackers.map(choice),
    protocols: product.protocols.map(choice),
    attribute,
    seed,
    core,
    split,
    epochBy,
    engine,
    ...(release && recommenders.length > 1 && { release: inOrder(recommenders.map(settled)) }),
    ...(sideBySide && { sideBySide }),
    ...(smoothing && { smoothing }),
    ...(held && { held: { ...held, other: settled(held.other) } }),
    ...(observed && {
      observed: {
        top: observed.top ?? 10,
        width: observed.width ?? 32,
        attackers: observed.attackers.map(choice),
        protocols: observed.protocols.map(choice),
      },
    }),
  }
}

function inOrder(choices: readonly FullChoice[]): FullChoice[] {
  return [...choices].sort((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1))
}

export function choice({ name, options = {} }: Choice): FullChoice {
  return { name, options }
}
