/**
 * @file Dimensions that are none: those that hold nothing but whole numbers beside others that hold fractions, as ids,
 * ages, counts and labels do that were written into an array or a row of numbers with the vectors. What is looked at is
 * the values as they pass, so that tables larger than memory are told of, too.
 */

/** Fewest rows of which it says something that all values are whole. */
const FEWEST = 10
/** Least share of the first rows in which another dimension holds a fraction. */
const FRACTIONS = 0.5
/** Rows of which all dimensions are looked at; after them, only those that hold one value or whole numbers so far. */
const MOST = 10_000

/** What has been seen of the dimensions of a table. */
export interface SeenDimensions {
  /** The next rows, row-major; `exact` are the values in full, where `values` are their rounding. */
  see(values: ArrayLike<number>, exact?: ArrayLike<number>): void
  /** Numbers of those that held one value in every row, as they are rounded. */
  constant(): number[]
  /**
   * Lines on those that hold whole numbers, or none. A table of whole numbers alone is taken as it is.
   * @param advice what to do where such a dimension is no part of the vectors, by its numbers from 0
   */
  notes(dimensions: readonly string[], name: string, advice: (numbers: readonly number[]) => string): string[]
}

/** @param cols how many dimensions there are */
export function seenDimensions(cols: number): SeenDimensions {
  const first = new Float64Array(cols)
  const differs = new Uint8Array(cols)
  /** First rows with a fraction, by dimension; of all rows, whether there is one. */
  const fractions = new Float64Array(cols)
  /** Values of dimensions that were whole and different so far. */
  const unique: (Set<number> | undefined)[] = Array.from({ length: cols }, () => new Set<number>())
  let rows = 0

  let left: readonly number[] = Array.from({ length: cols }, (_, k) => k)

  function keep(k: number, value: number): void {
    const values = unique[k]
    if (values === undefined || rows >= MOST) return
    if (values.has(value)) unique[k] = undefined
    else values.add(value)
  }

  return {
    see(values, exact = values) {
      for (let at = 0; at < values.length; at += cols, rows++) {
        if (rows >= MOST && left.length > 0) left = left.filter((k) => differs[k] === 0 || fractions[k] === 0)
        for (const k of left) {
          if (rows === 0) first[k] = values[at + k]!
          else if (values[at + k] !== first[k]) differs[k] = 1
          const value = exact[at + k]!
          if (Number.isInteger(value)) keep(k, value)
          else {
            fractions[k]!++
            unique[k] = undefined
          }
        }
      }
    },
    constant: () => numbersOf(cols, (k) => differs[k] === 0),
    notes(dimensions, name, advice) {
      if (rows < FEWEST) return []
      const whole = numbersOf(cols, (k) => fractions[k] === 0 && differs[k] === 1)
      const others = numbersOf(cols, (k) => fractions[k]! >= FRACTIONS * Math.min(rows, MOST))
      if (whole.length >= others.length) return []
      const ids = whole.filter((k) => unique[k] !== undefined)
      const counts = whole.filter((k) => unique[k] === undefined)
      const among = rows > MOST ? 'no two of the first 10,000 equal' : 'no two of them equal'
      const note = (numbers: readonly number[], what: string): string[] =>
        numbers.length === 0 ? [] : [`${name}: ${sentence(numbers, dimensions, what)}, ${advice(numbers)}`]
      return [...note(ids, `${among}, as ids and row numbers are`), ...note(counts, 'as ages, counts and labels are')]
    },
  }
}

function numbersOf(cols: number, is: (k: number) => boolean): number[] {
  return Array.from({ length: cols }, (_, k) => k).filter(is)
}

function sentence(numbers: readonly number[], dimensions: readonly string[], what: string): string {
  const names = numbers.slice(0, 5).map((k) => dimensions[k]!)
  const more = numbers.length > 5 ? ` and ${numbers.length - 5} more` : ''
  const [dimension, hold, it] =
    numbers.length === 1 ? ['dimension', 'holds', 'it is'] : ['dimensions', 'hold', 'they are']
  return (
    `${dimension} ${names.join(', ')}${more} ${hold} whole numbers alone, ${what}, while others hold fractions; ` +
    `where ${it} no part of the vectors`
  )
}
