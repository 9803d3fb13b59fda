/**
 * @file t-SNE in two dimensions: a map in which rows that are close in the table stay close (van der Maaten and Hinton
 * 2008), its repulsion approximated by a quad-tree (van der Maaten 2014). Defaults, schedule and stopping rules are
 * scikit-learn's with init='pca' and learning_rate='auto'.
 */

import { checkMatrix, checkOptions, randomStream, type Matrix, type OptionKinds } from '@indistinct/core'
import { jointProbabilities, type JointProbabilities } from './joint-probabilities.ts'
import { principalComponents } from './principal-components.ts'
import { buildQuadTree, quadTree, repulsion, type QuadTree } from './quad-tree.ts'

export interface TsneOptions {
  /** Decides the small disturbance of the initial map, or all of a random one. */
  readonly seed: number
  /** About the number of neighbours that count, from 1 to N - 1 (default 30, at most a third of N - 1). */
  readonly perplexity?: number
  /** Accuracy of the repulsion: 0 is exact in O(N^2) a step, 1 the coarsest (default 0.5). */
  readonly theta?: number
  /** Gradient steps at most, of which the first 250 are exaggerated (default 1,000). */
  readonly steps?: number
  /** Factor on the attraction in the first 250 steps (default 12). */
  readonly exaggeration?: number
  /** Default N / exaggeration / 4, at least 50. */
  readonly learningRate?: number
  /** Where points start: on the first two principal components (default), or at random. */
  readonly initial?: 'pca' | 'random'
  /** Called every 50 steps. */
  readonly progress?: (step: number, steps: number) => void
}

export interface TsneMap {
  /** (N, 2) */
  readonly points: Matrix
  /** Kullback-Leibler divergence of the map's similarities from the table's, over pairs of neighbours. */
  readonly divergence: number
  /** Steps taken. */
  readonly steps: number
}

const exaggeratedSteps = 250
const checkedEvery = 50
const patience = 300
const initialSpread = 1e-4

const tsneKinds: OptionKinds<TsneOptions> = {
  seed: 'number',
  perplexity: 'number',
  theta: 'number',
  steps: 'number',
  learningRate: 'number',
  exaggeration: 'number',
  initial: 'string',
  progress: 'function',
}

/**
 * Maps the rows of `m` (N, K) to the plane. Equal arguments give equal bytes.
 * @throws RangeError for values that are not finite and options out of range; Error when the map diverges.
 */
export function tSne(m: Matrix, options: TsneOptions): TsneMap {
  checkMatrix('tSne', m, 'a table')
  checkOptions('tSne', options, tsneKinds)
  const n = m.rows
  const { theta = 0.5, steps = 1000, exaggeration = 12, initial = 'pca', progress } = options
  checkArguments(m, { theta, steps, exaggeration })
  const learningRate = options.learningRate ?? Math.max(n / exaggeration / 4, 50)
  if (!(learningRate > 0 && learningRate < Infinity))
    throw new RangeError(`tSne: expected a learning rate above 0, got ${learningRate}`)
  if (n < 2) return { points: { rows: n, cols: 2, data: new Float32Array(2 * n) }, divergence: 0, steps: 0 }
  const p = jointProbabilities(m, options.perplexity ?? Math.min(30, Math.max(1, (n - 1) / 3)))

  const y = initialMap(m, initial, options.seed)
  const field = tsneField(n)
  const velocity = new Float64Array(2 * n)
  const gains = new Float64Array(2 * n).fill(1)
  const early = Math.min(exaggeratedSteps, steps)
  let done = descend(0, early, exaggeration, 0.5, early)
  // As there, the velocity starts anew after the exaggeration, and so do the gains.
  velocity.fill(0)
  gains.fill(1)
  done = descend(done, steps, 1, 0.8, patience)
  const divergence = divergenceAndGradient(p, y, field, theta)
  return { points: { rows: n, cols: 2, data: Float32Array.from(y) }, divergence, steps: done }

  /** Steps from `from` until `to`, or until `patience` steps bring no better divergence; returns the steps taken. */
  function descend(from: number, to: number, factor: number, momentum: number, patience: number): number {
    let best = Infinity
    let bestStep = from
    for (let step = from; step < to; step++) {
      const check = (step + 1) % checkedEvery === 0
      const divergence = divergenceAndGradient(p, y, field, theta, factor, check)
      const { gradient } = field
      let squaredNorm = 0
      for (let c = 0; c < gradient.length; c++) {
        const g = gradient[c]!
        // A gain grows while its coordinate keeps its direction (Jacobs 1988).
        const gain = Math.max(0.01, velocity[c]! * g < 0 ? gains[c]! + 0.2 : gains[c]! * 0.8)
        gains[c] = gain
        squaredNorm += (gain * g) ** 2
        velocity[c] = momentum * velocity[c]! - learningRate * gain * g
        y[c]! += velocity[c]!
      }
      if (!check) continue
      if (!Number.isFinite(divergence) || !Number.isFinite(squaredNorm))
        throw new Error(
          `tSne: diverged at step ${step + 1} with a divergence of ${divergence}; lower the learning rate ` +
            `(${learningRate})`,
        )
      progress?.(step + 1, steps)
      if (divergence < best) {
        best = divergence
        bestStep = step
      } else if (step - bestStep > patience) return step + 1
      if (squaredNorm <= 1e-14) return step + 1
    }
    return to
  }
}

