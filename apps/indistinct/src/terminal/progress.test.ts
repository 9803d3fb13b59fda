import { expect, test } from 'vitest'
import { duration, startProgress } from './progress.ts'

function recorded(style: 'bar' | 'lines' | 'none') {
  const written: string[] = []
  let time = 0
  const progress = startProgress(
    'fit',
    style,
    (text) => written.push(text),
    () => time,
  )
  return { written, progress, at: (milliseconds: number) => (time = milliseconds) }
}

test('off a terminal, a line after 2 seconds and every 30 after it', () => {
  const { written, progress, at } = recorded('lines')
  for (let second = 1; second <= 65; second++) {
    at(second * 1000)
    progress.update(second, 130, 'loss 0.5')
  }
  progress.end()
  expect(written).toEqual([
    'fit: 2 of 130, loss 0.5\n',
    'fit: 32 of 130, about 98 s left, loss 0.5\n',
    'fit: 62 of 130, about 68 s left, loss 0.5\n',
  ])
})

test('a share of 1 is told in per cent', () => {
  const { written, progress, at } = recorded('lines')
  at(30_000)
  progress.update(0.04, 1)
  at(60_000)
  progress.update(0.25, 1)
  expect(written).toEqual(['fit: 4 %\n', 'fit: 25 %, about 3 min left\n'])
})

test('on a terminal, a bar that is removed in the end', () => {
  const { written, progress, at } = recorded('bar')
  progress.update(1, 4)
  at(50)
  progress.update(2, 4)
  at(200)
  progress.update(3, undefined)
  progress.end()
  expect(written).toEqual([
    '\r\x1b[Kfit',
    '\r\x1b[Kfit [#####...............] 1 of 4, about 0 s left',
    '\r\x1b[Kfit 3',
    '\r\x1b[K',
  ])
})

test('quiet writes nothing', () => {
  const { written, progress, at } = recorded('none')
  at(1e9)
  progress.update(1, 2)
  progress.end()
  expect(written).toEqual([])
})

test('durations', () => {
  expect([400, 45_000, 100_000, 7_500_000].map(duration)).toEqual(['1 s', '45 s', '2 min', '2 h 5 min'])
})
