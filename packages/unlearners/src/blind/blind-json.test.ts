import { expect, test } from 'vitest'
import { bins } from '../flow/calibrate/shape-counts.ts'
import { blindFromJson, blindToJson } from './blind-json.ts'
import type { BlindMap } from './blind-map.ts'
import { neighbourMove } from './neighbour-move.ts'

const numbers = (length: number, from = 0.1): Float64Array => Float64Array.from({ length }, (_, i) => from + i / 3)
const [K, C] = [2, 2]
const shifts = [numbers(K), numbers(K, -1)]
const steps = (D: number): Float64Array => numbers(D * (bins + 1), -0.7)
const map: BlindMap = {
  centre: numbers(K),
  scales: numbers(K),
  posterior: { shares: numbers(C), frequencies: numbers(3 * K), phases: numbers(3), weights: numbers(C * (1 + K + 3)) },
  moves: [
    { kind: 'affine', map: { centre: numbers(K), change: numbers(K * K), shift: numbers(K) } },
    { kind: 'linear', of: 1, centre: numbers(K), change: numbers(K * K), shifts },
    {
      kind: 'along',
      of: 0,
      centre: numbers(K),
      along: { kind: 'columns' },
      perUnit: numbers(K),
      steps: steps(K),
      shifts,
    },
    {
      kind: 'along',
      of: 0,
      centre: numbers(K),
      along: { kind: 'directions', vectors: numbers(3 * K) },
      perUnit: numbers(3),
      steps: steps(3),
      shifts,
    },
    {
      kind: 'along',
      of: 1,
      centre: numbers(K),
      along: { kind: 'radius', unit: 1.5 },
      perUnit: numbers(1),
      steps: steps(1),
      shifts,
    },
    {
      kind: 'along',
      of: 1,
      centre: numbers(K),
      along: { kind: 'radius', unit: 1.5, through: numbers(K) },
      perUnit: numbers(1),
      steps: steps(1),
      shifts,
    },
    { kind: 'waves', of: 0, frequencies: numbers(4 * K), phases: numbers(4), amplitudes: numbers(4), shifts },
    neighbourMove(numbers(3 * K), K, 2, 0.5),
  ],
}

test('every kind of move comes back as it was', () => {
  expect(blindFromJson(JSON.parse(JSON.stringify(blindToJson(map))), 'fit', K)).toEqual(map)
})

test.each<[string, number, string, unknown, string]>([
  ['steps of other coordinates', 3, 'steps', [1, 2], 'expected steps as a list of'],
  [
    'directions of another width',
    3,
    'along',
    { kind: 'directions', vectors: [1, 2, 3] },
    'vectors: expected rows of 2 numbers, got 3',
  ],
  ['a unit of 0', 4, 'along', { kind: 'radius', unit: 0 }, 'expected unit above 0, got 0'],
  [
    'coordinates of no known kind',
    4,
    'along',
    { kind: 'spin' },
    'expected kind columns, directions or radius, got "spin"',
  ],
  ['more neighbours than references', 7, 'count', 4, 'expected count up to the references'],
  ['frequencies of another width', 6, 'frequencies', [1], 'expected frequencies as a list of 8'],
])('%s are refused', (_, move, key, value, message) => {
  const json = JSON.parse(JSON.stringify(blindToJson(map))) as { moves: Record<string, unknown>[] }
  json.moves[move]![key] = value
  expect(() => blindFromJson(json, 'fit', K)).toThrow(message)
})
