/** @file Which column, array or tensor holds the ids of users: one rule for tables, attribute files and ids files. */

import { badData, usageError } from '@indistinct/core'
import { columnList } from './column-list.ts'
import { quoted } from '../quoted.ts'

/** Whom an id may be of. Alone, only "user" is an id: "member" and "customer" may as well be a label of yes and no. */
const PEOPLE = [
  'user',
  'customer',
  'client',
  'member',
  'person',
  'account',
  'visitor',
  'subscriber',
  'profile',
  'student',
  'player',
  'listener',
  'viewer',
  'reader',
  'reviewer',
  'consumer',
  'subject',
  'participant',
  'patron',
].join('|')
const USUAL = new RegExp(`^(ids?|uids?|users?|(${PEOPLE})(ids?|uuid|guid)|ids?(${PEOPLE}))$`)

/** Types that RecBole writes behind the names of columns: user_id:token. */
const TYPED = /:(token|token_seq|float|float_seq)$/

/** The name of a column without the type that RecBole writes behind it. */
export function untyped(name: string): string {
  return name.replace(TYPED, '')
}

/** Whether `name` is one under which ids of users are usual; case and what separates words do not count. */
export function isUsualIdName(name: string): boolean {
  return USUAL.test(
    untyped(name)
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]/gu, ''),
  )
}

/**
 * Whether `name` is that of an index of pandas: a CSV column without a name, or what became of it later. Such a column
 * may hold ids, or only count the lines.
 */
export function isIndexName(name: string): boolean {
  return name === '' || name === 'index' || /^Unnamed: 0$|^__index_level_0__$/.test(name)
}

/**
 * The name of the id column among `names`: the requested one; or the one of a usual name; or else an index of pandas,
 * which stands first in CSV. Undefined where there is none.
 * @param names of the columns that may hold ids
 * @param flag that names the column, for messages
 * @throws IndistinctError 'usage' where the requested column is missing, or several have usual names.
 */
export function idColumnOf(
  names: readonly string[],
  requested: string | undefined,
  path: string,
  flag = '--table-id-column',
): string | undefined {
  if (requested !== undefined) {
    const found = names.find((name) => name === requested) ?? names.find((name) => untyped(name) === requested)
    if (found !== undefined) return found
    throw usageError(`${path}: there is no column ${quoted(requested)} to take ids from; ${whatThereIs(names, flag)}`)
  }
  const usual = names.filter(isUsualIdName)
  if (usual.length > 1) {
    const all = usual.map(quoted)
    const listed = `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`
    throw usageError(`${path}: ${listed} could each hold the ids; name the one that does (${flag})`)
  }
  return usual[0] ?? names.find((name, at) => isIndexName(name) && (at === 0 || name === '__index_level_0__'))
}

/**
 * The id array of a container (npz, safetensors) among `names`, those of its lists of text or whole numbers with one
 * item a row. A container without any such list has no ids, whatever is requested: the flag may be meant for the
 * attribute file.
 * @throws IndistinctError as {@link idColumnOf}.
 */
export function idArrayOf(names: readonly string[], requested: string | undefined, path: string): string | undefined {
  return names.length === 0 ? undefined : idColumnOf(names, requested, path)
}

/** An array of a container as messages show it: |O (943). */
interface OtherArray {
  readonly name: string
  readonly what: string
  readonly shape: readonly number[] | undefined
}

/**
 * Row numbers are no ids where an array has their name and one item a row, and is of a type that is not read.
 * @param arrays of the container that are neither the table nor lists of text or whole numbers
 * @throws IndistinctError 'bad-data' naming that array, and how it is written.
 */
export function refuseUnreadIds(
  arrays: readonly OtherArray[],
  { rows, requested, path }: { readonly rows: number; readonly requested: string | undefined; readonly path: string },
): void {
  const found = arrays.find(
    ({ name, shape }) =>
      (requested === undefined ? isUsualIdName(name) : name === requested) &&
      shape?.[0] === rows &&
      (shape.length === 1 || (shape.length === 2 && shape[1] === 1)),
  )
  if (!found) return
  throw badData(
    `${path}: ${quoted(found.name)} looks to hold the ids, and is ${found.what}; expected a list of text or whole ` +
      'numbers: write numpy.ravel(ids).astype(str), of whole numbers in floats numpy.ravel(ids).astype("i8"), or ' +
      'name the rows (--ids)',
  )
}

function whatThereIs(names: readonly string[], flag: string): string {
  const usual = names.filter(isUsualIdName)
  const hint = usual.length === 1 ? `; ids look to be in ${quoted(usual[0]!)}: name it (${flag} ${usual[0]})` : ''
  return `${names.length === 0 ? 'there are no columns' : `the columns are ${columnList(names)}`}${hint}`
}

/** Fewest values of which it says something that no two are equal. */
const FEWEST = 10
/** Values that are looked at. */
const MOST = 10_000

/**
 * Whether `values` look like ids though their column has another name: text or whole numbers, none empty and no two of
 * the first 10,000 equal.
 */
export function looksLikeIds(values: readonly string[]): boolean {
  const seen = uniqueValues()
  for (let i = 0; i < values.length && i < MOST; i++) if (!seen.add(values[i]!)) return false
  return seen.enough()
}

/** The same for values that come one by one: `add` says whether they may still be ids. */
export function uniqueValues(): { add(value: string): boolean; enough(): boolean } {
  const seen = new Set<string>()
  let possible = true
  return {
    add(value) {
      if (!possible || seen.size >= MOST) return possible
      // Numbers with a fraction or an exponent are measurements, and so are brackets around several.
      possible = value !== '' && !seen.has(value) && !/^[+-]?\d*\.\d*$|^[+-]?\d*\.?\d*[eE][+-]?\d+$|^\[/.test(value)
      if (possible) seen.add(value)
      else seen.clear()
      return possible
    },
    enough: () => possible && seen.size >= FEWEST,
  }
}
