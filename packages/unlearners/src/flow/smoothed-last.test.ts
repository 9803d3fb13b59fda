import { bytesOf, copyMatrix, labelledRows, matrix, randomStream, type Labels, type Matrix } from '@indistinct/core'
import { setThreads, threads } from '@indistinct/kernels'
import { afterEach, describe, expect, test } from 'vitest'
import { columnLattices } from '../structure/column-lattice.ts'
import { equalRows } from '../structure/equal-rows.ts'
import { tableStructure } from '../structure/table-structure.ts'
import { centroidAuc, leakyTable } from '../testing/leaky-tables.ts'
import { unlearners } from '../unlearners.ts'
import { unlearnTables } from '../unlearn-tables.ts'
import { afterSmoothing, withSmoothing } from './after-smoothing.ts'
import { calibratedFlowJoint } from './calibrated-flow-joint.ts'
import { calibratedFlow } from './calibrated-flow.ts'
import { smoothedRows } from './smoothed-last.ts'

const initialThreads = threads()
afterEach(() => setThreads(initialThreads))

const { embedding, labels } = leakyTable([250, 350], 5, 1, 3, 40)
const everyone = Int32Array.from(labels.codes.keys())
const structureOf = (table: Matrix): ReturnType<typeof tableStructure> => tableStructure(table, everyone)

/** Rows a quarter of the way to the mean of the `count` nearest, by all distances. */
function byHand({ rows: N, cols: K, data }: Matrix, near: Matrix, count: number): Matrix {
  const out = matrix(N, K)
  const distance = (i: number, j: number): number => {
    let sum = 0
    for (let k = 0; k < near.cols; k++) sum += (near.data[i * near.cols + k]! - near.data[j * near.cols + k]!) ** 2
    return sum
  }
  for (let i = 0; i < N; i++) {
    const others = Array.from({ length: N }, (_, j) => j).filter((j) => j !== i)
    const nearest = others
      .map((j) => [distance(i, j), j] as const)
      .sort(([a], [b]) => a - b)
      .slice(0, count)
    for (let k = 0; k < K; k++)
      out.data[i * K + k] =
        0.75 * data[i * K + k]! + nearest.reduce((sum, [, j]) => sum + (0.25 * data[j * K + k]!) / count, 0)
  }
  return out
}

function expectNear(found: Matrix, expected: Matrix): void {
  found.data.forEach((value, p) => expect(value).toBeCloseTo(expected.data[p]!, 5))
}

