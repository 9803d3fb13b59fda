/** @file The minimum of a smooth, strictly convex function: L-BFGS with a preconditioner, and step lengths halved. */

export interface Objective {
  /** The value at `at`; its gradient goes to `gradient`. */
  evaluate(at: Float64Array, gradient: Float64Array): number
  /** Multiplies by about the inverse of the Hessian, in place. */
  precondition(v: Float64Array): void
  /** Takes the preconditioner anew from where `evaluate` was last. */
  refresh(): void
}

export interface Minimum {
  readonly position: Float64Array
  /** Calls of `evaluate`. */
  readonly passes: number
}

/** Steps that the direction remembers. */
const memory = 30
/** Steps after which the preconditioner is taken anew. */
const refreshed = 12
const maxSteps = 500
const mostHalvings = 40
/** Bound on the squared preconditioned gradient: positions are then right to about 1e-6. */
const tolerance = 1e-13

/** A point, the value there and its gradient. */
interface Point {
  readonly position: Float64Array
  readonly gradient: Float64Array
  value: number
}

/** @throws Error when the value is no longer finite. */
export function minimise(caller: string, size: number, objective: Objective): Minimum {
  const point = (): Point => ({ position: new Float64Array(size), gradient: new Float64Array(size), value: 0 })
  let [from, to] = [point(), point()]
  const direction = new Float64Array(size)
  const history = pastSteps(size)
  from.value = objective.evaluate(from.position, from.gradient)
  let passes = 1
  for (let step = 0; step < maxSteps; step++) {
    if (step > 0 && step % refreshed === 0) objective.refresh()
    direction.set(from.gradient)
    objective.precondition(direction)
    if (dot(from.gradient, direction) <= tolerance) break
    direction.set(from.gradient)
    history.turn(direction, objective)
    passes += stepAlong(direction, from, to, objective)
    if (!Number.isFinite(to.value))
      throw new Error(`${caller}: expected a finite loss, got ${to.value} in step ${step + 1}`)
    history.keep(from, to)
    ;[from, to] = [to, from]
  }
  return { position: from.position, passes }
}

/** Sets `to` where the value has come down far enough, or is no number; returns the calls of `evaluate`. */
function stepAlong(direction: Float64Array, from: Point, to: Point, { evaluate }: Objective): number {
  const slope = -dot(from.gradient, direction)
  let length = 1
  for (let halvings = 0; ; halvings++) {
    for (let p = 0; p < direction.length; p++) to.position[p] = from.position[p]! - length * direction[p]!
    to.value = evaluate(to.position, to.gradient)
    // Near the minimum the loss no longer resolves what the gradient still does: its rounding is allowed for.
    const enough = to.value <= from.value + 1e-4 * length * slope + 1e-12 * Math.abs(from.value)
    if (enough || halvings === mostHalvings || !Number.isFinite(to.value)) return halvings + 1
    length /= 2
  }
}

interface PastSteps {
  /** Turns a gradient into a direction: the two-loop recursion, newest pair first. */
  turn(direction: Float64Array, objective: Objective): void
  keep(from: Point, to: Point): void
}

/** Pairs of moves and what they changed in the gradient, in a ring. */
function pastSteps(size: number): PastSteps {
  const moves = Array.from({ length: memory }, () => new Float64Array(size))
  const turns = Array.from({ length: memory }, () => new Float64Array(size))
  const inverses = new Float64Array(memory)
  const factors = new Float64Array(memory)
  let kept = 0
  return {
    turn(direction, { precondition }) {
      const oldest = Math.max(0, kept - memory)
      for (let m = kept - 1; m >= oldest; m--) {
        const at = m % memory
        factors[at] = inverses[at]! * dot(moves[at]!, direction)
        addScaled(direction, turns[at]!, -factors[at]!)
      }
      precondition(direction)
      for (let m = oldest; m < kept; m++) {
        const at = m % memory
        addScaled(direction, moves[at]!, factors[at]! - inverses[at]! * dot(turns[at]!, direction))
      }
    },
    keep(from, to) {
      const at = kept % memory
      const move = moves[at]!
      const turn = turns[at]!
      for (let p = 0; p < size; p++) {
        move[p] = to.position[p]! - from.position[p]!
        turn[p] = to.gradient[p]! - from.gradient[p]!
      }
      const curved = dot(move, turn)
      if (curved > 0) {
        inverses[at] = 1 / curved
        kept++
      }
    },
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let p = 0; p < a.length; p++) sum += a[p]! * b[p]!
  return sum
}

function addScaled(to: Float64Array, from: Float64Array, factor: number): void {
  for (let p = 0; p < to.length; p++) to[p]! += factor * from[p]!
}
