/**
 * @file Neural matrix factorisation (He et al. 2017, NeuMF): gradient of a batch. The logit of a
 * user and an item is h_gmf'(p * q) + h_mlp'tower(relu(x W_user + y W_item + b)) + c. The first layer is split into a
 * user and an item part, each computed once a step or ranking, however many samples share it.
 */

import { gemmNT, gemmTN } from '../gemm.ts'
import { openFrame, type Frame } from '../memory.ts'
import { runKernel } from '../runtime.ts'
import { fewRows } from './few-rows.ts'
import { nmfSize, type NmfBatch, type NmfShape } from './nmf-layout.ts'
import {
  together,
  bytes,
  type Tables,
  placedTables,
  type FirstStage,
  firstStage,
  halves,
  layerValues,
  viewOf,
  scratchMatrix,
  address,
} from './nmf-tables.ts'

const sampleTasks = 16
const ownerTasks = 16

/**
 * Mean binary cross-entropy over all positives (label 1) and negatives (label 0) of the batch, with its gradient on all
 * parameters. Both flat arrays are in the order of `nmfLayout`.
 * @throws RangeError when lengths do not fit.
 */
export function nmfGradient(
  shape: NmfShape,
  parameters: Float32Array,
  batch: NmfBatch,
  gradient: Float32Array,
): number {
  checkSizes(shape, parameters, batch, gradient)
  const few = fewRows(shape, batch)
  if (!few) return gradientOfRows(shape, parameters, batch, gradient)
  const size = nmfSize(few.shape)
  const frame = openFrame()
  const own = viewOf(frame.scratch(size * bytes), size)
  const slope = viewOf(frame.scratch(size * bytes), size)
  few.gather(parameters, own)
  const loss = gradientOfRows(few.shape, own, few.batch, slope)
  few.scatter(slope, gradient)
  frame.close()
  return loss
}

/** The same, computed on all rows of the tables. */
function gradientOfRows(shape: NmfShape, parameters: Float32Array, batch: NmfBatch, gradient: Float32Array): number {
  const size = nmfSize(shape)
  const frame = openFrame()
  // Views in kernel memory: the arrays themselves when they live there, copies otherwise.
  const at = placedTables(shape, viewOf(frame.input(parameters), size))
  const to = placedTables(shape, viewOf(frame.output(gradient), size))
  const placed = placedBatch(frame, batch, shape.hidden[0]!)
  const step: NmfStep = { frame, shape, at, to, ...placed, ...firstStage(frame, shape, at) }
  const loss = lossAndLayers(step, size)
  scatterToTables(step)
  frame.close()
  return loss / placed.samples
}

/** @throws RangeError when lengths do not fit. */
function checkSizes(shape: NmfShape, parameters: Float32Array, batch: NmfBatch, gradient: Float32Array): void {
  const count = batch.users.length
  const perPositive = batch.negatives.length / count
  const size = nmfSize(shape)
  if (parameters.length !== size || gradient.length !== size) {
    throw new RangeError(
      `nmfGradient: expected parameters and gradient of ${size}, got ${parameters.length} and ${gradient.length}`,
    )
  }
  if (batch.positives.length !== count || !Number.isInteger(perPositive)) {
    throw new RangeError(
      `nmfGradient: expected ${count} positives and a multiple of ${count} negatives, got ` +
        `${batch.positives.length} and ${batch.negatives.length}`,
    )
  }
}

/** A batch in kernel memory, with room for what every sample leaves there. */
interface PlacedBatch {
  /** Arguments of kernels: users, positives, negatives, how many positives and negatives each. */
  readonly indices: readonly number[]
  readonly samples: number
  readonly logits: number
  /** Gradients before the first layer's units (samples, H_1). */
  readonly delta: number
}

function placedBatch(frame: Frame, { users, positives, negatives }: NmfBatch, width1: number): PlacedBatch {
  const count = users.length
  const perPositive = negatives.length / count
  const samples = count * (1 + perPositive)
  const indices = [frame.input(users), frame.input(positives), frame.input(negatives), count, perPositive]
  return {
    indices,
    samples,
    logits: frame.scratch(samples * bytes),
    delta: frame.scratch(samples * width1 * bytes),
  }
}

