/**
 * @file Where values stand between the points of a grid. A table that was rounded, to int8 say, has its values on a
 * grid, and whatever moves some users and not others, or each label its own way, shows in the rest that is left to the
 * nearest point, however small it is. A column's grid is found by the frequency at which its values are in phase.
 */

import type { Matrix } from '@indistinct/core'

export interface Lattice {
  /** Distance of neighbouring grid points of each column (K), 0 where none was found. */
  readonly steps: Float64Array
}

/** Steps that are sought, in standard deviations of the column: an int8 column of four of them either way has 1/32. */
const largestStep = 2
const smallestStep = 1 / 200
/** Values that the search looks at, and those that the step is then fitted to. */
const searched = 512
const fitted = 4096
/** Mean is 1 without a grid; of 10,000 frequencies in 1,000 columns one passes 25 by chance in ten thousand tables. */
const leastPower = 25
const mostFrequencies = 20_000

/** The grids of the columns of `x` (N, K). */
export function findLattice(x: Matrix): Lattice {
  return {
    steps: Float64Array.from({ length: x.cols }, (_, j) =>
      stepOf(Float64Array.from({ length: x.rows }, (_, i) => x.data[i * x.cols + j]!)),
    ),
  }
}

/**
 * Features (N, K + 4 G) of rows (N, K): of each column the zeros that its float32 values end in, and of each of the G
 * columns that have a grid cosine and sine of the place between two points, and between every second.
 */
export function latticeFeatures({ rows, cols, data }: Matrix, { steps }: Lattice): Matrix {
  const gridded = [...steps.keys()].filter((j) => steps[j]! > 0)
  const width = cols + 4 * gridded.length
  const out = new Float32Array(rows * width)
  const bits = new DataView(new ArrayBuffer(4))
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) {
      bits.setFloat32(0, data[i * cols + j]!)
      out[i * width + j] = trailingZeros(bits.getUint32(0))
    }
    gridded.forEach((j, g) => {
      for (let period = 1; period <= 2; period++) {
        const angle = (2 * Math.PI * data[i * cols + j]!) / (period * steps[j]!)
        const at = i * width + cols + 4 * g + 2 * (period - 1)
        out[at] = Math.cos(angle)
        out[at + 1] = Math.sin(angle)
      }
    })
  }
  return { rows, cols: width, data: out }
}

/** Of the 23 bits of the fraction; 23 for powers of two and 0. */
function trailingZeros(word: number): number {
  const fraction = word & 0x7fffff
  return fraction === 0 ? 23 : 31 - Math.clz32(fraction & -fraction)
}

function stepOf(values: Float64Array): number {
  const n = values.length
  const mean = values.reduce((sum, value) => sum + value / n, 0)
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2 / n, 0))
  // A constant leaves the rounding of its mean.
  if (!(deviation > 1e-12 * Math.abs(mean))) return 0
  // In standard deviations; what lies far out would ask for frequencies closer together.
  const near = values.map((value) => (value - mean) / deviation).filter((value) => Math.abs(value) < 5)
  const sample = spread(near, searched)
  const range = Math.max(
    1,
    sample.reduce((most, value) => Math.max(most, value), -5) -
      sample.reduce((least, value) => Math.min(least, value), 5),
  )
  const from = 1 / largestStep
  // Two frequencies for every width of a peak.
  const gap = Math.max(1 / (2 * range), (1 / smallestStep - from) / mostFrequencies)
  const powers = powersOf(sample, from, gap, Math.ceil((1 / smallestStep - from) / gap))
  const most = powers.reduce((a, b) => Math.max(a, b), 0)
  if (most < leastPower) return 0
  // A grid is in phase at its multiples too, and more so where labels were moved by thirds of a step: the first is its
  // own.
  let at = powers.findIndex((power) => power >= Math.max(leastPower, most / 8))
  while (at + 1 < powers.length && powers[at + 1]! > powers[at]!) at++
  let centre = from + at * gap
  const fine = spread(near, fitted)
  for (let width = gap; width > gap / 1000; width /= 8) {
    const around = powersOf(fine, centre - width, width / 16, 33)
    centre += width * (around.indexOf(around.reduce((a, b) => Math.max(a, b), 0)) / 16 - 1)
  }
  return deviation / centre
}

/** At most `count` of the values, at even distances. */
function spread(values: Float64Array, count: number): Float64Array {
  if (values.length <= count) return values
  return Float64Array.from({ length: count }, (_, i) => values[Math.floor((i * values.length) / count)]!)
}

/** |sum exp(2 pi i f v)|^2 / n of the values v (n) at `count` frequencies f from `from`, `gap` apart. */
function powersOf(values: Float64Array, from: number, gap: number, count: number): Float64Array {
  const sums = new Float64Array(2 * count)
  for (const value of values) {
    // Turned on by one gap after the other in place of a cosine each.
    let [real, imaginary] = [Math.cos(2 * Math.PI * from * value), Math.sin(2 * Math.PI * from * value)]
    const [turn, lift] = [Math.cos(2 * Math.PI * gap * value), Math.sin(2 * Math.PI * gap * value)]
    for (let f = 0; f < count; f++) {
      sums[2 * f]! += real
      sums[2 * f + 1]! += imaginary
      const next = real * turn - imaginary * lift
      imaginary = real * lift + imaginary * turn
      real = next
    }
  }
  return Float64Array.from({ length: count }, (_, f) => (sums[2 * f]! ** 2 + sums[2 * f + 1]! ** 2) / values.length)
}
