/** @file Checks on parameters and options that come from outside. */

import type { Json, Matrix } from '@indistinct/core'

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
 * @throws RangeError for a name that is no option.
 */
export function withDefaults<Options extends { readonly [name: string]: Json }>(
  defaults: Options,
  given: Partial<Options>,
): Options {
  const options: Record<string, Json> = { ...defaults }
  for (const [name, value] of Object.entries(given)) {
    if (!(name in defaults))
      throw new RangeError(`recommender: expected options among ${Object.keys(defaults).join(', ')}, got ${name}`)
    if (value !== undefined) options[name] = value as Json
  }
  return options as Options
}