describe('rows smoothed last', () => {
  const plain = calibratedFlow(embedding, labels)
  const flow = calibratedFlow(embedding, labels, { smooth: 10 })

  test('every row of the result goes a quarter of the way to its nearest, those without a label too', () => {
    expectNear(flow.embedding, byHand(plain.embedding, plain.embedding, 10))
    for (let i = 0; i < 40; i++)
      expect(flow.embedding.data.subarray(5 * i, 5 * i + 5)).not.toEqual(embedding.data.subarray(5 * i, 5 * i + 5))
  })

  test('it is a function of the result of the flow alone', () => {
    const [again] = smoothedRows([copyMatrix(plain.embedding)], [structureOf(plain.embedding)], { smooth: 10 })
    expect(flow.embedding.data).toEqual(again!.data)
  })

  test('no label is read: a table at its null is smoothed and nothing else, whoever has which label', () => {
    const [smoothed] = smoothedRows([embedding], [structureOf(embedding)], { smooth: 10 })
    const random = randomStream(1, 'labels')
    const outcomes = [1, 2].map(() => {
      const drawn: Labels = { ...labels, codes: labels.codes.map((code) => (code < 0 ? code : random.integer(2))) }
      const { embedding: after, parameters } = calibratedFlow(embedding, drawn, { smooth: 10, level: 100 })
      expect(after.data).toEqual(smoothed!.data)
      return parameters['outcome']
    })
    expect(outcomes).toEqual(['already at null', 'already at null'])
  })

  test('what the flow found stays said, and beside it how classes differ afterwards', () => {
    const { afterSmoothing: after, smooth, ...parameters } = flow.parameters
    const { smooth: none, ...before } = plain.parameters
    expect([smooth, none]).toEqual([10, 0])
    expect(parameters).toEqual(before)
    expect(flow.parameters['outcome']).toBe('landed')
    expect(after).toEqual(afterSmoothing(plain.embedding, flow.embedding, labels, {}).found)
    const { pairs, differencesAfter } = after as {
      pairs: { ratio: number; chance: number }[]
      differencesAfter: { [family: string]: number }
    }
    expect(pairs).toHaveLength(1)
    expect(pairs[0]!.ratio).toBeLessThan(pairs[0]!.chance)
    expect(Object.keys(differencesAfter)).toEqual(['mean', 'covariance', 'shapes', 'radii'])
    expect(centroidAuc({ embedding, labels }, 2)).toBeGreaterThan(0.7)
    expect(Math.abs(centroidAuc({ embedding: flow.embedding, labels }, 5) - 0.5)).toBeLessThan(0.05)
  })

  test('differences that it brought above chance are named, and the flow has not landed', () => {
    const apart = copyMatrix(plain.embedding)
    labels.codes.forEach((code, i) => {
      if (code === 1) apart.data[5 * i]! += 1
    })
    const found = afterSmoothing(plain.embedding, apart, labels, {})
    expect(found.brought).toEqual(expect.arrayContaining(['mean', 'MMD^2 of class-0 and class-1']))
    expect(found.found['above']).toEqual(found.brought)
    expect(withSmoothing(plain.parameters, found)).toMatchObject({
      outcome: 'not landed',
      stopped: `smoothing brought ${found.brought.join(', ')} above what chance gives`,
    })
    // What stood out before was not brought by it.
    expect(afterSmoothing(apart, apart, labels, {}).brought).toEqual([])
    expect(afterSmoothing(plain.embedding, apart, labels, { level: 1000 }).brought).toEqual([])
    const spent = { outcome: 'not landed', stopped: 'all 500 passes are spent' }
    expect(withSmoothing(spent, found)).toMatchObject(spent)
  })

  test('0 is the flow as it is', () => {
    expect(calibratedFlow(embedding, labels, { smooth: 0 })).toEqual(plain)
    expect(plain.embedding.data.subarray(0, 200)).toEqual(embedding.data.subarray(0, 200))
    expect(plain.parameters['afterSmoothing']).toBeUndefined()
  })

  test('the same bytes for any number of threads', () => {
    setThreads(3)
    expect(bytesOf(calibratedFlow(embedding, labels, { smooth: 10 }).embedding.data)).toEqual(
      bytesOf(flow.embedding.data),
    )
  })

  test('leaves no fit', () => {
    expect(() => unlearners.flow.fit(embedding, labels, { smooth: 10 })).toThrow('no map for other users')
  })

  test.each([-1, 0.5, NaN, Infinity])('refuses %j', (smooth) => {
    expect(() => calibratedFlow(embedding, labels, { smooth })).toThrow(RangeError)
  })

  test('refuses more neighbours than there are, and values that hide all distances', () => {
    expect(() => calibratedFlow(embedding, labels, { smooth: 640 })).toThrow('expected smooth of at most 639')
    const far = copyMatrix(embedding)
    far.data[3] = 1e30
    expect(() => calibratedFlow(far, labels, { smooth: 10 })).toThrow('row 0, column 3')
  })
})

describe('fine structure', () => {
  test('rows that are equal stay so, few or very many', () => {
    for (const N of [600, 10_500]) {
      const random = randomStream(N, 'equal')
      const table = matrix(N, 2)
      for (let p = 0; p < 2 * N; p++) table.data[p] = random.normal()
      for (let i = 0; i < N; i += 50) table.data.copyWithin(2 * i, 0, 2)
      const all = Int32Array.from({ length: N }, (_, i) => i)
      const [out] = smoothedRows([table], [tableStructure(table, all)], { smooth: 7 })
      const groups = equalRows(out!, all).map((members) => [...members])
      expect(groups).toContainEqual([...all].filter((i) => i % 50 === 0))
    }
  })

  test('equal rows of the table as given, with a label or without, are equal at the end', () => {
    const table = copyMatrix(embedding)
    const [without, withOne] = [
      [0, 7, 30],
      [60, 100, 200, 300],
    ]
    for (const group of [without!, withOne!])
      for (const row of group) table.data.copyWithin(5 * row, 5 * group[0]!, 5 * group[0]! + 5)
    const after = calibratedFlow(table, labels, { smooth: 10 }).embedding
    expect(equalRows(after, everyone).map((members) => [...members])).toEqual([without, withOne])
  })

  test('values return to the lattice of their column, and columns of few values stand still', () => {
    const table = copyMatrix(embedding)
    table.data.forEach((value, p) => (table.data[p] = Math.round(value * 50) / 50))
    for (let i = 0; i < table.rows; i++) table.data[i * 5 + 4] = i % 3
    const { embedding: after, parameters } = calibratedFlow(table, labels, { smooth: 10 })
    expect(parameters['outcome']).toBe('landed')
    expect(columnLattices(after, everyone)).toHaveLength(5)
    for (let i = 0; i < table.rows; i++) {
      expect(after.data[i * 5 + 4]).toBe(i % 3)
      for (let k = 0; k < 4; k++) {
        const steps = after.data[i * 5 + k]! * 50
        expect(Math.abs(steps - Math.round(steps))).toBeLessThan(0.01)
      }
    }
    expect(after.data.subarray(0, 5)).not.toEqual(table.data.subarray(0, 5))
  })

  test.each([30, -30])('users without a label stay beyond the ends of a lattice, %d away', (away) => {
    const table = copyMatrix(embedding)
    labels.codes.forEach((code, i) => {
      table.data[i * 5] = Math.round(table.data[i * 5]! * 50) / 50 + (code === -1 ? away : 0)
    })
    const structure = tableStructure(table, labelledRows(labels))
    expect(structure.lattices).toMatchObject([{ kind: 'lattice', column: 0 }])
    const [after] = smoothedRows([table], [structure], { smooth: 3 })
    labels.codes.forEach((code, i) => {
      if (code === -1) expect(Math.abs(after!.data[i * 5]! - table.data[i * 5]!)).toBeLessThan(3)
    })
  })
})

