import { copyMatrix, IndistinctError, matrix, randomStream, type Labels, type Matrix } from '@indistinct/core'
import { classRows } from '@indistinct/losses'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { calibratedFlow } from './flow/calibrated-flow.ts'
import { classNormals } from './closed/class-normals.ts'
import { momentRatios } from './flow/calibrate/class-moments.ts'
import { gaussianTransport } from './closed/gaussian-transport.ts'
import { hsicFlow } from './flow/hsic-flow.ts'
import { leace } from './closed/leace.ts'
import { centroidAuc, leakyTable } from './testing/leaky-tables.ts'
import { unlearners, type UnlearnerName } from './unlearners.ts'

const names = Object.keys(unlearners) as UnlearnerName[]

/** A result in time for a test; steps of methods that descend are few, and passes no more than `maxPasses`. */
function unlearn(name: UnlearnerName, embedding: Matrix, labels: Labels, maxPasses = 500) {
  const quick =
    name === 'd2d-r' || name === 'u2u-r'
      ? { steps: 3 }
      : name === 'flow'
        ? { maxPasses }
        : name === 'relabel'
          ? { drawSeed: 1 }
          : {}
  return unlearners[name].unlearn(embedding, labels, quick)
}

/** The message of the refusal of bad data that `run` ends in; any other error is a failure. */
function refusal(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof IndistinctError && error.code === 'bad-data') return error.message
    throw error
  }
  throw new Error('nothing was refused')
}

/** x with every column multiplied by its scale and moved by its offset. */
function rescaled(x: Matrix, scales: readonly number[], offsets: readonly number[] = scales.map(() => 0)): Matrix {
  return matrix(
    x.rows,
    x.cols,
    x.data.map((value, p) => value * scales[p % x.cols]! + offsets[p % x.cols]!),
  )
}

/** Largest difference between two tables, column by column in units of `scales`. */
function farthestApart(a: Matrix, b: Matrix, scales: readonly number[]): number {
  return a.data.reduce((most, value, p) => Math.max(most, Math.abs(value - b.data[p]!) / scales[p % a.cols]!), 0)
}

describe.each(names)('%s', (name) => {
  const { embedding, labels } = leakyTable([60, 40], 5, 1.5, 1, 6)

  test('refuses one cell of 1e20, naming row and column, and not where the user has no label', () => {
    const far = copyMatrix(embedding)
    far.data[17 * 5 + 3] = 1e20
    expect(refusal(() => unlearn(name, far, labels))).toContain(
      'got 100000002004087730000 in row 17, column 3 (both from 0)',
    )
    const unlabelled = copyMatrix(embedding)
    unlabelled.data[2 * 5 + 3] = 1e20
    const { data } = unlearn(name, unlabelled, labels).embedding
    expect(data.subarray(0, 30)).toEqual(unlabelled.data.subarray(0, 30))
    expect(data.subarray(30)).toEqual(unlearn(name, embedding, labels).embedding.data.subarray(30))
  })

  test('refuses a class of equal rows, naming it', () => {
    const equal = copyMatrix(embedding)
    labels.codes.forEach((code, i) => code === 1 && equal.data.fill(2, i * 5, (i + 1) * 5))
    const first = labels.codes.indexOf(1)
    // A draw does not move equal rows alike.
    if (name === 'relabel') return expect(unlearn(name, equal, labels).parameters['base']).toBe('original')
    expect(refusal(() => unlearn(name, equal, labels))).toContain(
      `expected users of 'class-1' that differ, got 40 equal rows, the first in row ${first} (from 0)`,
    )
  })

  test('values near the largest of float32, and below the least, are refused with what to do, which helps', () => {
    for (const [scale, advice, factor] of [
      [1e38, /got .* in row \d+, column \d .*divide the table/, 1e-30],
      [1e-43, /multiply the table/, 1e30],
    ] as const) {
      const extreme = rescaled(embedding, Array<number>(5).fill(scale))
      expect(refusal(() => unlearn(name, extreme, labels))).toMatch(advice)
      const mended = rescaled(extreme, Array<number>(5).fill(factor))
      // A step of a size of its own is no share of the table's.
      if (name === 'u2u-r') continue
      expect(unlearn(name, mended, labels).embedding.data.every(Number.isFinite)).toBe(true)
    }
    const near = rescaled(embedding, Array<number>(5).fill(2e36))
    if (name !== 'u2u-r') expect(unlearn(name, near, labels).embedding.data.every(Number.isFinite)).toBe(true)
  })

  test('fewer users than columns: 60 x 100', () => {
    const wide = leakyTable([35, 25], 100, 2, 2, 5)
    const { embedding: moved, parameters } = unlearn(name, wide.embedding, wide.labels, 40)
    expect(moved.data.every(Number.isFinite)).toBe(true)
    expect(moved.data.subarray(0, 500)).toEqual(wide.embedding.data.subarray(0, 500))
    if (name === 'flow') {
      expect(['landed', 'not landed']).toContain(parameters['outcome'])
      if (parameters['outcome'] === 'not landed')
        expect(parameters['stopped']).toMatch(/no step leads on|passes are spent/)
    }
  })

  test(
    'hostile tables: what comes out is finite, users without a label keep their bits, or the table is refused in ' +
      'words',
    () => {
      fc.assert(
        fc.property(hostile, ({ table, labels: own }) => {
          const before = table.data.slice()
          let out: Matrix
          try {
            out = unlearn(name, table, own, 100).embedding
          } catch (error) {
            expect(error).toBeInstanceOf(IndistinctError)
            expect((error as IndistinctError).code).toBe('bad-data')
            expect((error as Error).message).toMatch(/expected|divide|lower learningRate|unlearn by blind/)
            return
          }
          expect(table.data).toEqual(before)
          expect(out.data.every(Number.isFinite)).toBe(true)
          own.codes.forEach((code, i) => {
            if (code >= 0) return
            for (let k = 0; k < table.cols; k++)
              expect(Object.is(out.data[i * table.cols + k], table.data[i * table.cols + k])).toBe(true)
          })
        }),
        { numRuns: 60, seed: 5 },
      )
    },
  )
})

