/** @file Numbers as text and back, with no digit lost. */

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/

/** The number that a cell holds, or NaN where it is no finite decimal number ("", "NaN", "inf", "0x10", "1_000"). */
export function parseDecimal(text: string): number {
  if (!DECIMAL.test(text)) return NaN
  const value = Number(text)
  return Number.isFinite(value) ? value : NaN
}

/** The shortest decimal text that reads back as the float32 `value`, at most 9 significant digits. */
export function float32Text(value: number): string {
  if (Object.is(value, -0)) return '-0'
  // Most values of a trained table need 8 digits, so the search starts there.
  let shortest = Number(value.toPrecision(8))
  if (Math.fround(shortest) !== value) return String(Number(value.toPrecision(9)))
  for (let digits = 7; digits >= 6; digits--) {
    const shorter = Number(value.toPrecision(digits))
    if (Math.fround(shorter) !== value) break
    shortest = shorter
  }
  return String(shortest)
}

/** The shortest decimal text that reads back as the float64 `value`. */
export function float64Text(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value)
}

/** Whether the decimal `value` says no more than its float32 rounding, written shortest, does. */
export function fitsFloat32(value: number): boolean {
  const rounded = Math.fround(value)
  return value === rounded || Number(float32Text(rounded)) === value
}
