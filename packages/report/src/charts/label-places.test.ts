import { describe, expect, test } from 'vitest'
import { placeLabels, type LabelPlace } from './label-places.ts'

const frame = [0, 0, 600, 400] as const

/** Left, top, right and bottom of a text 60 wide. */
function boxOf({ x, y, anchor }: LabelPlace): [number, number, number, number] {
  const left = anchor === 'start' ? x : anchor === 'end' ? x - 60 : x - 30
  return [left, y - 9, left + 60, y + 3]
}

function touch(a: readonly number[], b: readonly number[]): boolean {
  return a[0]! < b[2]! && b[0]! < a[2]! && a[1]! < b[3]! && b[1]! < a[3]!
}

describe('placeLabels', () => {
  test('a lone mark has its name on the right', () => {
    expect(placeLabels([{ x: 100, y: 100 }], [60], frame)).toEqual([{ x: 108, y: 104, anchor: 'start' }])
  })

  test('names keep off each other, off marks and inside the frame', () => {
    const marks = [
      { x: 100, y: 100 },
      { x: 112, y: 104 },
      { x: 96, y: 112 },
      { x: 590, y: 200 },
      { x: 300, y: 5 },
      { x: 300, y: 396 },
    ]
    const boxes = placeLabels(
      marks,
      marks.map(() => 60),
      frame,
    ).map(boxOf)
    boxes.forEach((box, p) => {
      for (const other of boxes.slice(0, p)) expect(touch(box, other)).toBe(false)
      for (const { x, y } of marks) expect(touch(box, [x - 4, y - 4, x + 4, y + 4])).toBe(false)
      expect(box[0] >= 0 && box[1] >= 0 && box[2] <= 600 && box[3] <= 400).toBe(true)
    })
  })

  test('obstacles are kept off, and where nothing is free the least is covered', () => {
    const right = [105, 90, 200, 110] as const
    expect(placeLabels([{ x: 100, y: 100 }], [60], frame, [right])[0]!.anchor).toBe('end')
    expect(placeLabels([{ x: 100, y: 100 }], [60], frame, [right, [0, 0, 600, 400]])).toHaveLength(1)
  })
})
