import { attack, logistic } from '@indistinct/attackers'
import { csrFromPairs, gatherRows, matrix, randomStream, shuffle, type Labels, type Matrix } from '@indistinct/core'
import { scoreTopK } from '@indistinct/kernels'
import { solveRows } from '@indistinct/recommenders'
import { describe, expect, test } from 'vitest'
import { listIndicators } from './observed-tables.ts'
import { reducedScores } from './reduced-scores.ts'
import { surrogateItems, surrogateVectors } from './surrogate-vectors.ts'

const [users, items, K] = [300, 6000, 8]
const random = randomStream(3, 'surrogate-vectors-test')
const normal = (rows: number, scale: number): Matrix =>
  matrix(
    rows,
    K,
    Float32Array.from({ length: rows * K }, () => scale * random.normal()),
  )
const labels: Labels = { classes: ['a', 'b'], codes: Int32Array.from({ length: users }, (_, u) => u % 2) }
/** All of one length: else the longest are on every list. */
const of = ((): Matrix => {
  const drawn = normal(items, 1)
  return matrix(
    items,
    K,
    drawn.data.map(
      (value, p) => value / Math.hypot(...drawn.data.subarray(K * Math.floor(p / K), K * Math.floor(p / K) + K)),
    ),
  )
})()
/** Labels lie two standard deviations apart along one direction of taste. */
const tastes = matrix(
  users,
  K,
  normal(users, 1).data.map((value, p) => (p % K === 0 ? value + 2 * labels.codes[Math.floor(p / K)]! : value)),
)
const lists = scoreTopK(tastes, of, undefined, 10)
/** Another model of the same items: turned, scaled, and with noise of its own. */
const surrogate = ((): Matrix => {
  const [turned, noise] = [matrix(items, K), normal(items, 0.2)]
  for (let i = 0; i < items; i++)
    for (let k = 0; k < K; k++)
      turned.data[i * K + k] = 0.2 * (of.data[i * K + ((k + 3) % K)]! * (k % 2 === 0 ? 1 : -1) + noise.data[i * K + k]!)
  return turned
})()

const told = async (table: Matrix, of: Labels): Promise<number> =>
  (await attack(table, of, logistic, { protocol: 'five-fold', seed: 1, repeats: 1, standardise: true })).auc.value
const shuffled: Labels = {
  ...labels,
  codes: shuffle(labels.codes.slice(), randomStream(1, 'surrogate-vectors-labels')),
}
/** Three standard errors of an AUC of 150 and 150 users, widened for cross-validation. */
const chance = 3 * Math.SQRT2 * Math.sqrt(301 / (12 * 150 * 150))

describe('an attacker who sees lists of ten alone', () => {
  const rebuilt = surrogateVectors(lists, users, surrogate)

  test('finds a planted leak by a surrogate, more of it than without', async () => {
    const auc = await told(rebuilt, labels)
    const without = await told(reducedScores(listIndicators(lists, users, items), { width: 32, seed: 1 }).table, labels)
    // Of the vectors themselves the best attacker has Phi(2 / sqrt 2) = 0.92.
    expect(auc).toBeGreaterThan(0.85)
    expect(auc).toBeLessThan(0.95)
    expect(auc).toBeGreaterThan(without + 0.05)
  })

  test('finds nothing where labels say nothing; where all lists are one, all vectors are', async () => {
    expect(Math.abs((await told(rebuilt, shuffled)) - 0.5)).toBeLessThan(chance)
    const same = surrogateVectors(
      lists.map((_, at) => lists[at % 10]!),
      users,
      surrogate,
    )
    for (let u = 1; u < users; u++) expect(same.data.subarray(u * K, (u + 1) * K)).toEqual(same.data.subarray(0, K))
  })

  test('a surrogate that knows nothing of the items tells little', async () => {
    expect(await told(surrogateVectors(lists, users, normal(items, 0.3)), labels)).toBeLessThan(
      (await told(rebuilt, labels)) - 0.1,
    )
  })
})

test('the vector is the least-squares solution for the listed items, and no item counts for none', () => {
  const few = gatherRows(
    surrogate,
    Int32Array.from({ length: 40 }, (_, i) => i),
  )
  const got = surrogateVectors(Int32Array.of(3, 7, -1, -1, -1, -1), 2, few, { alpha: 4, l2: 0.5 })
  const wanted = matrix(2, K)
  solveRows(wanted, few, csrFromPairs(2, 40, Int32Array.of(0, 0), Int32Array.of(3, 7)), { alpha: 4, l2: 0.5 })
  expect(got).toEqual(wanted)
  expect([...got.data.subarray(K)]).toEqual(new Array(K).fill(0))
})

test('lists that do not fit are refused', () => {
  expect(() => surrogateVectors(new Int32Array(7), 2, surrogate)).toThrow(
    'surrogateVectors: expected a multiple of 2 list entries, got 7',
  )
  expect(() => surrogateVectors(Int32Array.of(items), 1, surrogate)).toThrow(
    'surrogateVectors: expected items from 0 to 5999, or -1 for none, got 6000',
  )
  expect(() => surrogateVectors(Int32Array.of(1), 1, surrogate, { l2: 0 })).toThrow(
    'expected alpha and l2 above 0, got 10 and 0',
  )
})

test('items of a surrogate that is trained: those that go together are alike', () => {
  const rows: number[] = []
  const cols: number[] = []
  const draw = randomStream(5, 'surrogate-items-test')
  for (let u = 0; u < 80; u++) {
    for (let n = 0; n < 12; n++) {
      rows.push(u)
      cols.push(2 * draw.integer(20) + (u % 2))
    }
  }
  const pairs = [...new Set(rows.map((row, at) => `${row} ${cols[at]!}`))].map((pair) => pair.split(' ').map(Number))
  const train = csrFromPairs(
    80,
    40,
    Int32Array.from(pairs, ([row]) => row!),
    Int32Array.from(pairs, ([, col]) => col!),
  )
  const empty = csrFromPairs(80, 40, new Int32Array(0), new Int32Array(0))
  const trained = surrogateItems({ users: 80, items: 40, train, validation: empty }, { seed: 1 })
  expect([trained.rows, trained.cols]).toEqual([40, 16])
  const product = (i: number, j: number): number =>
    trained.data.subarray(16 * i, 16 * (i + 1)).reduce((sum, value, k) => sum + value * trained.data[16 * j + k]!, 0)
  const mean = (parity: number): number =>
    Array.from({ length: 19 }, (_, n) => product(0, 2 * n + 2 - parity)).reduce((a, b) => a + b) / 19
  expect(mean(0)).toBeGreaterThan(4 * Math.abs(mean(1)))
})