/** Parameters and gradients by table, the batch, and what samples share of the first layer. */
interface NmfStep extends PlacedBatch, FirstStage {
  readonly frame: Frame
  readonly shape: NmfShape
  readonly at: Tables
  readonly to: Tables
}

/** The summed loss; gradients from the first bias to the output bias. */
function lossAndLayers(step: NmfStep, size: number): number {
  const { frame, shape, at, to, samples } = step
  const { gmf, hidden } = shape
  // A task's share: gradients from the first bias to the output bias, then the loss.
  const bias = at['hidden-1-bias']!.data.byteOffset
  const tail = size - (bias - at['user-gmf']!.data.byteOffset) / bytes
  const perTask = Math.max(512, Math.ceil(samples / sampleTasks))
  const tasks = Math.ceil(samples / perTask)
  const shares = viewOf(frame.scratch(tasks * (tail + 1) * bytes), tasks * (tail + 1))
  const scratch = (layerValues(hidden) + 2 * together * Math.max(...hidden)) * bytes
  runKernel('nmfStep', tasks, [
    ...step.indices,
    perTask,
    address(step.userHidden),
    address(step.itemHidden),
    address(at['user-gmf']!),
    address(step.itemFactors),
    gmf,
    bias,
    transposedTower(frame, shape, at),
    frame.input(Int32Array.from(hidden)),
    hidden.length,
    step.logits,
    step.delta,
    tail + 1,
    scratch,
    shares.byteOffset,
    frame.scratch(tasks * scratch),
  ])
  runKernel('sumParts', 1, [shares.byteOffset, address(to['hidden-1-bias']!), tail, tail + 1, tasks, 0])
  let loss = 0
  for (let task = 0; task < tasks; task++) loss += shares[task * (tail + 1) + tail]!
  return loss
}

/** Gradients of users' and items' tables, of the first layer's weights and of the factors' output weights. */
function scatterToTables({ frame, shape, at, to, ...step }: NmfStep): void {
  const { users, items, gmf, hidden } = shape
  const width1 = hidden[0]!
  const factorShares = frame.scratch(ownerTasks * gmf * bytes)
  const [weights, weightsGradient] = [halves(at['hidden-1-weights']!), halves(to['hidden-1-weights']!)]
  for (const [side, name, rows] of [
    [0, 'user', users],
    [1, 'item', items],
  ] as const) {
    const owned = step.samples < 2048 ? rows : Math.ceil(rows / ownerTasks)
    const owners = Math.ceil(rows / owned)
    const sums = scratchMatrix(frame, rows, width1)
    const others = side === 0 ? step.itemFactors : at['user-gmf']!
    runKernel('nmfScatter', owners, [
      side,
      ...step.indices,
      step.logits,
      step.delta,
      width1,
      address(others),
      gmf,
      address(to[`${name}-gmf`]!),
      address(sums),
      rows,
      owned,
      address(at['item-gmf']!),
      address(at['output-weights']!),
      factorShares,
    ])
    if (side === 1) runKernel('sumParts', 1, [factorShares, address(to['output-weights']!), gmf, gmf, owners, 0])
    gemmTN(at[`${name}-mlp`]!, sums, weightsGradient[side])
    gemmNT(sums, weights[side], to[`${name}-mlp`]!)
  }
}

/** The weights of the layers after the first, each transposed, one after the other. */
function transposedTower(frame: Frame, shape: NmfShape, at: Tables): number {
  const layers = shape.hidden.slice(1).map((_, l) => at[`hidden-${l + 2}-weights`]!)
  const start = frame.scratch(layers.reduce((sum, m) => sum + m.data.byteLength, 0))
  let offset = start
  for (const { rows, cols, data } of layers) {
    const out = viewOf(offset, data.length)
    for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) out[j * rows + i] = data[i * cols + j]!
    offset += data.byteLength
  }
  return start
}
