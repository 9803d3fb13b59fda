/** @file What functions are given by name, checked where programs without types come in. */

/** What `typeof` says of an option, or 'list'; 'any' where it may be of several kinds. */
type Kind<T> = [T] extends [boolean]
  ? 'boolean'
  : [T] extends [number]
    ? 'number'
    : [T] extends [string]
      ? 'string'
      : [T] extends [readonly unknown[]]
        ? 'list'
        : [T] extends [(...given: never[]) => unknown]
          ? 'function'
          : 'object' | 'any'

/** The kind of every option, so that none can be forgotten. */
export type OptionKinds<Options> = { readonly [Name in keyof Required<Options>]: Kind<NonNullable<Options[Name]>> }

/**
 * A misspelt option would be ignored without a word, and a number or a truth in quotes taken for another. Options that
 * are `undefined` are left out.
 * @throws RangeError when `options` are no object, have a name beside those of `kinds`, or a value of another kind.
 */
export function checkOptions<Options extends object>(
  caller: string,
  options: Options,
  kinds: OptionKinds<Options>,
): void {
  if (typeof options !== 'object' || options === null)
    throw new RangeError(`${caller}: expected options as an object, got ${JSON.stringify(options)}`)
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(kinds, name)) {
      const known = Object.keys(kinds)
      throw new RangeError(
        `${caller}: expected options among ${known.length === 0 ? 'none' : known.join(', ')}, got ${name}`,
      )
    }
    const kind: string = kinds[name as keyof Options]
    if (value === undefined || kind === 'any') continue
    if (kind === 'list' ? Array.isArray(value) : typeof value === kind && value !== null) continue
    throw new RangeError(
      `${caller}: expected ${name} as ${kind === 'object' ? 'an' : 'a'} ${kind}, got ${shown(value)}`,
    )
  }
}

function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}

/** @throws RangeError unless `value` is a positive integer. */
export function checkCount(caller: string, name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1)
    throw new RangeError(`${caller}: expected ${name} as a positive integer, got ${shown(value)}`)
}