describe('several tables, several attributes', () => {
  const random = randomStream(5, 'second')
  const second = matrix(640, 3)
  for (let p = 0; p < second.data.length; p++)
    second.data[p] = 10 * (embedding.data[Math.floor(p / 3) * 5 + (p % 3)]! + random.normal())

  test('neighbours are those in all tables side by side, in one unit', () => {
    const spread = ({ cols, data }: Matrix): number => {
      const columns = Array.from({ length: cols }, (_, k) => data.filter((__, p) => p % cols === k))
      return Math.sqrt(
        columns.reduce((sum, column) => {
          const mean = column.reduce((total, value) => total + value / 640, 0)
          return sum + column.reduce((total, value) => total + (value - mean) ** 2 / 640, 0)
        }, 0),
      )
    }
    const wide = matrix(640, 8)
    for (let i = 0; i < 640; i++) {
      for (let k = 0; k < 5; k++) wide.data[i * 8 + k] = embedding.data[i * 5 + k]! / spread(embedding)
      for (let k = 0; k < 3; k++) wide.data[i * 8 + 5 + k] = second.data[i * 3 + k]! / spread(second)
    }
    const out = smoothedRows([embedding, second], [embedding, second].map(structureOf), { smooth: 10 })
    expectNear(out[0]!, byHand(embedding, wide, 10))
    expectNear(out[1]!, byHand(second, wide, 10))
  })

  test('each table lands, then all are smoothed, and a derived one follows for users without a label', () => {
    const tables = { a: embedding, b: second }
    const plain = unlearnTables(tables, labels, 'flow')
    const made = unlearnTables(
      { ...tables, c: copyMatrix(embedding) },
      labels,
      'flow',
      { smooth: 10 },
      { derived: ['c'] },
    )
    const ended = [plain['a']!.embedding, plain['b']!.embedding]
    const [a, b] = smoothedRows(ended, ended.map(structureOf), { smooth: 10 })
    expect(made['a']!.embedding.data).toEqual(a!.data)
    expect(made['b']!.embedding.data).toEqual(b!.data)
    expect(made['a']!.parameters).toMatchObject({
      outcome: 'landed',
      smooth: 10,
      afterSmoothing: { pairs: [{ first: 'class-0' }] },
      together: { afterSmoothing: { pairs: [{ first: 'class-0' }] } },
    })
    for (let i = 0; i < 40; i++)
      expect(made['c']!.embedding.data.subarray(5 * i, 5 * i + 5)).not.toEqual(
        embedding.data.subarray(5 * i, 5 * i + 5),
      )
  })

  test('what was linear between tables stays so', () => {
    const double = matrix(640, 5)
    embedding.data.forEach((value, p) => (double.data[p] = 1 - 2 * value))
    const [one, two] = smoothedRows([embedding, double], [embedding, double].map(structureOf), { smooth: 10 })
    two!.data.forEach((value, p) => expect(value).toBeCloseTo(1 - 2 * one!.data[p]!, 5))
  })

  test('with several attributes rows are smoothed once, and each attribute is measured', () => {
    const other: Labels = { classes: ['x', 'y'], codes: labels.codes.map((code, i) => (code < 0 ? -1 : i % 2)) }
    const attributes = { one: labels, two: other }
    const plain = calibratedFlowJoint(embedding, attributes)
    const joint = calibratedFlowJoint(embedding, attributes, { smooth: 10 })
    const [smoothed] = smoothedRows([plain.embedding], [structureOf(plain.embedding)], { smooth: 10 })
    expect(joint.embedding.data).toEqual(smoothed!.data)
    expect(joint.parameters).toMatchObject({ smooth: 10, outcome: 'landed' })
    const { attributes: found } = joint.parameters['afterSmoothing'] as { attributes: object }
    expect(Object.keys(found)).toEqual(['one', 'two', 'one & two'])
  })
})
