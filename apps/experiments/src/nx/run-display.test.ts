import { expandGrid } from '@indistinct/stages'
import { expect, test } from 'vitest'
import { main } from '../../grids/main.ts'
import { runDisplay, secondsLeft } from './run-display.ts'

const expanded = expandGrid(main)
const total = expanded.nodes.length

function shown(isTTY: boolean, act: (display: ReturnType<typeof runDisplay>) => void): string {
  let text = ''
  const display = runDisplay(expanded, { isTTY, columns: 80, write: (part: string) => (text += part) }, () => 3)
  act(display)
  display.close()
  return text
}

test('each stage that ends gets one line, however it ends', () => {
  const [a, b, c] = expanded.nodes.map((node) => node.id) as [string, string, string]
  const text = shown(false, (display) => {
    display.cached(a)
    display.progress({ id: b, state: 'running', share: 0.5 })
    display.progress({ id: b, state: 'done', seconds: 1.26 })
    // Nx names a task once more when all is over.
    display.cached(b)
    display.progress({ id: c, state: 'failed', code: 3 })
  })
  expect(text).toBe(`[ 1/${total}] ${a} cached\n[ 2/${total}] ${b} 1.3 s\n[ 3/${total}] ${c} failed\n`)
})

test('a run that waits for another says so', () => {
  expect(shown(false, (display) => display.waiting('process 123 on here'))).toBe(
    'another run is under way in this workspace: process 123 on here\n',
  )
})

test('without a terminal nothing is redrawn', () => {
  expect(shown(false, (display) => display.progress({ id: 'x', state: 'running', share: 0.1 }))).not.toContain('\u001b')
})

test('what is left is estimated from stages that ran, by kind where one of it did', () => {
  const train = { kind: 'train-a', expected: 15 }
  // Before the first has run, as is expected.
  expect(secondsLeft([train], [], 2)).toBe((1 + 15) / 2)
  const ran = [29, 31].map((seconds) => ({ ...train, seconds }))
  expect(secondsLeft([train], ran, 1)).toBe(1 + 30)
  // Under settings that are expected to take ten times as long, those of its kind tell how the machine compares.
  expect(secondsLeft([{ ...train, expected: 150 }], ran, 1)).toBe(1 + 300)
  // Training took twice the 15 seconds expected of it, and so will two attacks of 3, two at a time.
  const attack = { kind: 'attack-a', expected: 3 }
  expect(secondsLeft([attack, attack], ran, 2)).toBe(1 + 6)
})

test('of a stage that runs, less is left the more of it is done, at its own pace in the end', () => {
  const leftAt = (share: number, passed: number) =>
    secondsLeft([{ kind: 'train-a', expected: 100, share, passed }], [], 1) - 1
  expect(leftAt(0, 30)).toBe(70)
  expect(leftAt(0, 130)).toBe(0)
  // Three times as slow as expected: 300 seconds in all.
  const far = [0.25, 0.5, 0.75, 0.9, 0.99].map((share) => leftAt(share, 300 * share))
  expect([...far].sort((a, b) => b - a)).toEqual(far)
  expect(far[0]).toBeCloseTo(0.75 * (0.75 * 100 + 75))
  expect(far[4]).toBeCloseTo(3, 1)
  // Sixty times as slow as expected: its pace tells, however little is done.
  expect(leftAt(0.05, 300)).toBeCloseTo((300 / 0.05) * 0.95)
})
