/** @file Numbers of the flags of test programs. A flag that is no number would leave all work out, and pass. */

/** `text` of `--name` as a number of at least `least`. @throws RangeError where it is none. */
export function numberFlag(name: string, text: string, least = 0): number {
  const value = Number(text)
  if (text.trim() === '' || !(value >= least))
    throw new RangeError(`--${name}: expected a number of at least ${least}, got ${JSON.stringify(text)}`)
  return value
}
