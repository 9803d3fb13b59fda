/** @file How much work training is: roughly its processor seconds on one core. */

import type { Settled, StageSettings } from './stage-settings.ts'

type Data = StageSettings['data']

/** What a recommender's time is made of, in processor seconds. */
interface ModelWork {
  /** Examples an epoch, and the fewest of a step where a batch is a share of them. */
  readonly examples: number
  readonly smallestBatch: number
  /** Of an example with its negatives. */
  readonly example: number
  /** Of a step of so many examples, beside these and Adam. */
  readonly step: (batch: number) => number
  /** All of them move at each step. */
  readonly parameters: number
  /** Steps until no epoch is better any more. */
  readonly best: number
}

const adam = 1.2e-9
/** A multiplication and an addition: in NMF's layers, in a full ranking, along an edge of LightGCN's graph. */
const [inLayers, inRanking, onEdges] = [6e-11, 6e-11, 1.6e-10]
/** NMF looks at no more users to tell epochs apart. */
const lookedAt = 1000

/**
 * Of all epochs that are expected: up to the best, and those without a better one that `patience` waits for.
 * @param added seconds that a method adds to each step
 */
export function trainingSeconds(data: Data, recommender: Settled, added: number): number {
  const { examples, smallestBatch, example, step, parameters, best } = modelWork(data, recommender)
  const { epochs, validateEvery, patience, ...rest } = recommender.options as { [option: string]: number }
  const given = rest['batch'] ?? examples
  const batch = given < 1 ? Math.max(smallestBatch, given * examples) : given
  const steps = Math.max(1, examples / batch)
  const expected = Math.min(epochs!, best / steps + patience! * validateEvery!)
  const users = recommender.name === 'nmf' ? Math.min(lookedAt, data.users) : data.users
  const look = users * data.items * rankSeconds(recommender)
  return expected * (steps * (step(batch) + added + adam * parameters) + examples * example + look / validateEvery!)
}

/** Of the score of one user and item in a full ranking. */
export function rankSeconds({ name, options }: Settled): number {
  if (name !== 'nmf') return 1.5e-9 + 6e-11 * (options['factors'] as number)
  const { gmf, hidden } = options as unknown as Nmf
  // The first layer is split between the user's and the item's inputs, and so is no work of a pair.
  return 2.5e-8 + inRanking * (gmf + hidden[0]! + weightsOf(hidden))
}

/** Of the scores of `users` for the best `places` items of each: once, and in each step that moves them. */
export function marginSeconds(
  { users, interactions }: Data,
  { name, options }: Settled,
  K: number,
): { readonly once: number; readonly step: number } {
  const places = 20
  const step = 5e-9 * places * users * K
  if (name !== 'nmf') return { once: 0, step: step + propagationSeconds(interactions, options) }
  const { mlp, hidden } = options as unknown as Nmf
  return { once: 5e-9 * places * users * weightsOf([2 * mlp, ...hidden]), step }
}

/** Forward and back, each interaction being an edge both ways. */
function propagationSeconds(interactions: number, { layers = 0, factors }: Settled['options']): number {
  return 4 * (layers as number) * interactions * (factors as number) * onEdges
}

interface Nmf {
  readonly gmf: number
  readonly mlp: number
  readonly hidden: readonly number[]
  readonly negatives: number
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}

/** Weights between layers of these widths. */
function weightsOf(widths: readonly number[]): number {
  return sumOf(widths.slice(1).map((width, at) => width * widths[at]!))
}

function modelWork({ users, items, interactions }: Data, { name, options }: Settled): ModelWork {
  const K = options['factors'] as number
  const usual = { examples: interactions, smallestBatch: 1024, parameters: (users + items) * K }
  switch (name) {
    case 'nmf': {
      const { gmf, mlp, hidden, negatives } = options as unknown as Nmf
      const rows = users + items
      const parameters = rows * (gmf + mlp) + weightsOf([2 * mlp, ...hidden])
      // The first layer is a product over all rows of the tables, forward and twice back.
      const firstLayer = (of: number): number => 3 * inLayers * mlp * hidden[0]! * of
      return {
        ...usual,
        parameters,
        // Of 40 trainings 300 to 7,700, most of them 500 to 1,600.
        best: 800,
        example: (1 + negatives) * (1.9e-7 + 2.5e-9 * sumOf(hidden) + 3 * inLayers * weightsOf(hidden)),
        step(batch) {
          const named = (2 + negatives) * batch
          // Rows of a batch that names few are copied, and the gradient of all others is cleared.
          return 8 * named <= rows ? firstLayer(named) + 5e-10 * parameters : firstLayer(rows)
        },
      }
    }
    case 'lightgcn':
    case 'bpr-mf': {
      // Rows of all users and items are copied, decayed and cleared.
      const step = (): number => propagationSeconds(interactions, options) + 1e-8 * usual.parameters
      // Adam goes about as far as its learning rate a step: of 40 trainings at 0.02 250 to 1,700, at 0.005 up to 6,800.
      const descent = { ...usual, best: 16 / (options['lr'] as number), step }
      if (options['loss'] !== 'softmax') return { ...descent, example: 5e-8 + 3e-9 * K }
      return { ...descent, examples: users, smallestBatch: 32, example: items * (1.2e-8 + 1.2e-10 * K) }
    }
    default:
      // iALS: a system of K equations for each user and item, an epoch at a time.
      return {
        ...usual,
        best: 10,
        smallestBatch: interactions,
        example: 2e-9 * K ** 2,
        step: () => 1e-9 * (users + items) * K ** 3,
      }
  }
}
