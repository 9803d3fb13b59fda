import { expect, test } from 'vitest'
import { fiveFoldProtocol } from './five-fold-protocol.ts'
import { paperProtocol } from './paper-protocol.ts'

const rows = (from: number, count: number): Int32Array => Int32Array.from({ length: count }, (_, i) => from + i)
const classes = [rows(0, 30), rows(30, 70)]
const ofClass1 = (part: Int32Array): number => part.filter((row) => row >= 30).length

test('paper: 10 % of a balanced sample is known, the rest of it scored', () => {
  const [split, ...others] = paperProtocol.splits(classes, { seed: 1, repeat: 0 })
  expect(others).toEqual([])
  expect([split!.shadow.length, ofClass1(split!.shadow)]).toEqual([6, 3])
  expect([split!.scored.length, ofClass1(split!.scored)]).toEqual([54, 27])
  expect(new Set([...split!.shadow, ...split!.scored]).size).toBe(60)
})

test('five-fold: every user of the balanced sample is scored once and known four times', () => {
  const splits = fiveFoldProtocol.splits(classes, { seed: 1, repeat: 0 })
  expect(splits.length).toBe(5)
  const scored = splits.flatMap((split) => [...split.scored])
  expect(new Set(scored).size).toBe(60)
  expect(scored.length).toBe(60)
  for (const { shadow, scored } of splits) {
    expect([scored.length, ofClass1(scored)]).toEqual([12, 6])
    expect([shadow.length, ofClass1(shadow)]).toEqual([48, 24])
    expect([...shadow].some((row) => scored.includes(row))).toBe(false)
  }
})

test.each([paperProtocol, fiveFoldProtocol])(
  '$name: draws repeat with the seed, and differ between repeats',
  (protocol) => {
    const first = protocol.splits(classes, { seed: 1, repeat: 0 })
    expect(protocol.splits(classes, { seed: 1, repeat: 0 })).toEqual(first)
    expect(protocol.splits(classes, { seed: 1, repeat: 1 })).not.toEqual(first)
    expect(protocol.splits(classes, { seed: 2, repeat: 0 })).not.toEqual(first)
  },
)

test.each([paperProtocol, fiveFoldProtocol])(
  '$name: the smallest class it takes leaves two known users of each',
  (protocol) => {
    const small = [rows(0, protocol.smallestClass), rows(100, 500)]
    for (const { shadow } of protocol.splits(small, { seed: 1, repeat: 0 })) {
      expect(shadow.filter((row) => row < 100).length).toBeGreaterThanOrEqual(2)
    }
  },
)
