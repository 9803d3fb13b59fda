/** @file What stands between the columns of a text file, and what its columns are where it has no header. */

export interface CsvDialect {
  readonly delimiter: string
  /** Columns of a file without a header that is known by its lines. */
  readonly columns?: readonly string[]
  /** What a reader of the result should know of it. */
  readonly note?: string
  /** Lines before the header. */
  readonly skipped?: number
}

const DELIMITERS = [',', ';', '\t', '::', '|'] as const
const NAMES: Readonly<Record<string, string>> = {
  ',': 'commas',
  ';': 'semicolons',
  '\t': 'tabs',
  '::': 'double colons',
  '|': 'vertical bars',
}

/** Files of MovieLens, which have no header: their lines say what they are. */
const HEADERLESS: readonly {
  readonly what: string
  readonly line: RegExp
  readonly delimiter: string
  readonly columns: readonly string[]
}[] = [
  {
    what: 'users of MovieLens 100K (u.user)',
    line: /^\d+\|\d{1,3}\|[FM]\|[^|]+\|[^|]+$/,
    delimiter: '|',
    columns: ['user_id', 'age', 'gender', 'occupation', 'zip_code'],
  },
  {
    what: 'users of MovieLens 1M (users.dat)',
    line: /^\d+::[FM]::\d{1,2}::\d{1,2}::[^:]+$/,
    delimiter: '::',
    columns: ['user_id', 'gender', 'age', 'occupation', 'zip_code'],
  },
  {
    what: 'ratings of MovieLens 100K (u.data)',
    line: /^\d+\t\d+\t[1-5]\t\d{1,10}$/,
    delimiter: '\t',
    columns: ['user_id', 'item_id', 'rating', 'timestamp'],
  },
  {
    what: 'ratings of MovieLens 1M (ratings.dat)',
    line: /^\d+::\d+::[1-5](\.5)?::\d{1,10}$/,
    delimiter: '::',
    columns: ['user_id', 'item_id', 'rating', 'timestamp'],
  },
]

/** Records that are looked at. */
const MOST = 50

/** "semicolons", for messages. */
export function delimiterName(delimiter: string): string {
  return NAMES[delimiter] ?? JSON.stringify(delimiter)
}

/**
 * The dialect of a file that begins with `head`. Columns are separated by commas, or tabs where the name ends in .tsv;
 * by another delimiter where every record has as many of it as the header, and the usual one does not do that.
 * @param head whole lines
 */
export function dialectOf(head: string, path: string): CsvDialect {
  const records = firstRecords(head)
  const known = HEADERLESS.find(({ line }) => records.length > 0 && records.every((record) => line.test(record)))
  if (known) {
    const { what, delimiter, columns } = known
    return { delimiter, columns, note: `${path} has no header and is read as ${what}: ${columns.join(', ')}` }
  }
  // A line for spreadsheets, which is no header.
  const told = /^sep=(.)\r?(?:\n|$)/i.exec(head)
  if (told) return { delimiter: told[1]!, skipped: 1 }
  const usual = path.toLowerCase().endsWith('.tsv') ? '\t' : ','
  const counts = (delimiter: string): number[] => records.map((record) => countOutside(record, delimiter))
  const even = (delimiter: string): boolean => {
    const [first = 0, ...others] = counts(delimiter)
    return first > 0 && others.every((count) => count === first)
  }
  if (even(usual)) return { delimiter: usual }
  const others = DELIMITERS.filter((delimiter) => delimiter !== usual && even(delimiter))
  return { delimiter: others.length === 1 ? others[0]! : usual }
}

/** The first records, with line breaks inside quotes, without blank ones. */
function firstRecords(head: string): string[] {
  const records: string[] = []
  let start = 0
  let inside = false
  for (let i = 0; i < head.length && records.length < MOST; i++) {
    if (head[i] === '"') inside = !inside
    if (head[i] !== '\n' || inside) continue
    const record = head.slice(start, i).replace(/\r$/, '')
    if (record.trim() !== '') records.push(record)
    start = i + 1
  }
  const last = head.slice(start).trim()
  if (!inside && last !== '' && records.length < MOST) records.push(last)
  return records
}

/** How often `delimiter` stands outside of quotes. */
function countOutside(record: string, delimiter: string): number {
  return record.replace(/"[^"]*"/g, '').split(delimiter).length - 1
}
