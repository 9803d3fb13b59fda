/** @file Numbers as text, without locale: equal on every machine. */

import type { Estimate } from '../report-data.ts'

const minus = '\u2212'

/** `digits` decimals, with a true minus sign and no negative zero. */
export function fixed(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits)
  return value < 0 && Number(text) !== 0 ? minus + text : text
}

/** The same with an explicit plus. */
export function signed(value: number, digits: number): string {
  const text = fixed(value, digits)
  return value > 0 && Number(text) !== 0 ? `+${text}` : text
}

/** An integer with thin spaces between thousands. */
export function count(value: number): string {
  return fixed(value, 0).replace(/\B(?=(\d{3})+$)/g, '\u2009')
}

/** A share (0 to 1) in per cent. */
export function percent(share: number, digits = 0): string {
  return `${fixed(share * 100, digits)}\u00a0%`
}

/** About `digits` significant digits; very small and very large numbers keep their exponent. */
export function significant(value: number, digits = 3): string {
  if (value === 0) return '0'
  const size = Math.abs(value)
  const text =
    size >= 1e6 || size < 1e-4
      ? size
          .toExponential(digits - 1)
          .replace('e-', `e${minus}`)
          .replace('e+', 'e')
      : String(Number(size.toPrecision(digits)))
  return value < 0 ? minus + text : text
}

/** "[low, high]", or nothing without an interval. */
export function interval(estimate: Estimate, digits: number): string {
  return estimate.low === undefined || estimate.high === undefined
    ? ''
    : `[${fixed(estimate.low, digits)}, ${fixed(estimate.high, digits)}]`
}

/** "value [low, high]". */
export function estimateText(estimate: Estimate, digits: number): string {
  return `${fixed(estimate.value, digits)} ${interval(estimate, digits)}`.trimEnd()
}
