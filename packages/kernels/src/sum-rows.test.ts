import { randomStream } from '@indistinct/core'
import { expect, test } from 'vitest'
import { setThreads, sumRows, threads } from './index.ts'

test('equals plain sums on any number of threads', () => {
  const [rows, cols] = [300, 240]
  const random = randomStream(1, 'sum-rows')
  const data = Uint16Array.from({ length: rows * cols }, () => random.integer(65536))
  const groups = [0, 1, 250, 5000].map((size) => Int32Array.from({ length: size }, () => random.integer(rows)))
  const expected = groups.flatMap((group) =>
    Array.from({ length: cols }, (_, k) => group.reduce((sum, row) => sum + data[row * cols + k]!, 0)),
  )
  const before = threads()
  for (const count of [1, 2]) {
    setThreads(count)
    expect([...sumRows({ rows, cols, data }, groups)]).toEqual(expected)
  }
  setThreads(before)
})

test('refuses rows that are not there, and columns that are no multiple of 8', () => {
  const data = new Uint16Array(16)
  expect(() => sumRows({ rows: 2, cols: 8, data }, [Int32Array.of(2)])).toThrow('expected rows in 0 .. 1, got 2')
  expect(() => sumRows({ rows: 2, cols: 7, data }, [])).toThrow('expected a multiple of 8 columns, got 7')
})
