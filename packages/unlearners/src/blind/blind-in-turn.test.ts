import { copyMatrix, matrix, randomStream, type Labels, type Matrix } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { fittedFromJson, fittedToJson } from '../fitted/fitted-json.ts'
import { mapUnlabelled } from '../fitted/fitted-unlearner.ts'
import { intersection } from '../flow/intersection.ts'
import { centroidAuc } from '../testing/leaky-tables.ts'
import { fitBlind } from './blind.ts'
import { fitBlindInTurn, fitBlindValues } from './blind-in-turn.ts'

const [N, K] = [1500, 6]
const random = randomStream(5, 'blind in turn')
const draw = (share: number): Int32Array => Int32Array.from({ length: N }, () => (random.uniform() < share ? 1 : 0))
const [sexes, ages] = [draw(0.4), draw(0.5)]
/** One column tells each attribute, and one whether they agree. */
const table = matrix(
  N,
  K,
  Float32Array.from({ length: N * K }, (_, p) => {
    const [i, k] = [Math.floor(p / K), p % K]
    const told = k === 0 ? sexes[i]! : k === 1 ? ages[i]! : k === 2 && sexes[i] === ages[i] ? 1 : 0
    return random.normal() + told
  }),
)
const gender: Labels = { classes: ['F', 'M'], codes: sexes }
const age: Labels = { classes: ['young', 'old'], codes: ages.map((code, i) => (i % 100 === 7 ? -1 : code)) }
const agree: Labels = { classes: ['no', 'yes'], codes: sexes.map((code, i) => (code === ages[i] ? 1 : 0)) }
const fitted = fitBlindInTurn(table, { gender, age })
const told = (embedding: Matrix, labels: Labels): number => centroidAuc({ embedding, labels }, 3)

test('two attributes, and where they meet, are told before and not after', () => {
  expect(fitted.unlearned.parameters['outcome']).toBe('landed')
  expect(Object.keys(fitted.unlearned.parameters['attributes'] as object)).toEqual(['gender', 'age', 'gender & age'])
  for (const labels of [gender, age, agree]) {
    expect(told(table, labels)).toBeGreaterThan(0.7)
    expect(Math.abs(told(fitted.unlearned.embedding, labels) - 0.5)).toBeLessThan(0.05)
  }
  // Hiding one alone leaves the other.
  expect(told(fitBlind(table, gender).unlearned.embedding, age)).toBeGreaterThan(0.7)
})

test('one map: equal rows stay equal, users without any label can be mapped, and JSON keeps the bytes', () => {
  const twins = copyMatrix(table)
  const same = [3, 700, 1499]
  for (const i of same) twins.data.copyWithin(i * K, 0, K)
  const moved = fitBlindInTurn(twins, { gender, age }).unlearned.embedding
  for (const i of same) expect(moved.data.subarray(i * K, i * K + K)).toEqual(moved.data.subarray(0, K))
  const read = fittedFromJson(JSON.parse(JSON.stringify(fittedToJson(fitted))))
  expect(read.apply(table)).toEqual(fitted.unlearned.embedding)
  const nobody: Labels = { classes: gender.classes, codes: new Int32Array(N).fill(-1) }
  expect(mapUnlabelled(fitted, table, nobody)).toEqual(fitted.unlearned.embedding)
})

test('users with a label of any attribute move, others stay; the same bytes again', () => {
  const some = (labels: Labels): Labels => ({ ...labels, codes: labels.codes.map((code, i) => (i < 10 ? -1 : code)) })
  const attributes = { gender: some(gender), age: { ...some(age), codes: some(age).codes.fill(1, 5, 6) } }
  const { embedding } = fitBlindInTurn(table, attributes).unlearned
  const rowOf = (m: Matrix, i: number): Float32Array => m.data.subarray(i * K, i * K + K)
  expect(rowOf(embedding, 4)).toEqual(rowOf(table, 4))
  expect(rowOf(embedding, 5)).not.toEqual(rowOf(table, 5))
  expect(fitBlindInTurn(table, attributes).unlearned.embedding).toEqual(embedding)
})

describe('a number', () => {
  const values = Float64Array.from({ length: N }, (_, i) => (i < 20 ? NaN : 18 + 60 * random.uniform()))
  const at = (i: number): number => (Number.isNaN(values[i]!) ? 0 : (values[i]! - 48) / 17)
  /** Columns that grow with it, and with its square, and one that is wider where it is large. */
  const leaky = (wider: number, grows: number): Matrix => {
    const noise = randomStream(6, 'a number told')
    const data = Float32Array.from({ length: N * K }, (_, p) => {
      const [i, k] = [Math.floor(p / K), p % K]
      const told = k === 0 ? at(i) : k === 2 ? at(i) ** 2 : 0
      return noise.normal() * (k === 1 ? Math.exp(wider * at(i)) : 1) + grows * told
    })
    return matrix(N, K, data)
  }
  type Ratios = Record<'curvesBefore' | 'curvesAfter' | 'curvesByChance', { means: number; products: number }>

  test('what columns, and their spread, tell of it goes down to chance', () => {
    const table = leaky(0.25, 0.5)
    const { embedding, parameters } = fitBlindValues(table, values).unlearned
    const { curvesBefore, curvesAfter, curvesByChance } = parameters as unknown as Ratios
    expect(parameters['outcome']).toBe('landed')
    for (const kind of ['means', 'products'] as const) {
      expect(curvesBefore[kind]).toBeGreaterThan(2 * curvesByChance[kind])
      expect(curvesAfter[kind]).toBeLessThan(curvesByChance[kind])
    }
    expect(embedding.data.subarray(0, 20 * K)).toEqual(table.data.subarray(0, 20 * K))
    expect(() => fitBlindValues(table, values.subarray(1))).toThrow('for each of 1500 rows, got 1499')
  })

  test('where what is left is more than chance, as of a spread alone, that is said', () => {
    const { parameters } = fitBlindValues(leaky(0.25, 0), values).unlearned
    expect(parameters).toMatchObject({ outcome: 'not landed', above: ['products'] })
    const { curvesBefore, curvesAfter } = parameters as unknown as Ratios
    expect(curvesAfter.products).toBeLessThan(curvesBefore.products)
  })
})

test('attributes that the table does not tell: nobody moves', () => {
  const other = (labels: Labels): Labels => ({ classes: labels.classes, codes: draw(0.3) })
  const { unlearned } = fitBlindInTurn(table, { a: other(gender), b: other(age) })
  expect(unlearned.parameters['outcome']).toBe('already at null')
  expect(unlearned.embedding).toEqual(table)
  expect(() => fitBlindInTurn(table, {})).toThrow('expected at least one attribute, got none')
  expect(intersection({ gender, age }, 20).classes.length).toBe(4)
})
