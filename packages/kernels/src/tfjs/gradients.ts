/**
 * @file Gradients of the dense operations. tfjs-core registers none by itself: its Node bundle leaves them out, and
 * only the whole of @tensorflow/tfjs adds them. What is already registered stays.
 */

import * as tf from '@tensorflow/tfjs-core'

type Attributes = tf.NamedAttrMap
type Slope = (v: tf.Tensor) => tf.Tensor

/** d out / d x of element-wise operations, from the input or, where that is cheaper, from the output. */
const unary: readonly { kernel: string; from: 'input' | 'output'; slope: Slope }[] = [
  { kernel: tf.Abs, from: 'input', slope: (x) => tf.sign(x) },
  { kernel: tf.Exp, from: 'output', slope: (y) => y },
  { kernel: tf.Log, from: 'input', slope: (x) => tf.reciprocal(x) },
  { kernel: tf.Neg, from: 'input', slope: () => tf.scalar(-1) },
  { kernel: tf.Reciprocal, from: 'output', slope: (y) => tf.neg(tf.square(y)) },
  { kernel: tf.Relu, from: 'input', slope: (x) => tf.step(x) },
  { kernel: tf.Rsqrt, from: 'output', slope: (y) => tf.mul(-0.5, tf.mul(y, tf.square(y))) },
  { kernel: tf.Sigmoid, from: 'output', slope: (y) => tf.mul(y, tf.sub(1, y)) },
  { kernel: tf.Softplus, from: 'input', slope: (x) => tf.sigmoid(x) },
  { kernel: tf.Sqrt, from: 'output', slope: (y) => tf.div(0.5, y) },
  { kernel: tf.Square, from: 'input', slope: (x) => tf.mul(2, x) },
  { kernel: tf.Tanh, from: 'output', slope: (y) => tf.sub(1, tf.square(y)) },
]

/** d out / d a and d out / d b of operations that broadcast. */
const binary: readonly { kernel: string; slopes: (a: tf.Tensor, b: tf.Tensor) => [Slope, Slope] }[] = [
  { kernel: tf.Add, slopes: () => [(dy) => dy, (dy) => dy] },
  { kernel: tf.Sub, slopes: () => [(dy) => dy, (dy) => tf.neg(dy)] },
  { kernel: tf.Multiply, slopes: (a, b) => [(dy) => tf.mul(dy, b), (dy) => tf.mul(dy, a)] },
  {
    kernel: tf.RealDiv,
    slopes: (a, b) => [(dy) => tf.div(dy, b), (dy) => tf.neg(tf.div(tf.mul(dy, a), tf.square(b)))],
  },
  {
    kernel: tf.SquaredDifference,
    slopes: (a, b) => [(dy) => tf.mul(dy, tf.mul(2, tf.sub(a, b))), (dy) => tf.mul(dy, tf.mul(2, tf.sub(b, a)))],
  },
  {
    kernel: tf.Maximum,
    slopes: (a, b) => [
      (dy) => tf.mul(dy, tf.cast(tf.greaterEqual(a, b), 'float32')),
      (dy) => tf.mul(dy, tf.cast(tf.less(a, b), 'float32')),
    ],
  },
  {
    kernel: tf.Minimum,
    slopes: (a, b) => [
      (dy) => tf.mul(dy, tf.cast(tf.lessEqual(a, b), 'float32')),
      (dy) => tf.mul(dy, tf.cast(tf.greater(a, b), 'float32')),
    ],
  },
]

