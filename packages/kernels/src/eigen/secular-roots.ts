/**
 * @file Eigenvalues of a diagonal matrix plus rho z z': roots of 1 + rho sum of z_i^2 / (d_i - x), one between each two
 * of the d_i (Golub and Van Loan, Matrix Computations, 8.5.3; Li, LAPACK Working Note 89).
 */

/** Rounds that are never reached by finite input: each at least halves the interval of three before. */
const mostRounds = 200
const epsilon = 2 ** -52

/**
 * Roots for d (k) ascending without equals, z (k) without zeros, and rho > 0. `apart` (k, k) receives d_i - x_j at
 * [j * k + i], from differences that keep all digits however near x_j is to d_i.
 */
export function secularRoots(d: Float64Array, z: Float64Array, rho: number, apart: Float64Array): Float64Array {
  const k = d.length
  const squares = z.map((value) => value * value)
  const roots = new Float64Array(k)
  for (let j = 0; j < k; j++) {
    const from = apart.subarray(j * k, (j + 1) * k)
    const pole = j === k - 1 || isInUpperHalf(d, squares, rho, j) ? Math.min(j + 1, k - 1) : j
    for (let i = 0; i < k; i++) from[i] = d[i]! - d[pole]!
    const shift = j === k - 1 ? lastShift(from, squares, rho) : shiftBetween(from, squares, rho, j, pole)
    for (let i = 0; i < k; i++) from[i]! -= shift
    roots[j] = d[pole]! + shift
  }
  return roots
}

/** Whether root j lies nearer to d_j+1 than to d_j. */
function isInUpperHalf(d: Float64Array, squares: Float64Array, rho: number, j: number): boolean {
  const half = (d[j + 1]! - d[j]!) / 2
  let sum = 1 / rho
  for (let i = 0; i < d.length; i++) sum += squares[i]! / (d[i]! - d[j]! - half)
  return sum < 0
}

/** The function and what is known of it at x, by the poles up to `split` and those after. */
interface At {
  readonly value: number
  /** Derivatives of both parts. */
  readonly below: number
  readonly above: number
  /** Whether the value is rounding. */
  readonly isZero: boolean
}

function valueAt(poles: Float64Array, squares: Float64Array, rho: number, split: number, x: number): At {
  let [lower, below, upper, above] = [0, 0, 0, 0]
  for (let i = 0; i <= split; i++) {
    const share = squares[i]! / (poles[i]! - x)
    lower += share
    below += share / (poles[i]! - x)
  }
  for (let i = poles.length - 1; i > split; i--) {
    const share = squares[i]! / (poles[i]! - x)
    upper += share
    above += share / (poles[i]! - x)
  }
  const value = 1 / rho + lower + upper
  const size = 1 / rho + 8 * (Math.abs(lower) + Math.abs(upper)) + Math.abs(x) * (below + above)
  return { value, below, above, isZero: Math.abs(value) <= epsilon * size }
}

/** The root between poles j and j + 1, one of which, `pole`, is 0. */
function shiftBetween(poles: Float64Array, squares: Float64Array, rho: number, j: number, pole: number): number {
  const half = (poles[j + 1]! - poles[j]!) / 2
  const bracket = pole === j ? { low: 0, high: half } : { low: -half, high: 0 }
  return rootIn(bracket, (x) => {
    const at = valueAt(poles, squares, rho, j, x)
    // Both parts as one pole and a constant each, with the values and slopes that they have here.
    const [first, second] = [poles[j]! - x, poles[j + 1]! - x]
    const c = at.value - first * at.below - second * at.above
    const a = (first + second) * at.value - first * second * (at.below + at.above)
    const b = first * second * at.value
    const root = Math.sqrt(Math.max(0, a * a - 4 * b * c))
    return { at, step: a <= 0 ? (a - root) / (2 * c) : (2 * b) / (a + root) }
  })
}

/** The root above the last pole, which is 0. */
function lastShift(poles: Float64Array, squares: Float64Array, rho: number): number {
  const k = poles.length
  const all = rho * squares.reduce((sum, value) => sum + value, 0)
  if (k === 1) return all
  return rootIn({ low: 0, high: all * (1 + 4 * epsilon) }, (x) => {
    const at = valueAt(poles, squares, rho, k - 2, x)
    const [first, second] = [poles[k - 2]! - x, poles[k - 1]! - x]
    const c = Math.abs(at.value - first * at.below - second * at.above)
    const a = (first + second) * at.value - first * second * (at.below + at.above)
    const b = first * second * at.value
    const root = Math.sqrt(Math.abs(a * a - 4 * b * c))
    return { at, step: a >= 0 ? (a + root) / (2 * c) : (2 * b) / (a - root) }
  })
}

/** The root of an increasing function in a bracket, by steps that are halves of it wherever they lead out. */
function rootIn(
  { low, high }: { readonly low: number; readonly high: number },
  stepAt: (x: number) => { readonly at: At; readonly step: number },
): number {
  let [left, right, x] = [low, high, (low + high) / 2]
  for (let round = 0; round < mostRounds; round++) {
    const { at, step } = stepAt(x)
    if (at.isZero) return x
    if (at.value < 0) left = x
    else right = x
    // Every third round is a half, so that no slow approach from one side lasts.
    let next = x + step
    if (round % 3 === 2 || !(next > left && next < right)) next = halfway(left, right)
    if (next === left || next === right) return next === 0 ? x : next
    x = next
  }
  return x
}

/** Between both; by ratios where one is 0 or they differ much, since a root may be much nearer to its pole. */
function halfway(left: number, right: number): number {
  const [small, large] = [Math.min(Math.abs(left), Math.abs(right)), Math.max(Math.abs(left), Math.abs(right))]
  const sign = left + right > 0 ? 1 : -1
  if (small === 0) return sign * large * 2 ** -10
  return small < large / 16 ? sign * Math.sqrt(small) * Math.sqrt(large) : (left + right) / 2
}