function checkArguments(
  m: Matrix,
  { theta, steps, exaggeration }: Required<Pick<TsneOptions, 'theta' | 'steps' | 'exaggeration'>>,
): void {
  const bad = m.data.findIndex((value) => !Number.isFinite(value))
  if (bad >= 0)
    throw new RangeError(
      `tSne: expected finite values, got ${m.data[bad]} in row ${Math.floor(bad / m.cols)}, column ${bad % m.cols}`,
    )
  if (!(theta >= 0 && theta <= 1)) throw new RangeError(`tSne: expected a theta from 0 to 1, got ${theta}`)
  if (!(Number.isInteger(steps) && steps >= 0))
    throw new RangeError(`tSne: expected a whole number of steps, got ${steps}`)
  if (!(exaggeration >= 1 && exaggeration < Infinity))
    throw new RangeError(`tSne: expected an exaggeration of at least 1, got ${exaggeration}`)
}

/** Positions (N, 2) whose first coordinate has a standard deviation of 1e-4. */
function initialMap(m: Matrix, initial: 'pca' | 'random', seed: number): Float64Array {
  const random = randomStream(seed, 'report', 't-sne')
  const y = new Float64Array(2 * m.rows)
  const { mean, axes } = principalComponents(
    m,
    Int32Array.from({ length: m.rows }, (_, i) => i),
  )
  let squares = 0
  if (initial === 'pca') {
    for (let i = 0; i < m.rows; i++) {
      for (let axis = 0; axis < 2; axis++) {
        let sum = 0
        for (let k = 0; k < m.cols; k++) sum += (m.data[i * m.cols + k]! - mean[k]!) * axes[axis]![k]!
        y[2 * i + axis] = sum
      }
      squares += y[2 * i]! ** 2
    }
  }
  const deviation = Math.sqrt(squares / m.rows)
  // Equal rows would start, and stay, on one spot: a disturbance of a hundredth parts them.
  const disturbance = deviation > 0 ? 0.01 : 1
  for (let c = 0; c < y.length; c++)
    y[c] = initialSpread * ((deviation > 0 ? y[c]! / deviation : 0) + disturbance * random.normal())
  return y
}

/** Reusable memory for the gradient of N points. */
export interface TsneField {
  /** (N, 2), what `divergenceAndGradient` wrote last. */
  readonly gradient: Float64Array
  readonly repulsion: Float64Array
  readonly tree: QuadTree
}

export function tsneField(n: number): TsneField {
  return { gradient: new Float64Array(2 * n), repulsion: new Float64Array(2 * n), tree: quadTree(n) }
}

/**
 * The divergence KL(P || Q) of the map `y` (N, 2), or NaN when `wantDivergence` is false, and in `field.gradient` its
 * gradient 4 sum_j (factor p_ij - q_ij) (y_i - y_j) / (1 + |y_i - y_j|^2) (van der Maaten 2014, equations 6 to 8).
 * The exaggeration `factor` multiplies P in both.
 */
export function divergenceAndGradient(
  p: JointProbabilities,
  y: Float64Array,
  field: TsneField,
  theta: number,
  factor = 1,
  wantDivergence = true,
): number {
  const { gradient, tree } = field
  buildQuadTree(tree, y)
  const total = Math.max(repulsion(tree, theta, field.repulsion), Number.MIN_VALUE)
  let divergence = 0
  for (let i = 0; i < p.starts.length - 1; i++) {
    const x = y[2 * i]!
    const z = y[2 * i + 1]!
    let pullX = 0
    let pullY = 0
    for (let entry = p.starts[i]!; entry < p.starts[i + 1]!; entry++) {
      const j = p.indices[entry]!
      const dx = x - y[2 * j]!
      const dy = z - y[2 * j + 1]!
      const q = 1 / (1 + dx * dx + dy * dy)
      const value = factor * p.values[entry]!
      pullX += value * q * dx
      pullY += value * q * dy
      // Weights can underflow to zero, where p log p is zero.
      if (wantDivergence && value > 0) divergence += value * Math.log((value * total) / q)
    }
    gradient[2 * i] = 4 * (pullX - field.repulsion[2 * i]! / total)
    gradient[2 * i + 1] = 4 * (pullY - field.repulsion[2 * i + 1]! / total)
  }
  return wantDivergence ? divergence : NaN
}
