/** @file A linear map from data to drawing units, and round ticks. */

export interface Scale {
  (value: number): number
  readonly domain: readonly [number, number]
}

/** Maps `domain` onto `range`; a domain without length maps to the middle of the range. */
export function linearScale(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const span = domain[1] - domain[0]
  const map = (value: number): number =>
    span === 0 ? (range[0] + range[1]) / 2 : range[0] + ((value - domain[0]) / span) * (range[1] - range[0])
  return Object.assign(map, { domain })
}

/** About `wanted` round numbers (steps of 1, 2 or 5 times a power of ten) inside `domain`. */
export function ticks([from, to]: readonly [number, number], wanted: number): { values: number[]; digits: number } {
  if (!(to > from)) return { values: [from], digits: 2 }
  const rough = (to - from) / wanted
  const power = Math.floor(Math.log10(rough))
  const lead = rough / 10 ** power
  const step = (lead < 1.5 ? 1 : lead < 3.5 ? 2 : lead < 7.5 ? 5 : 10) * 10 ** power
  const values: number[] = []
  // Whole multiples of the step, so that rounding errors do not add up; the slack keeps ends that are ticks themselves.
  for (let i = Math.ceil(from / step - 1e-9); i <= to / step + 1e-9; i++) values.push(i * step)
  return { values, digits: Math.min(12, Math.max(0, -Math.floor(Math.log10(step) + 1e-9))) }
}
