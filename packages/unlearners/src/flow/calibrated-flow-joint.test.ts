import { matrix, randomStream, type Labels, type Matrix } from '@indistinct/core'
import { d2d } from '@indistinct/losses'
import { describe, expect, test } from 'vitest'
import { calibratedFlow } from './calibrated-flow.ts'
import { calibratedFlowJoint } from './calibrated-flow-joint.ts'
import { intersection } from './intersection.ts'
import { centroidAuc, leakyTable } from '../testing/leaky-tables.ts'

const classes = ['no', 'yes']

/**
 * Three attributes that shift users along directions of their own; a and b together along one more: where they agree.
 */
function threeAttributes(N: number, K: number): { embedding: Matrix; attributes: Record<string, Labels> } {
  const random = randomStream(5, 'three attributes')
  const draw = (): Int32Array => Int32Array.from({ length: N }, () => (random.uniform() < 0.45 ? 1 : 0))
  const [a, b, c] = [draw(), draw(), draw()]
  // c goes with a.
  for (let i = 0; i < N; i++) if (random.uniform() < 0.4) c![i] = a![i]!
  const embedding = matrix(N, K)
  for (let i = 0; i < N; i++) {
    for (let k = 0; k < K; k++) embedding.data[i * K + k] = random.normal()
    embedding.data[i * K]! += 0.9 * a![i]!
    embedding.data[i * K + 1]! += 0.9 * b![i]!
    embedding.data[i * K + 2]! += 0.9 * c![i]!
    embedding.data[i * K + 3]! += a![i]! === b![i]! ? 0.9 : 0
  }
  return { embedding, attributes: { a: { classes, codes: a! }, b: { classes, codes: b! }, c: { classes, codes: c! } } }
}

describe('intersection', () => {
  const labels = (codes: number[]): Labels => ({ classes, codes: Int32Array.from(codes) })

  test('one class a combination, small ones together, none where a label is missing', () => {
    const cells = intersection({ a: labels([0, 0, 1, 1, 1, 0, -1]), b: labels([0, 0, 1, 1, 0, 1, 0]) }, 2)
    expect(cells.classes).toEqual(['no & no', 'yes & yes', 'other'])
    expect([...cells.codes]).toEqual([0, 0, 1, 1, 2, 2, -1])
  })

  test('what is merged is told from a label of that name', () => {
    const jobs: Labels = { classes: ['clerk', 'doctor', 'other', 'poet'], codes: Int32Array.of(0, 0, 1, 2, 2, 3) }
    expect(intersection({ jobs }, 2).classes).toEqual(['clerk', 'other', 'all others'])
  })

  test('combinations too few even together are left out', () => {
    const cells = intersection({ a: labels([0, 0, 1, 1, 1]), b: labels([0, 0, 1, 1, 0]) }, 2)
    expect(cells.classes).toEqual(['no & no', 'yes & yes'])
    expect([...cells.codes]).toEqual([0, 0, 1, 1, -1])
  })
})

describe('calibratedFlowJoint', () => {
  const { embedding, attributes } = threeAttributes(700, 8)
  const result = calibratedFlowJoint(embedding, attributes)
  const worst = (table: Matrix, labels: Labels): number =>
    Math.max(...d2d(table, labels).pairs.map(({ value, nullValue }) => value / nullValue))

  test('three attributes and their intersection end on their nulls, and a linear attacker at chance on each', () => {
    const cells = intersection(attributes, 20)
    expect(cells.classes.length).toBe(8)
    for (const labels of [...Object.values(attributes), cells]) {
      expect(worst(embedding, labels)).toBeGreaterThan(2)
      expect(worst(result.embedding, labels)).toBeLessThan(1.051)
    }
    for (const labels of Object.values(attributes)) {
      expect(centroidAuc({ embedding, labels }, 2)).toBeGreaterThan(0.65)
      expect(Math.abs(centroidAuc({ embedding: result.embedding, labels }, 2) - 0.5)).toBeLessThan(0.06)
    }
    expect(Object.keys(result.parameters['attributes'] as object)).toEqual(['a', 'b', 'c', 'a & b & c'])
  })

  test('one after the other, without the intersection, leaves whether two agree', () => {
    let table = embedding
    for (const labels of Object.values(attributes)) table = calibratedFlow(table, labels).embedding
    const agree: Labels = {
      classes,
      codes: attributes['a']!.codes.map((code, i) => (code === attributes['b']!.codes[i] ? 1 : 0)),
    }
    expect(centroidAuc({ embedding: table, labels: agree }, 2)).toBeGreaterThan(0.6)
    expect(Math.abs(centroidAuc({ embedding: result.embedding, labels: agree }, 2) - 0.5)).toBeLessThan(0.07)
  })

  test('eighteen labels, of 7 users and more, land with another attribute', () => {
    const many = leakyTable(
      Array.from({ length: 18 }, (_, c) => 7 + 2 * c),
      8,
      1,
      1,
    )
    const agree: Labels = { classes, codes: many.labels.codes.map((_, i) => i % 2) }
    const together = calibratedFlowJoint(many.embedding, { job: many.labels, agree })
    expect(worst(many.embedding, many.labels)).toBeGreaterThan(3)
    for (const labels of [many.labels, agree]) expect(worst(together.embedding, labels)).toBeLessThan(1.051)
  })

  test('equal bytes again, the table that went in as it was, and users without any label unmoved', () => {
    const blank = { ...attributes['a']!, codes: attributes['a']!.codes.map((code, i) => (i < 10 ? -1 : code)) }
    const copy = embedding.data.slice()
    const [one, two] = [0, 1].map(() => calibratedFlowJoint(embedding, { a: blank }))
    expect(one!.embedding.data).toEqual(two!.embedding.data)
    expect(embedding.data).toEqual(copy)
    expect(one!.embedding.data.subarray(0, 80)).toEqual(copy.subarray(0, 80))
  })

  test('refuses no attribute, names the one that is unusable, and says which did not land', () => {
    expect(() => calibratedFlowJoint(embedding, {})).toThrow(
      'calibratedFlowJoint: expected at least one attribute, got none',
    )
    expect(() =>
      calibratedFlowJoint(embedding, { a: attributes['a']!, b: { classes, codes: new Int32Array(700) } }),
    ).toThrow('calibratedFlowJoint, b: expected users of at least two classes')
    expect(calibratedFlowJoint(embedding, attributes, { maxRounds: 1, jointTolerance: 1e-9 }).parameters).toMatchObject(
      { outcome: 'not landed', stopped: 'all 1 rounds are spent' },
    )
  })
})