/** Columns as people have them, and as nobody should: a value by a draw from a stream, the class and the row. */
const columns: readonly ((random: ReturnType<typeof randomStream>, code: number, row: number) => number)[] = [
  (random, code) => random.normal() + code,
  (random, code) => 1e-7 * (random.normal() + code),
  (random) => 1e7 * random.normal(),
  (random) => 1e-38 * random.normal(),
  (random) => 1e-44 * Math.round(random.normal()),
  (random) => 1e38 * Math.min(3, Math.max(-3, random.normal())),
  (random) => 1e8 + random.normal(),
  (random) => 4096 + random.normal() / 64,
  () => 0,
  () => -1e30,
  (random) => (random.uniform() < 0.3 ? 1 : 0),
  (_, __, row) => (row === 3 ? 1 : 0),
  (_, __, row) => (row === 3 ? 1e20 : 0),
  (random, _, row) => (row === 4 ? 1e8 : random.normal()),
  (random) => Math.exp(5 * random.normal()),
  (random, code) => Math.round(3 * random.normal() + code),
  (_, code) => code,
  (_, code, row) => code * 1e-3 + (row === 1 ? 1e-6 : 0),
]

const hostile = fc
  .record({
    seed: fc.nat({ max: 1_000_000 }),
    N: fc.integer({ min: 4, max: 40 }),
    kinds: fc.array(fc.nat({ max: columns.length - 1 }), { minLength: 1, maxLength: 6 }),
    classes: fc.integer({ min: 2, max: 4 }),
    unlabelled: fc.double({ min: 0, max: 0.5, noNaN: true }),
    repeated: fc.boolean(),
  })
  .map(({ seed, N, kinds, classes, unlabelled, repeated }): { table: Matrix; labels: Labels } => {
    const random = randomStream(seed, 'hostile table')
    const codes = Int32Array.from({ length: N }, () =>
      random.uniform() < unlabelled ? -1 : Math.floor(random.uniform() * classes),
    )
    const K = kinds.length
    const table = matrix(
      N,
      K,
      Float32Array.from({ length: N * K }, (_, p) => {
        const row = Math.floor(p / K)
        return columns[kinds[p % K]!]!(random, codes[row]!, row)
      }),
    )
    // Rows that are equal to another, across classes too.
    if (repeated) for (let i = 1; i < N; i += 3) table.data.copyWithin(i * K, 0, K)
    return { table, labels: { classes: Array.from({ length: classes }, (_, c) => `${c}`), codes } }
  })

const softplus = (value: number): number => Math.log1p(Math.exp(4 * value)) / 4

test(
  'five classes of very unlike sizes in non-negative factors: the flow lands, or returns the best table it reached ' +
    'and says so',
  () => {
    const random = randomStream(3, 'ratings of books')
    const sizes = [200, 150, 80, 30, 9]
    const codes = Int32Array.from(sizes.flatMap((size, c) => new Array<number>(size).fill(c)))
    const directions = sizes.map(() => Array.from({ length: 8 }, () => random.normal()))
    const table = matrix(codes.length, 8)
    codes.forEach((code, i) => {
      const activity = Math.exp(0.8 * random.normal())
      for (let k = 0; k < 8; k++)
        table.data[i * 8 + k] = softplus(random.normal() + 0.7 * directions[code]![k]!) * activity * Math.exp(-k / 4)
    })
    const labels: Labels = { classes: sizes.map((_, c) => `${c}`), codes }
    const before = momentRatios(table, classRows('test', table, labels)).mean.ratio
    for (const maxPasses of [3, 60, 500]) {
      const { embedding, parameters, passes } = calibratedFlow(table, labels, { maxPasses })
      expect(['landed', 'not landed']).toContain(parameters['outcome'])
      if (parameters['outcome'] === 'not landed')
        expect(parameters['stopped']).toMatch(/no step leads on|passes are spent/)
      expect(passes).toBeLessThanOrEqual(maxPasses)
      expect(momentRatios(embedding, classRows('test', embedding, labels)).mean.ratio).toBeLessThan(
        (maxPasses === 3 ? 1 : 0.3) * before,
      )
    }
  },
)

