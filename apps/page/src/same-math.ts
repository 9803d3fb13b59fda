/**
 * @file exp, log, log1p, sin and cos as V8 had them for years (fdlibm 5.3, Sun Microsystems: freely granted). Browsers
 * round these in ways of their own: a result would differ in its last digits from that of the command line. The ports
 * that npm has bring 150 packages.
 */

const value = new Float64Array(1)
/** Little-endian: the lower half stands first. */
const halves = new Uint32Array(value.buffer, 0, 2)

function highOf(x: number): number {
  value[0] = x
  return halves[1]! | 0
}

/** `x` with `high` for its upper half. */
function withHigh(x: number, high: number): number {
  value[0] = x
  halves[1] = high
  return value[0]!
}

const LN2_HIGH = 6.9314718036912381649e-1
const LN2_LOW = 1.90821492927058770002e-10

/** The value of a polynomial, coefficients from the lowest. */
function horner(z: number, coefficients: readonly number[]): number {
  let sum = coefficients.at(-1)!
  for (let at = coefficients.length - 2; at >= 0; at--) sum = coefficients[at]! + z * sum
  return sum
}

const EXP = [
  1.66666666666666019037e-1, -2.77777777770155933842e-3, 6.61375632143793436117e-5, -1.6533902205465251539e-6,
  4.13813679705723846039e-8,
]

export function exp(x: number): number {
  const high = highOf(x) & 0x7fffffff
  const negative = x < 0
  if (high >= 0x40862e42) {
    if (Number.isNaN(x)) return x
    if (x > 709.782712893383973096) return Infinity
    if (x < -745.13321910194110842) return 0
  }
  let [k, upper, lower] = [0, 0, 0]
  if (high > 0x3fd62e42) {
    if (high < 0x3ff0a2b2) {
      if (x === 1) return Math.E
      k = negative ? -1 : 1
    } else k = Math.trunc(1.442695040888963387 * x + (negative ? -0.5 : 0.5))
    upper = x - k * LN2_HIGH
    lower = k * LN2_LOW
    x = upper - lower
  } else if (high < 0x3e300000) return 1 + x
  const t = x * x
  const c = x - t * horner(t, EXP)
  if (k === 0) return 1 - ((x * c) / (c - 2) - x)
  const y = 1 - (lower - (x * c) / (2 - c) - upper)
  if (k === 1024) return y * 2 * 2 ** 1023
  return k >= -1021 ? y * 2 ** k : y * 2 ** (k + 1000) * 2 ** -1000
}

const LOG = [
  6.66666666666673513e-1, 3.999999999940941908e-1, 2.857142874366239149e-1, 2.222219843214978396e-1,
  1.818357216161805012e-1, 1.531383769920937332e-1, 1.479819860511658591e-1,
]

export function log(x: number): number {
  let high = highOf(x)
  let k = 0
  if (high < 0x00100000) {
    if (x === 0) return -Infinity
    if (high < 0) return NaN
    k -= 54
    x *= 2 ** 54
    high = highOf(x)
  }
  if (high >= 0x7ff00000) return x + x
  k += (high >> 20) - 1023
  high &= 0x000fffff
  const i = (high + 0x95f64) & 0x100000
  x = withHigh(x, high | (i ^ 0x3ff00000))
  k += i >> 20
  const f = x - 1
  if ((0x000fffff & (2 + high)) < 3) {
    if (f === 0) return k === 0 ? 0 : k * LN2_HIGH + k * LN2_LOW
    const R = f * f * (0.5 - 0.33333333333333333 * f)
    return k === 0 ? f - R : k * LN2_HIGH - (R - k * LN2_LOW - f)
  }
  const s = f / (2 + f)
  const z = s * s
  const w = z * z
  const R = z * (LOG[0]! + w * (LOG[2]! + w * (LOG[4]! + w * LOG[6]!))) + w * (LOG[1]! + w * (LOG[3]! + w * LOG[5]!))
  return sumOfLog(f, s, R, k, ((high - 0x6147a) | (0x6b851 - high)) > 0, k * LN2_LOW)
}

function sumOfLog(f: number, s: number, R: number, k: number, far: boolean, low: number): number {
  if (far) {
    const half = 0.5 * f * f
    return k === 0 ? f - (half - s * (half + R)) : k * LN2_HIGH - (half - (s * (half + R) + low) - f)
  }
  return k === 0 ? f - s * (f - R) : k * LN2_HIGH - (s * (f - R) - low - f)
}

