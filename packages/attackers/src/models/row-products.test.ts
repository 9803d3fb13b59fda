import { gatherRows, matrix, randomStream, type Matrix } from '@indistinct/core'
import { expect, test } from 'vitest'
import type { Attacker } from '../attacker.ts'
import { logistic } from '../attackers/logistic.ts'
import { qda } from '../attackers/qda.ts'
import { radius } from '../attackers/radius.ts'
import { svm } from '../attackers/svm.ts'
import { preparedRows, preparedSplit } from '../protocols/prepared-split.ts'
import { inputNames } from './prepared-input.ts'
import { productsOfRows, rowProducts, tableProducts } from './row-products.ts'

const random = randomStream(1, 'row-products')
/** (40, 60), one dimension constant among the known rows, on a common offset. */
const table = matrix(
  40,
  60,
  Float32Array.from({ length: 40 * 60 }, (_, p) =>
    p % 60 === 7 ? (p < 24 * 60 ? 2 : 2 + p / 3000) : 3 + random.normal(),
  ),
)
const known = Int32Array.from({ length: 24 }, (_, i) => i)
const asked = Int32Array.from({ length: 16 }, (_, i) => 24 + i)
const rows = preparedRows(gatherRows(table, known), gatherRows(table, asked))

/** Products of rows less the mean of the known ones, by their definition. */
function plainProducts(x: Matrix, y: Matrix, mean: readonly number[]): number[] {
  const out: number[] = []
  for (let i = 0; i < x.rows; i++)
    for (let k = 0; k < y.rows; k++)
      out.push(mean.reduce((sum, m, j) => sum + (x.data[i * 60 + j]! - m) * (y.data[k * 60 + j]! - m), 0))
  return out
}

function expectClose(values: ArrayLike<number>, expected: ArrayLike<number>, relative: number): void {
  const scale = Math.max(...Array.from(expected, Math.abs))
  Array.from(values).forEach((value, p) => expect(Math.abs(value - expected[p]!)).toBeLessThan(relative * scale))
  expect(values.length).toBe(expected.length)
}

test.each(inputNames)('%s: products are those of the rows that attackers are given', (name) => {
  const { known, asked } = rows.input(name)
  const mean = Array.from({ length: 60 }, (_, j) => {
    let sum = 0
    for (let i = 0; i < 24; i++) sum += known.data[i * 60 + j]! / 24
    return sum
  })
  const made = rows.products(name)!
  expectClose(made.known.data, plainProducts(known, known, mean), 1e-5)
  expectClose(made.asked.data, plainProducts(asked, known, mean), 1e-5)
  const own = plainProducts(asked, asked, mean)
  expectClose(
    made.squares,
    Array.from({ length: 16 }, (_, i) => own[i * 17]!),
    1e-5,
  )
  const origin = mean.map(() => 0)
  const lengths = plainProducts(asked, asked, origin)
  expectClose(
    made.lengths.asked,
    Array.from({ length: 16 }, (_, i) => lengths[i * 17]!),
    1e-5,
  )
})

test('some rows of a table: the same products as by themselves', () => {
  const made = productsOfRows(tableProducts(table), known, asked, 60)
  const plain = rowProducts(gatherRows(table, known), gatherRows(table, asked))
  for (const [one, other] of [
    [made.known.data, plain.known.data],
    [made.asked.data, plain.asked.data],
    [made.squares, plain.squares],
    [made.lengths.known, plain.lengths.known],
    [made.lengths.asked, plain.lengths.asked],
  ] as const)
    expectClose(one, other, 1e-12)
})

test.each(
  [logistic, qda, svm, radius].flatMap((attacker) =>
    inputNames.flatMap((input) => [2, 3].map((classes) => [attacker.name, input, classes, attacker] as const)),
  ),
)(
  '%s on %s input, %i classes: scores from products are those from rows',
  async (_, input, classes, attacker: Attacker) => {
    const codes = Int32Array.from({ length: 24 }, (_, i) => i % classes)
    const options = { classes, seed: 1 }
    const given = rows.input(input)
    const plain = await (await attacker.fit(given.known, codes, options)).scores(given.asked)
    const made = attacker.ofProducts!(rows.products(input)!, codes, options)
    expect([made.rows, made.cols]).toEqual([plain.rows, plain.cols])
    made.data.forEach((value, p) => expect(value).toBeCloseTo(plain.data[p]!, 3))
  },
)

test('rows that are no fewer than dimensions have no products taken', () => {
  const wide = preparedSplit(table, { shadow: known, scored: asked })
  expect(wide.products('raw')).toBeDefined()
  const few = matrix(40, 24, table.data.slice(0, 40 * 24))
  expect(preparedSplit(few, { shadow: known, scored: asked }).products('raw')).toBeUndefined()
})
