/** @file Names that are made up for a new file, where columns of the table have taken the usual ones. */

/** `wanted`, or the first of wanted_2, wanted_3, … that is not among `taken`. */
export function freeName(wanted: string, taken: ReadonlySet<string>): string {
  let name = wanted
  for (let number = 2; taken.has(name); number++) name = `${wanted}_${number}`
  return name
}

/** Names under which ids are found again; where two of them are in one file, a reader is asked which it is. */
const ID_NAMES = ['id', 'user_id', 'uid', 'user']

/** `name`, or another that is usual for ids, where a column has that name. */
export function freeIdName(name: string, taken: ReadonlySet<string>): string {
  return [name, ...ID_NAMES].find((each) => !taken.has(each)) ?? freeName(name, taken)
}

/** Names of dimensions (K) that had none in their file: `names`, with more underscores where one is taken. */
export function freeDimensions(names: readonly string[], taken: ReadonlySet<string>): readonly string[] {
  let free = names
  while (free.some((name) => taken.has(name))) free = free.map((name) => name.replace(/(?=\d+$)/, '_'))
  return free
}
