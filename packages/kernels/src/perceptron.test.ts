import { matrix, randomStream, type Matrix } from '@indistinct/core'
import { afterEach, expect, test } from 'vitest'
import { gemmNN, gemmNT, gemmTN, perceptronBackward, perceptronForward, setThreads, threads } from './index.ts'

const initialThreads = threads()
afterEach(() => setThreads(initialThreads))

function example(n: number, inputs: number, hidden: number, outputs: number) {
  const random = randomStream(7, 'perceptron-test')
  const normal = (rows: number, cols: number): Matrix =>
    matrix(
      rows,
      cols,
      Float32Array.from({ length: rows * cols }, () => random.normal()),
    )
  const batch = {
    features: normal(n, inputs),
    units: matrix(n, hidden),
    unitGradient: matrix(n, hidden),
    output: matrix(n, outputs),
  }
  return {
    batch,
    layers: { hidden: normal(inputs, hidden), output: normal(outputs, hidden) },
    slopes: normal(n, outputs),
  }
}

test.each([
  [200, 17, 100, 1],
  [7, 5, 6, 1],
  [200, 97, 100, 3],
  [33, 65, 30, 9],
])('is what products, a rectifier and its mask give: %i rows, %i inputs, %i units, %i outputs', (n, K, H, O) => {
  const { batch, layers, slopes } = example(n, K, H, O)
  const gradient = { hidden: matrix(K, H), output: matrix(O, H) }
  const expected = example(n, K, H, O)
  const { features, units, unitGradient, output } = expected.batch
  gemmNN(features, layers.hidden, units)
  units.data.forEach((value, at) => (units.data[at] = Math.max(0, value)))
  gemmNT(units, layers.output, output)
  const [hiddenGradient, outputGradient] = [matrix(K, H), matrix(O, H)]
  gemmTN(slopes, units, outputGradient)
  gemmNN(slopes, layers.output, unitGradient)
  unitGradient.data.forEach((value, at) => (unitGradient.data[at] = units.data[at] === 0 ? 0 : value))
  gemmTN(features, unitGradient, hiddenGradient)
  for (const count of [1, 2]) {
    setThreads(count)
    perceptronForward(batch, layers)
    expect(batch.output.data).toEqual(output.data)
    batch.output.data.set(slopes.data)
    perceptronBackward(batch, layers, gradient)
    expect(gradient.hidden.data).toEqual(hiddenGradient.data)
    expect(gradient.output.data).toEqual(outputGradient.data)
  }
})

test('refuses layers that do not fit', () => {
  const { batch, layers } = example(4, 3, 5, 1)
  expect(() => perceptronForward(batch, { ...layers, output: matrix(1, 4) })).toThrow('expected (1, 5), got (1, 4)')
})
