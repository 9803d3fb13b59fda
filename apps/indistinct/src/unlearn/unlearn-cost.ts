/**
 * @file How long `unlearn` will take, by stage, said before it starts. Measured on one machine (docs/performance.md);
 * others are faster or slower by one factor.
 */

import { unlearners, type UnlearnerName } from '@indistinct/unlearners'
import { targetsSeconds } from '../audit/planned-attacks.ts'
import type { WorkStage } from '../terminal/work-stages.ts'
import type { UnlearnInputs } from './unlearn-inputs.ts'
import { smoothedBy } from './unlearn-request.ts'

export interface WorkShape {
  readonly users: number
  readonly dimensions: number
  readonly classes: number
  /** Of methods that are told how many. */
  readonly steps?: number | undefined
}

/** One pass of the kernels over all pairs of users; of more, over 512 random features of each. */
const pairs = ({ users: n, dimensions: K }: WorkShape): number =>
  n <= 50_000 ? 1.3e-10 * n ** 2 * (K + 30) : 1e-9 * n * 512 * K
const closed = ({ users: n, dimensions: K }: WorkShape): number => 0.1 + 4e-9 * n * K ** 2
/** Eigenvectors, and products of as many rows. */
const spectral = ({ users: n, dimensions: K }: WorkShape): number => 2e-9 * Math.min(n, K) ** 3
/** Passes that a flow takes from most tables; 2 to 12 were seen. */
const passes = 5

/** Of methods that were measured; another counts as a closed form. */
const costs: { readonly [Name in UnlearnerName]?: (shape: WorkShape) => number } = {
  flow: (shape) =>
    0.3 +
    (shape.classes - 1) ** 2 * passes * pairs(shape) +
    passes * (spectral(shape) + 1e-9 * shape.users * shape.dimensions * Math.min(shape.users, shape.dimensions)),
  blind: (shape) => 0.5 + 2.7e-6 * shape.users * shape.dimensions + 1e-8 * shape.classes * shape.dimensions ** 3,
  relabel: ({ users: n, dimensions: K }) => 0.4 + 1.4e-5 * n * K + 2e-7 * n * Math.min(n, 20_000),
  leace: (shape) => closed(shape) + 2 * spectral(shape),
  'gaussian-transport': (shape) => closed(shape) + 5 * shape.classes * 2e-9 * shape.dimensions ** 3,
  'random-noise': ({ users: n, dimensions: K }) => 0.1 + 4e-8 * n * K,
  'u2u-r-closed': ({ users: n, dimensions: K }) => 0.1 + 4e-8 * n * K,
  'd2d-r': (shape) => 0.3 + (shape.steps ?? 0) * (shape.classes - 1) * pairs(shape),
  'u2u-r': ({ users: n, dimensions: K, steps = 0 }) => 0.3 + steps * 6e-9 * n * K,
}

/** What a method does to one table. */
export function methodSeconds(method: UnlearnerName, shape: WorkShape): number {
  return (costs[method] ?? closed)(shape)
}

/** Rows drawn towards their nearest after the flow: of all rows, or of groups where there are many. */
function smoothSeconds({ users: n, dimensions: K }: WorkShape): number {
  return n <= 10_000 ? 2e-9 * n ** 2 * K : 2e-6 * n * K
}

/** The self-check of a table (`checkHarm`): five folds of few values, two of more. */
export function checkSeconds({ users, dimensions: K, classes }: WorkShape): number {
  const n = Math.min(20_000, users)
  const folds = n * K * (classes - 1) <= 100_000 ? 5 : 2
  return folds * n * (2e-4 + 6e-6 * K) * Math.max(1, classes / 2)
}

/** Distances moved, nearest users kept, and the report with its map. */
export function reportSeconds({ users: n, dimensions: K }: WorkShape): number {
  const drawn = Math.min(n, 1000)
  return 0.2 + 7.5e-9 * drawn * n * K + (drawn / 1000) * (4 + 5e-3 * K)
}

/** Stages of `unlearn` on what was read, in their order. */
export function unlearnStages({ request, inputs, tables, joined, extras, targets }: UnlearnInputs): WorkStage[] {
  const classes = inputs.labels.classes.length
  const attributes = 1 + Object.keys(extras.also ?? {}).length
  const steps = request.parameters['steps'] ?? unlearners[request.method].defaults['steps']
  const shapeOf = (matrix: { readonly rows: number; readonly cols: number }): WorkShape => ({
    users: matrix.rows,
    dimensions: matrix.cols,
    classes,
    ...(typeof steps === 'number' && { steps }),
  })
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
  const shapes = tables.map(({ matrix }) => shapeOf(matrix))
  const checked = [...shapes, ...(joined ? [shapeOf(joined.matrix)] : [])]
  const attacked = request.audit
    ? sum([...tables, ...(joined ? [joined] : [])].map(({ matrix }) => 2 * targetsSeconds(matrix, targets, request)))
    : 0
  return [
    {
      name: request.method,
      // A fit of before only maps.
      seconds:
        request.update === undefined
          ? attributes * sum(shapes.map((shape) => methodSeconds(request.method, shape))) +
            (smoothedBy(request) > 0 ? sum(shapes.map(smoothSeconds)) : 0)
          : 0,
    },
    { name: 'self-check', seconds: attributes * sum(checked.map(checkSeconds)) },
    { name: 'attacks', seconds: attacked },
    { name: 'report', seconds: sum(shapes.map(reportSeconds)) },
  ].filter(({ seconds }) => seconds > 0)
}
