/** @file Places for the names of points in a chart, so that they cover neither marks nor each other. */

export interface LabelPlace {
  /** Where the text is anchored, on its baseline. */
  readonly x: number
  readonly y: number
  readonly anchor: 'start' | 'middle' | 'end'
}

export type Box = readonly [left: number, top: number, right: number, bottom: number]

const ascent = 9
const descent = 3

/**
 * A place beside each mark for a text of the given width, in drawing units (y downwards). Takes the marks from top to
 * bottom and for each the first of ten places around it that is free and inside `frame`, or else the one that covers
 * least of marks, other texts and `obstacles`.
 */
export function placeLabels(
  marks: readonly { x: number; y: number }[],
  widths: readonly number[],
  frame: Box,
  obstacles: readonly Box[] = [],
): LabelPlace[] {
  const taken: Box[] = [...marks.map(({ x, y }): Box => [x - 5, y - 5, x + 5, y + 5]), ...obstacles]
  const order = marks.map((_, p) => p).sort((a, b) => marks[a]!.y - marks[b]!.y || marks[a]!.x - marks[b]!.x || a - b)
  const places = new Array<LabelPlace>(marks.length)
  for (const p of order) {
    const { x, y } = marks[p]!
    const width = widths[p]!
    let best: { cost: number; place: LabelPlace; box: Box } | undefined
    for (const place of candidates(x, y)) {
      const left = place.anchor === 'start' ? place.x : place.anchor === 'end' ? place.x - width : place.x - width / 2
      const box: Box = [left, place.y - ascent, left + width, place.y + descent]
      const inside = overlap(box, frame)
      // What lies outside the frame is cut off or runs into the axis: as bad as covering.
      const cost = taken.reduce((sum, other) => sum + overlap(box, other), width * (ascent + descent) - inside)
      if (!best || cost < best.cost - 1e-9) best = { cost, place, box }
    }
    places[p] = best!.place
    taken.push(best!.box)
  }
  return places
}

function candidates(x: number, y: number): LabelPlace[] {
  return [
    { x: x + 8, y: y + 4, anchor: 'start' },
    { x: x - 8, y: y + 4, anchor: 'end' },
    { x, y: y - 9, anchor: 'middle' },
    { x, y: y + 17, anchor: 'middle' },
    { x: x + 6, y: y - 7, anchor: 'start' },
    { x: x + 6, y: y + 15, anchor: 'start' },
    { x: x - 6, y: y - 7, anchor: 'end' },
    { x: x - 6, y: y + 15, anchor: 'end' },
    { x, y: y - 22, anchor: 'middle' },
    { x, y: y + 30, anchor: 'middle' },
  ]
}

/** Area that two boxes share. */
function overlap(a: Box, b: Box): number {
  return (
    Math.max(0, Math.min(a[2], b[2]) - Math.max(a[0], b[0])) * Math.max(0, Math.min(a[3], b[3]) - Math.max(a[1], b[1]))
  )
}
