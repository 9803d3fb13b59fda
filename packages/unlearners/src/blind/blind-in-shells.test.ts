import { gatherRows, matrix, randomStream, type Labels, type Matrix } from '@indistinct/core'
import { expect, test } from 'vitest'
import { fittedFromJson, fittedToJson } from '../fitted/fitted-json.ts'
import { centroidAuc, type LeakyTable } from '../testing/leaky-tables.ts'
import { fitBlind } from './blind.ts'

/** Half of the users stand near the centre, half far from it. Class 1 goes up the first column there, and down here. */
const random = randomStream(12, 'inner and outer')
const [n, K] = [6000, 16]
const codes = Int32Array.from({ length: n }, (_, i) => i % 2)
const inner = Uint8Array.from({ length: n }, () => (random.uniform() < 0.5 ? 1 : 0))
const data = Float32Array.from({ length: n * K }, (_, p) => {
  const [i, k] = [Math.floor(p / K), p % K]
  const [near, one] = [inner[i] === 1, codes[i] === 1]
  const wider = k === 1 && one ? (near ? 1.4 : 1 / 1.1) : 1
  return (near ? 1 : 3) * wider * random.normal() + (k === 0 ? (one === near ? 0.4 : -0.4) : 0)
})
const table = matrix(n, K, data)
const labels: Labels = { classes: ['a', 'b'], codes }
const fitted = fitBlind(table, labels)
const moved = fitted.unlearned.embedding

test('where means are alike over all users but not near the centre, it goes to shells, and lands', () => {
  expect(fitted.unlearned.parameters).toMatchObject({ outcome: 'landed', shells: 3 })
  const within = (embedding: Matrix): LeakyTable => ({
    embedding,
    labels: { classes: labels.classes, codes: codes.map((code, i) => (inner[i] ? code : -1)) },
  })
  expect(centroidAuc({ embedding: table, labels }, 1)).toBeLessThan(0.53)
  expect(centroidAuc(within(table), 1)).toBeGreaterThan(0.68)
  expect(Math.abs(centroidAuc(within(moved), 1) - 0.5)).toBeLessThan(0.03)
  expect(Math.abs(centroidAuc({ embedding: moved, labels }, 1) - 0.5)).toBeLessThan(0.03)
})

test('the trace is that of the moves that were kept', () => {
  const { trace, parameters } = fitted.unlearned
  expect(trace.map(({ pass }) => pass)).toEqual(Array.from(trace.keys(), (at) => at + 1))
  expect(parameters['moves']).toBeGreaterThanOrEqual(trace.length)
})

test('a fit that went through JSON maps rows one by one to the bytes that the table has', () => {
  const read = fittedFromJson(JSON.parse(JSON.stringify(fittedToJson(fitted))))
  const rows = [17, 3, 4203]
  expect(read.apply(gatherRows(table, rows))).toEqual(gatherRows(moved, rows))
})

test.each<[string, (shells: Record<string, unknown[]>) => void, string]>([
  ['edges that fall', ({ edges }) => void edges!.reverse(), 'expected edges that rise'],
  ['shifts of another number of shells', ({ edges }) => void edges!.pop(), 'expected shifts of 32 numbers, got 48'],
  ['changes of too few shells', ({ changes }) => void changes!.pop(), 'expected changes as a list of 3'],
])('a fit file with %s is refused', (_, damage, message) => {
  const json = JSON.parse(JSON.stringify(fittedToJson(fitted))) as {
    digest?: string
    map: { maps: [{ moves: unknown }] }
  }
  delete json.digest
  const moves = json.map.maps[0].moves as (Record<string, unknown[]> & { kind: unknown })[]
  damage(moves.find(({ kind, changes }) => kind === 'shells' && changes!.length > 0)!)
  expect(() => fittedFromJson(json, 'blind.fit')).toThrow(message)
})