export function log1p(x: number): number {
  const high = highOf(x)
  const size = high & 0x7fffffff
  let k = 1
  let [f, correction, upper] = [0, 0, 1]
  if (high < 0x3fda827a) {
    if (size >= 0x3ff00000) return x === -1 ? -Infinity : NaN
    if (size < 0x3e200000) return size < 0x3c900000 ? x : x - x * x * 0.5
    if (high > 0 || high <= (0xbfd2bec4 | 0)) {
      k = 0
      f = x
    }
  }
  if (high >= 0x7ff00000) return x + x
  if (k !== 0) {
    let u: number
    if (high < 0x43400000) {
      u = 1 + x
      upper = highOf(u)
      k = (upper >> 20) - 1023
      correction = (k > 0 ? 1 - (u - x) : x - (u - 1)) / u
    } else {
      u = x
      upper = highOf(u)
      k = (upper >> 20) - 1023
    }
    upper &= 0x000fffff
    if (upper < 0x6a09e) u = withHigh(u, upper | 0x3ff00000)
    else {
      k += 1
      u = withHigh(u, upper | 0x3fe00000)
      upper = (0x00100000 - upper) >> 2
    }
    f = u - 1
  }
  const half = 0.5 * f * f
  if (upper === 0) {
    if (f === 0) return k === 0 ? 0 : k * LN2_HIGH + (correction + k * LN2_LOW)
    const R = half * (1 - 0.66666666666666666 * f)
    return k === 0 ? f - R : k * LN2_HIGH - (R - (k * LN2_LOW + correction) - f)
  }
  const s = f / (2 + f)
  const z = s * s
  const R = z * horner(z, LOG)
  return k === 0
    ? f - (half - s * (half + R))
    : k * LN2_HIGH - (half - (s * (half + R) + (k * LN2_LOW + correction)) - f)
}

/** `x` less the nearest multiple of a quarter turn, in two parts, and which quarter; |x| below 2^20 quarter turns. */
function quarterTurn(x: number): { readonly n: number; readonly y: number; readonly rest: number } {
  const n = Math.trunc(Math.abs(x) * 6.36619772367581382433e-1 + 0.5)
  const exponent = (highOf(x) >> 20) & 0x7ff
  let r = Math.abs(x) - n * 1.57079632673412561417
  let w = n * 6.07710050650619224932e-11
  let y = r - w
  const lost = (): number => exponent - ((highOf(y) >> 20) & 0x7ff)
  if (lost() > 16) {
    let t = r
    w = n * 6.0771005063039659818e-11
    r = t - w
    w = n * 2.02226624879595063154e-21 - (t - r - w)
    y = r - w
    if (lost() > 49) {
      t = r
      w = n * 2.0222662487111664558e-21
      r = t - w
      w = n * 8.4784276603688995699e-32 - (t - r - w)
      y = r - w
    }
  }
  const rest = r - y - w
  return x < 0 ? { n: -n, y: -y, rest: -rest } : { n, y, rest }
}

const SIN = [
  8.33333333332248946124e-3, -1.98412698298579493134e-4, 2.75573137070700676789e-6, -2.50507602534068634195e-8,
  1.58969099521155010221e-10,
]
const SIN_1 = -1.66666666666666324348e-1

function sinNear(x: number, rest: number, hasRest: boolean): number {
  if ((highOf(x) & 0x7fffffff) < 0x3e400000) return x
  const z = x * x
  const v = z * x
  const r = horner(z, SIN)
  return hasRest ? x - (z * (0.5 * rest - v * r) - rest - v * SIN_1) : x + v * (SIN_1 + z * r)
}

const COS = [
  4.16666666666666019037e-2, -1.38888888888741095749e-3, 2.48015872894767294178e-5, -2.75573143513906633035e-7,
  2.0875723212981748279e-9, -1.13596475577881948265e-11,
]

function cosNear(x: number, rest: number): number {
  const high = highOf(x) & 0x7fffffff
  if (high < 0x3e400000) return 1
  const z = x * x
  const r = z * horner(z, COS)
  if (high < 0x3fd33333) return 1 - (0.5 * z - (z * r - x * rest))
  const quarter = high > 0x3fe90000 ? 0.28125 : withHigh(0, high - 0x00200000)
  return 1 - quarter - (0.5 * z - quarter - (z * r - x * rest))
}

/** Angles that the reduction above is exact for; beyond them the browser's own function answers. */
const MOST = 2 ** 20
const { sin: ownSin, cos: ownCos } = Math

export function sin(x: number): number {
  if (Math.abs(x) <= Math.PI / 4) return sinNear(x, 0, false)
  if (!(Math.abs(x) < MOST)) return ownSin(x)
  const { n, y, rest } = quarterTurn(x)
  const size = n & 1 ? cosNear(y, rest) : sinNear(y, rest, true)
  return n & 2 ? -size : size
}

export function cos(x: number): number {
  if (Math.abs(x) <= Math.PI / 4) return cosNear(x, 0)
  if (!(Math.abs(x) < MOST)) return ownCos(x)
  const { n, y, rest } = quarterTurn(x)
  const size = n & 1 ? sinNear(y, rest, true) : cosNear(y, rest)
  return (n + 1) & 2 ? -size : size
}

/** Puts these in the place of the browser's own, for all code of this thread. */
export function takeSameMath(): void {
  Object.assign(Math, { exp, log, log1p, sin, cos })
}
