import { matrix } from '@indistinct/core'
import { expect, test } from 'vitest'
import { blockRows, forEachBlock } from './score-blocks.ts'

test('blocks are as many as memory allows, and never empty', () => {
  const source = { users: 5, items: 1e7, block: () => matrix(1, 1) }
  expect(blockRows(source)).toBe(1)
  expect(blockRows({ ...source, items: 4000 })).toBe(1000)
})

test('every user is in one block', () => {
  const visited: number[] = []
  const source = { users: 5, items: 2e6, block: (from: number, to: number) => matrix(to - from, 1) }
  forEachBlock(source, ({ rows }, from) => visited.push(from, rows))
  expect(visited).toEqual([0, 2, 2, 2, 4, 1])
})
