/** @file bfloat16, the upper half of a float32, to and from numbers, for files that hold it. */

const bits = new Uint32Array(1)
const single = new Float32Array(bits.buffer, 0, 1)

/** The number that the 16 bits of `half` stand for; float32 holds all of them exactly. */
export function fromBfloat16(half: number): number {
  bits[0] = half << 16
  return single[0]!
}

/** The bits of the bfloat16 nearest to the float32 `value`, ties to even; beyond 3.39e38 and half a step, infinity. */
export function toBfloat16(value: number): number {
  single[0] = value
  const word = bits[0]!
  // A rounded NaN could become an infinity: one bit of its fraction stays set.
  if ((word & 0x7fffffff) > 0x7f800000) return (word >>> 16) | 0x40
  return (word + 0x7fff + ((word >>> 16) & 1)) >>> 16
}

/** The nearest value that bfloat16 holds. */
export function roundToBfloat16(value: number): number {
  return fromBfloat16(toBfloat16(value))
}