const structural: readonly tf.GradConfig[] = [
  { kernelName: tf.Identity, gradFunc: (dy) => ({ x: () => one(dy) }) },
  { kernelName: tf.Cast, gradFunc: (dy) => ({ x: () => one(dy) }) },
  { kernelName: tf.Reshape, inputsToSave: ['x'], gradFunc: (dy, [x]) => ({ x: () => tf.reshape(one(dy), x!.shape) }) },
  {
    kernelName: tf.ExpandDims,
    inputsToSave: ['input'],
    gradFunc: (dy, [x]) => ({ input: () => tf.reshape(one(dy), x!.shape) }),
  },
  {
    kernelName: tf.Transpose,
    gradFunc: (dy, _, attributes) => ({ x: () => tf.transpose(one(dy), inverse(attributes['perm'] as number[])) }),
  },
  {
    kernelName: tf.Concat,
    saveAllInputs: true,
    gradFunc: (dy, saved, attributes) => {
      const axis = tf.util.parseAxisParam(attributes['axis'] as number, saved[0]!.shape)[0]!
      const parts = tf.split(
        one(dy),
        saved.map((part) => part.shape[axis]!),
        axis,
      )
      return Object.fromEntries(parts.map((part, i) => [i, () => part]))
    },
  },
  {
    kernelName: tf.Slice,
    inputsToSave: ['x'],
    gradFunc: (dy, [x], attributes) => {
      const [begin, size] = tf.slice_util.parseSliceParams(
        x!,
        attributes['begin'] as number[],
        attributes['size'] as number[],
      ) as [number[], number[]]
      const paddings = begin.map((first, axis): [number, number] => [first, x!.shape[axis]! - first - size[axis]!])
      return { x: () => tf.pad(one(dy), paddings) }
    },
  },
  {
    kernelName: tf.Sum,
    inputsToSave: ['x'],
    gradFunc: (dy, [x], attributes) => ({ x: () => spread(one(dy), x!, attributes) }),
  },
  {
    kernelName: tf.Mean,
    inputsToSave: ['x'],
    gradFunc: (dy, [x], attributes) => ({
      x: () => tf.mul(spread(one(dy), x!, attributes), tf.div(one(dy).size, x!.size)),
    }),
  },
  {
    kernelName: tf.Softmax,
    outputsToSave: [true],
    gradFunc: (dy, [y]) => ({
      logits: () => {
        const weighted = tf.mul(one(dy), y!)
        return tf.sub(weighted, tf.mul(tf.sum(weighted, -1, true), y!))
      },
    }),
  },
  {
    kernelName: tf.Select,
    inputsToSave: ['condition'],
    gradFunc: (dy, [condition]) => ({
      condition: () => tf.zerosLike(tf.cast(condition!, 'float32')),
      t: () => tf.mul(one(dy), tf.cast(condition!, 'float32')),
      e: () => tf.mul(one(dy), tf.cast(tf.logicalNot(condition!), 'float32')),
    }),
  },
  {
    kernelName: tf.BatchMatMul,
    inputsToSave: ['a', 'b'],
    gradFunc: (dy, [a, b], { transposeA, transposeB }) => ({
      a: () => (transposeA ? tf.matMul(b!, one(dy), !!transposeB, true) : tf.matMul(one(dy), b!, false, !transposeB)),
      b: () => (transposeB ? tf.matMul(one(dy), a!, true, !!transposeA) : tf.matMul(a!, one(dy), !transposeA, false)),
    }),
  },
]

/** Registers every gradient of this file that is not registered yet, for all backends. */
export function registerGradients(): void {
  const configs: tf.GradConfig[] = [...structural]
  for (const { kernel, from, slope } of unary) {
    configs.push({
      kernelName: kernel,
      ...(from === 'input' ? { inputsToSave: ['x'] } : { outputsToSave: [true] }),
      gradFunc: (dy, [v]) => ({ x: () => tf.mul(one(dy), slope(v!)) }),
    })
  }
  for (const { kernel, slopes } of binary) {
    configs.push({
      kernelName: kernel,
      inputsToSave: ['a', 'b'],
      gradFunc: (dy, saved) => {
        const [a, b] = saved as [tf.Tensor, tf.Tensor]
        const [toA, toB] = slopes(a, b)
        return { a: () => unbroadcast(toA(one(dy)), a), b: () => unbroadcast(toB(one(dy)), b) }
      },
    })
  }
  for (const config of configs) if (!tf.getGradient(config.kernelName)) tf.registerGradient(config)
}

/** All kernels above have one output. */
function one(dy: tf.Tensor | tf.Tensor[]): tf.Tensor {
  return dy as tf.Tensor
}

/** Sums over the axes along which `input` was broadcast. */
function unbroadcast(dy: tf.Tensor, input: tf.Tensor): tf.Tensor {
  const axes = tf.broadcast_util.getReductionAxes(input.shape, dy.shape)
  return tf.reshape(axes.length > 0 ? tf.sum(dy, axes) : dy, input.shape)
}

/** Repeats the gradient of a reduction along the axes that it removed. */
function spread(dy: tf.Tensor, x: tf.Tensor, attributes: Attributes): tf.Tensor {
  const shape = x.shape.slice()
  for (const axis of tf.util.parseAxisParam(attributes['axis'] as number | number[], x.shape)) shape[axis] = 1
  return tf.mul(tf.reshape(dy, shape), tf.ones(x.shape))
}

function inverse(permutation: readonly number[]): number[] {
  const out = new Array<number>(permutation.length)
  permutation.forEach((from, to) => (out[from] = to))
  return out
}
