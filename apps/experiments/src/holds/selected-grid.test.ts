import { expect, test } from 'vitest'
import { holdsOf } from '../../grids/holds.ts'
import { selected } from './selected-grid.ts'

test('what is asked for, by names', () => {
  const { products } = selected(holdsOf(), {
    datasets: 'ml-100k',
    attributes: 'gender',
    methods: 'flow smooth 10',
  })
  expect(products.map(({ datasets, methods }) => [datasets[0]!.name, methods])).toEqual([
    ['ml-100k', [{ name: 'flow', options: { smooth: 10 } }]],
    ['ml-100k', [{ name: 'flow', options: { smooth: 10 } }]],
  ])
  expect(selected(holdsOf(64), {})).toEqual(holdsOf(64))
})

test.each([
  [{ methods: 'd2d-r steps 1000' }, '--methods: expected one of mean-matching,'],
  [{ methods: 'flow,leac' }, 'got "leac"'],
  [{ datasets: 'ml-101k' }, '--datasets: expected one of ml-100k, ml-1m, lastfm, oulad, got "ml-101k"'],
  [{ attributes: 'age' }, '--attributes: expected one of gender, disability, got "age"'],
  [{ datasets: 'ml-100k,oulad', attributes: 'gender', methods: 'flow smooth 10' }, 'got "oulad"'],
  [{ datasets: 'oulad', methods: 'retrain' }, 'that grids/holds.ts has together'],
])('%j is refused', (values, message) => {
  expect(() => selected(holdsOf(), values)).toThrow(message)
})