describe('scales and offsets of columns', () => {
  // On a grid of 1/64, so that float32 holds offsets beside values exactly.
  const leaky = leakyTable([120, 80], 5, 1.5, 3, 4)
  const base = matrix(
    204,
    5,
    leaky.embedding.data.map((value) => Math.round(value * 64) / 64),
  )
  const { labels } = leaky
  const ones = [1, 1, 1, 1, 1]
  const wild = [1e-7, 1, 1e7, 1e3, 1e-3]
  const otherwise = [1e7, 1e-7, 1, 1e-3, 1e3]

  test('LEACE follows scales of 1e-7 to 1e7', () => {
    const moved = leace(base, labels).embedding
    for (const scales of [wild, otherwise]) {
      expect(
        farthestApart(leace(rescaled(base, scales), labels).embedding, rescaled(moved, scales), scales),
      ).toBeLessThan(1e-5)
    }
  })

  test('the transport moves columns of unlike scales alike, whichever are wide', () => {
    const [one, other] = [wild, otherwise].map((scales) => gaussianTransport(rescaled(base, scales), labels))
    expect(one!.parameters).toMatchObject({ columns: 'standardised' })
    const back = (x: Matrix, scales: readonly number[]): Matrix =>
      rescaled(
        x,
        scales.map((scale) => 1 / scale),
      )
    expect(farthestApart(back(one!.embedding, wild), back(other!.embedding, otherwise), ones)).toBeLessThan(1e-5)
    const normals = classNormals(back(one!.embedding, wild), classRows('test', base, labels))
    normals[0]!.covariance.forEach((value, p) =>
      expect(Math.abs(value - normals[1]!.covariance[p]!)).toBeLessThan(1e-4),
    )
    expect(gaussianTransport(base, labels).parameters).not.toHaveProperty('columns')
  })

  test.each(['leace', 'gaussian-transport', 'mean-matching', 'u2u-r-closed'] as const)(
    'offsets change nothing but rounding: %s',
    (name) => {
      const offsets = [32_768, -32_768, 0, 4096, 1024]
      const moved = unlearn(name, base, labels).embedding
      // A value near 32,768 is held to 1/256.
      expect(
        farthestApart(
          unlearn(name, rescaled(base, ones, offsets), labels).embedding,
          rescaled(moved, ones, offsets),
          ones,
        ),
      ).toBeLessThan(1 / 250)
    },
  )

  test('the flow takes a leak out of a narrow column beside wide ones, and leaves the others at their scale', () => {
    const scales = [1e-7, 1e7, 1, 1, 1]
    const table = rescaled(base, scales)
    const before = momentRatios(base, classRows('test', base, labels))
    expect(before.mean.ratio).toBeGreaterThan(10)
    const { embedding, parameters } = unlearners.flow.unlearn(table, labels)
    expect(parameters).toMatchObject({ outcome: 'landed', columns: 'standardised' })
    expect(embedding.data.subarray(0, 20)).toEqual(table.data.subarray(0, 20))
    const standard = rescaled(
      embedding,
      scales.map((scale) => 1 / scale),
    )
    expect(centroidAuc({ embedding: base, labels }, 3)).toBeGreaterThan(0.7)
    expect(Math.abs(centroidAuc({ embedding: standard, labels }, 3) - 0.5)).toBeLessThan(0.1)
    const { mean } = parameters['differencesAfter'] as { mean: number }
    expect(mean).toBeLessThan(0.2 * before.mean.ratio)
    // Values go back to the grid of 1/64 after this was measured.
    expect(momentRatios(standard, classRows('test', standard, labels)).mean.ratio).toBeCloseTo(mean, 1)
    // Nobody is moved by much more than the spread of a column.
    expect(farthestApart(embedding, table, scales)).toBeLessThan(4)
  })

  test('like columns are not standardised', () => {
    expect(unlearners.flow.unlearn(rescaled(base, [100, 1, 1, 1, 1]), labels).parameters).not.toHaveProperty('columns')
  })

  test('a metric of scores and unlike columns are refused together', () => {
    const metric = { rows: 204, cols: 5, stride: 0, matrices: new Float32Array(25) }
    expect(refusal(() => unlearners.flow.unlearn(rescaled(base, wild), labels, { metric: metric as never }))).toContain(
      'leave the metric (--items) out',
    )
  })

  test('a number instead of labels: a far cell is refused as well', () => {
    const far = copyMatrix(base)
    far.data[9 * 5 + 1] = 1e20
    const values = Float64Array.from(labels.codes, (code, i) => (code === -1 ? NaN : i))
    expect(refusal(() => hsicFlow(far, values))).toContain('in row 9, column 1')
  })
})
