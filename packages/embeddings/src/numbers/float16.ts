/** @file IEEE 754 half precision (float16) to and from numbers, for files that hold it. */

/** Largest finite float16. */
export const MAX_FLOAT16 = 65504

const bits = new Uint32Array(1)
const single = new Float32Array(bits.buffer, 0, 1)

/** The values of all 65,536 bit patterns, made at the first use. */
let table: Float32Array | undefined

/** The number that the 16 bits of `half` stand for; float32 holds all of them exactly. */
export function fromFloat16(half: number): number {
  return (table ??= Float32Array.from({ length: 65536 }, (_, pattern) => decode(pattern)))[half]!
}

function decode(half: number): number {
  const sign = half & 0x8000 ? -1 : 1
  const exponent = (half >> 10) & 0x1f
  const fraction = half & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** The bits of the float16 nearest to `value`, ties to even; beyond {@link MAX_FLOAT16} and half a step, infinity. */
export function toFloat16(value: number): number {
  // Through float32 first. float64 values are rounded to it when a table is read, so no rounding happens twice here.
  single[0] = value
  const word = bits[0]!
  const sign = (word >>> 16) & 0x8000
  const exponent = (word >>> 23) & 0xff
  const fraction = word & 0x7fffff
  if (exponent === 0xff) return sign | 0x7c00 | (fraction === 0 ? 0 : 0x200)
  const power = exponent - 127
  if (power > 15) return sign | 0x7c00
  if (power >= -14) {
    const kept = ((power + 15) << 10) | (fraction >> 13)
    return sign | roundToEven(kept, fraction & 0x1fff, 0x1000)
  }
  if (power < -25) return sign
  // Below 2^-14 float16 is subnormal: the leading one becomes part of the fraction.
  const shift = -power - 1
  const whole = fraction | 0x800000
  return sign | roundToEven(whole >> shift, whole & ((1 << shift) - 1), 1 << (shift - 1))
}

/** A carry out of the fraction moves into the exponent, up to infinity, as it should. */
function roundToEven(kept: number, rest: number, half: number): number {
  return rest > half || (rest === half && (kept & 1) === 1) ? kept + 1 : kept
}

/** The nearest value that float16 holds. */
export function roundToFloat16(value: number): number {
  return fromFloat16(toFloat16(value))
}
