/** @file Checks on parameters and options that come from outside. */

import { checkCount, checkMatrix, checkOptions, type Json, type Matrix } from '@indistinct/core'

/**
 * The parameter `name`, of that shape.
 * @throws RangeError when it is missing, has another shape or holds NaN or infinity.
 */
export function expectParameter(
  parameters: Readonly<Record<string, Matrix>>,
  name: string,
  rows: number,
  cols: number,
): Matrix {
  const m = parameters[name]
  if (!m)
    throw new RangeError(`restore: expected a parameter ${name}, got ${Object.keys(parameters).join(', ') || 'none'}`)
  checkMatrix('restore', m, `parameter ${name}`)
  if (m.rows !== rows || m.cols !== cols) {
    throw new RangeError(`restore: expected parameter ${name} (${rows}, ${cols}), got (${m.rows}, ${m.cols})`)
  }
  const at = m.data.findIndex((value) => !Number.isFinite(value))
  if (at >= 0)
    throw new RangeError(
      `restore: expected finite values in parameter ${name}, got ${m.data[at]} at row ${Math.floor(at / cols)}`,
    )
  return m
}

/**
 * `defaults` with `given` over them.
 * @throws RangeError for a name that is no option, and a value of another kind or range.
 */
export function withDefaults<Options extends { readonly [name: string]: Json }>(
  defaults: Options,
  given: Partial<Options>,
): Options {
  const kinds = Object.fromEntries(
    Object.entries(defaults).map(([name, value]) => [name, Array.isArray(value) ? 'list' : typeof value]),
  )
  checkOptions<object>('recommender', given, kinds)
  const options: Record<string, Json> = { ...defaults }
  for (const [name, value] of Object.entries(given)) if (value !== undefined) options[name] = value as Json
  checkRanges(options)
  return options as Options
}

/** Options mean the same in every recommender that has them. */
function checkRanges(options: Readonly<Record<string, Json>>): void {
  for (const name of ['factors', 'gmf', 'mlp', 'negatives'])
    if (name in options) checkCount('recommender', name, options[name] as number)
  for (const width of (options['hidden'] ?? []) as number[]) checkCount('recommender', 'each of hidden', width)
  const { layers = 0, l2 = 0 } = options as { readonly layers?: number; readonly l2?: number }
  if (!Number.isSafeInteger(layers) || layers < 0)
    throw new RangeError(`recommender: expected layers as an integer from 0, got ${layers}`)
  if (!(l2 >= 0 && l2 < Infinity)) throw new RangeError(`recommender: expected l2 of at least 0, got ${l2}`)
}
