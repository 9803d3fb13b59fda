/**
 * @file Seeded random streams. A stream is named: (seed, name, name, …) always gives the same numbers, whatever else
 * was drawn before, so that adding a draw in one place shifts nothing elsewhere.
 */

/** A stream of pseudo-random numbers; every draw advances it. */
export interface Random {
  /** Uniform in [0, 1), 32 bits of resolution. */
  uniform(): number
  /** Uniform integer in [0, n), unbiased; n at most 2^32. */
  integer(n: number): number
  /** Standard normal (Marsaglia's polar method). */
  normal(): number
}

/** The stream of `seed` under `names`; sfc32, keyed by a hash of all of them. */
export function randomStream(seed: number, ...names: (string | number)[]): Random {
  if (!Number.isSafeInteger(seed)) throw new RangeError(`randomStream: expected an integer seed, got ${seed}`)
  let [a, b, c, d] = keyOf(JSON.stringify([seed, ...names]))
  const bits = (): number => {
    const t = (((a + b) | 0) + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + t) | 0
    return t >>> 0
  }
  for (let i = 0; i < 12; i++) bits()
  return randomFrom(bits)
}

/** Draws made of `bits`, a source of integers below 2^32. */
export function randomFrom(bits: () => number): Random {
  let spare = NaN
  return {
    uniform: () => bits() / 4294967296,
    integer(n) {
      if (n === 4294967296) return bits()
      // Rejection of the incomplete last run of n keeps every value equally likely. As unsigned integers both sides are
      // divided by one instruction, as floating-point numbers by a call.
      const divisor = n >>> 0
      for (;;) {
        const draw = bits() >>> 0
        const value = draw % divisor
        if (draw - value <= 4294967296 - n) return value
      }
    },
    normal() {
      if (!Number.isNaN(spare)) {
        const value = spare
        spare = NaN
        return value
      }
      for (;;) {
        const u = bits() / 2147483648 - 1
        const v = bits() / 2147483648 - 1
        const s = u * u + v * v
        if (s >= 1 || s === 0) continue
        const scale = Math.sqrt((-2 * Math.log(s)) / s)
        spare = v * scale
        return u * scale
      }
    },
  }
}

/** Shuffles `values` in place (Fisher-Yates) and returns it. */
export function shuffle<T extends { length: number; [i: number]: number }>(values: T, random: Random): T {
  for (let i = values.length - 1; i > 0; i--) {
    const j = random.integer(i + 1)
    const held = values[i]!
    values[i] = values[j]!
    values[j] = held
  }
  return values
}

/** Four 32-bit words from text: cyrb128, which mixes every character into every word. */
function keyOf(text: string): [number, number, number, number] {
  let h1 = 1779033703
  let h2 = 3144134277
  let h3 = 1013904242
  let h4 = 2773480762
  for (let i = 0; i < text.length; i++) {
    const k = text.charCodeAt(i)
    h1 = h2 ^ Math.imul(h1 ^ k, 597399067)
    h2 = h3 ^ Math.imul(h2 ^ k, 2869860233)
    h3 = h4 ^ Math.imul(h3 ^ k, 951274213)
    h4 = h1 ^ Math.imul(h4 ^ k, 2716044179)
  }
  h1 = Math.imul(h3 ^ (h1 >>> 18), 597399067)
  h2 = Math.imul(h4 ^ (h2 >>> 22), 2869860233)
  h3 = Math.imul(h1 ^ (h3 >>> 17), 951274213)
  h4 = Math.imul(h2 ^ (h4 >>> 19), 2716044179)
  return [h1 ^ h2 ^ h3 ^ h4, h2 ^ h1, h3 ^ h1, h4 ^ h1]
}
