/** @file What the words of a task may be: engines keep them in lines, file names and environments. */

import { usageError } from '@indistinct/core'
import type { Task } from './task.ts'

/** Line breaks among them. */
export const CONTROL = /[\0-\x1f\x7f\u0085\u2028\u2029]/

/**
 * @throws RangeError for an id that is no file name, or a variable that is no name; IndistinctError 'usage' for values
 * with line breaks or other control characters, which come from the user's paths.
 */
export function checkTask({ id, args, env = {} }: Pick<Task, 'id' | 'args' | 'env'>): void {
  if (!/^[a-z][a-z0-9.-]*$/.test(id))
    throw new RangeError(`expected an id of lower-case letters, digits, dots and dashes, got ${JSON.stringify(id)}`)
  const name = Object.keys(env).find((each) => !/^[A-Z_][A-Z0-9_]*$/.test(each))
  if (name !== undefined)
    throw new RangeError(
      `${id}: expected variables of capital letters, digits and underscores, got ${JSON.stringify(name)}`,
    )
  const value = [...args, ...Object.values(env)].find((each) => CONTROL.test(each))
  if (value !== undefined)
    throw usageError(
      `${id}: expected arguments without line breaks and other control characters, got ${JSON.stringify(value)}; ` +
        'rename the file or folder',
    )
}
