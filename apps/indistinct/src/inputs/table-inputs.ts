/** @file What `audit` and `unlearn` read: a table of embeddings, and the labels of its users. */

import { classCounts, sha256, usageError, type Labels } from '@indistinct/core'
import { basename, readFileSync } from '@indistinct/core/platform'
import {
  besideVectors,
  joinLabels,
  numberWarnings,
  readAttribute,
  rareWarnings,
  readTable,
  requireRereadable,
  spellingWarnings,
  type AttributeColumn,
  type BesideVectors,
  type EmbeddingTable,
  type JoinBy,
  type JoinOptions,
} from '@indistinct/embeddings'
import type { AttributeSummary } from '@indistinct/report'
import type { Options } from 'yargs'
import { inGroup } from '../terminal/command-help.ts'
import { continuousValues, quarters } from './continuous-attribute.ts'
import type { Log } from '../terminal/log.ts'
import { labelNamesOf } from './merge-labels.ts'
import { listOption, numberOption, textOption, textFlag, valueFlag } from '../terminal/option-values.ts'
import { readOptions } from '../terminal/read-options.ts'
import { isManifest, sampledTable } from './sampled-table.ts'
import { countOf, grouped } from '../terminal/text-table.ts'
import type { TableArguments } from './table-arguments.ts'
import type { FileRecord } from './file-record.ts'
import { tellingWarnings } from './telling-dimensions.ts'

export const tableOptions = inGroup('Table and labels', {
  attributes: textFlag(
    'CSV, Parquet or npz file with the attribute of each user; it may be TABLE itself',
    textOption('--attributes'),
    { demandOption: true },
  ),
  attribute: textFlag('column or array of that file', textOption('--attribute'), { demandOption: true }),
  ids: textFlag(
    'file that names the rows of a table without ids (CSV, or one id a line); default: row numbers from 0',
    textOption('--ids'),
  ),
  'id-column': textFlag(
    'id column of the attribute file, the ids file and the table; default: one named id, user, user_id, uid or ' +
      'the like',
    textOption('--id-column'),
  ),
  'table-id-column': textFlag(
    'id column of the table or the ids file, where it has another name',
    textOption('--table-id-column'),
  ),
  dimensions: textFlag(
    "dimension columns of a CSV or Parquet table: names separated by commas, or a prefix such as 'd*'",
    listOption('--dimensions'),
  ),
  'table-key': textFlag(
    'which array of an npz or safetensors file is the table, or which column of lists of a Parquet file; ' +
      'default: the only one',
    textOption('--table-key'),
  ),
  scale: valueFlag(
    'of a table of int8 or uint8: a whole number q stands for SCALE * (q - ZERO-POINT)',
    numberOption('--scale', { above: 0 }),
  ),
  'zero-point': valueFlag(
    'with --scale: the whole number that stands for 0; default: 0',
    numberOption('--zero-point', { integer: true, from: -128, to: 255 }),
  ),
  'by-position': {
    describe: 'line i of the attribute file is of row i of the table: take no column for ids',
    type: 'boolean',
    default: false,
  },
  'missing-label': {
    describe: 'a label that means "not known", beside the empty one; can be repeated',
    type: 'string',
    array: true,
    requiresArg: true,
  },
  'merge-labels': {
    describe: 'spellings of one label, such as F=Female,f; can be repeated',
    type: 'string',
    array: true,
    requiresArg: true,
  },
} as const satisfies Record<string, Options>)

export interface TableInputs {
  readonly table: EmbeddingTable
  readonly column: AttributeColumn
  readonly labels: Labels
  readonly labelled: number
  readonly missing: number
  readonly unmatched: number
  /** How labels found their rows. */
  readonly by: JoinBy
  readonly warnings: readonly string[]
  /** Of an attribute that is a number (N), NaN for none; labels are its quarters then. */
  readonly values?: Float64Array
  /** Rows of the whole table, where this is a sample of it. */
  readonly sampledOf?: number
}

/** Fewest labels, and users of each, where it is not two of either. */
export type LeastLabels = Pick<JoinOptions, 'minimumLabels' | 'minimumUsers'>

/** Reads and joins both files, and logs what a reader of the result should know. */
export async function readTableInputs(
  args: TableArguments & {
    readonly continuous?: boolean
    readonly seed?: number
    readonly also?: readonly string[] | undefined
  },
  log: Log,
  least: LeastLabels = {},
): Promise<TableInputs> {
  const idColumn = args['id-column']
  if (args.also) requireRereadable(args.attributes)
  if (args.sample === undefined && isManifest(args.table))
    throw usageError(`${args.table}: a table in shards is audited by some of its users: add --sample 20000`)
  const sampled = args.sample === undefined ? undefined : await sampledTable(args, args.sample, args.seed ?? 0)
  const table = sampled?.table ?? (await readTable(args.table, readOptions(args)))
  const whole = await readAttribute(args.attributes, args.attribute, { idColumn, byPosition: args['by-position'] })
  const asRead = sampled ? sampled.columnOf(whole) : whole
  if (args.continuous && args['merge-labels'])
    throw usageError('--merge-labels is for labels; a number of --continuous has none')
  const names = labelNamesOf(args)
  const column = args.continuous ? quarters(asRead, names.missing, least) : asRead
  const joined = joinLabels(table, column, { ...names, ...least, rows: sampled?.of, idRange: sampled?.idRange })
  const { labels, labelled, missing, by } = joined
  // Of a sample most users are elsewhere.
  const unmatched = sampled ? 0 : joined.unmatched
  const drawn = sampled
    ? [
        `${countOf(table.ids.length, 'user')} of ${grouped(sampled.of)} of ${args.table}, drawn by seed ` +
          `${args.seed ?? 0}`,
      ]
    : []
  const warnings = [
    ...table.warnings,
    ...(column.notes ?? []),
    ...joined.warnings,
    ...drawn,
    ...labelWarnings(args, { missing, unmatched }),
    ...classWarnings(column.name, labels, least),
    ...(args.continuous ? numberWarnings(column.name, uncounted(asRead.values, names.missing)) : []),
    ...columnWarnings(args.table, sampled?.beside ?? besideVectors(table), args.attribute),
    ...tellingWarnings(args.table, table, { labels, attribute: args.attribute }),
  ]
  for (const warning of warnings) log.warn(warning)
  return {
    table,
    column,
    labels,
    labelled,
    missing,
    unmatched,
    by,
    warnings,
    ...(args.continuous && {
      values: continuousValues(table, asRead, { ...least, missing: names.missing, rows: sampled?.of }),
    }),
    ...(sampled && { sampledOf: sampled.of }),
  }
}

/** What a reader of the result should know of users in one of the files only. */
export function labelWarnings(
  args: Pick<TableArguments, 'table' | 'attributes' | 'unlabelled'>,
  { missing, unmatched }: { readonly missing: number; readonly unmatched: number },
): string[] {
  const left = args.unlabelled === 'map' ? 'moved as users without one' : 'never moved'
  return [
    ...(missing > 0
      ? [`${countOf(missing, 'user')} of ${args.table} without a label: left out of attacks, and ${left}`]
      : []),
    ...(unmatched > 0 ? [`${countOf(unmatched, 'user')} of ${args.attributes} not in ${args.table}: ignored`] : []),
  ]
}

function uncounted(values: readonly string[], missing: readonly string[]): readonly string[] {
  return values.filter((value) => !missing.includes(value))
}

/** Folds of the protocol that has most of them. */
const folds = 5

/**
 * What a reader of the result should know of labels: spellings of "not known" and of one another, and rare ones, unless
 * single users are expected.
 */
export function classWarnings(attribute: string, labels: Labels, { minimumUsers }: LeastLabels = {}): string[] {
  const counts = classCounts(labels)
  const classes = labels.classes.map((name, c) => ({ name, users: counts[c]! }))
  const rare = minimumUsers === 1 ? [] : rareWarnings(attribute, classes, folds)
  return [...spellingWarnings(attribute, classes), ...rare]
}

/** What stands beside the vectors of a table and gives away more: the attribute itself, or what a model learned. */
export function columnWarnings(path: string, { what, names, numbers }: BesideVectors, attribute: string): string[] {
  const learned = numbers.filter((name) => name !== attribute)
  const some = learned.slice(0, 5).map((name) => JSON.stringify(name))
  const one = learned.length === 1
  const [are, it] = one ? ['is', 'it'] : ['are', 'them']
  const advice =
    what === 'column'
      ? `make ${it} ${one ? 'a dimension' : 'dimensions'} where a model learned ${it} (--dimensions)`
      : `write ${it} into the vectors where a model learned ${it}`
  return [
    ...(names.includes(attribute)
      ? [
          `${path} has ${what === 'column' ? 'a column' : 'an array'} ${JSON.stringify(attribute)} of its own, which ` +
            'anyone who sees the table can read',
        ]
      : []),
    ...(learned.length > 0
      ? [
          `${path}: ${what}${one ? '' : 's'} ${some.join(', ')} of numbers ${are} neither attacked nor moved, and ` +
            `may tell ${attribute}; ${advice}, or leave ${it} out`,
        ]
      : []),
  ]
}

/** The attribute as reports and JSON results name it. */
export function attributeSummary(inputs: Pick<TableInputs, 'labels' | 'column' | 'missing' | 'by'>): AttributeSummary {
  const counts = classCounts(inputs.labels)
  return {
    name: inputs.column.name,
    classes: inputs.labels.classes.map((name, c) => ({ name, users: counts[c]! })),
    missing: inputs.missing,
    joinedBy: inputs.by,
  }
}

/** Labels with their counts, and how they found their rows, as one line. */
export function labelLine({ name, classes, missing = 0, joinedBy }: AttributeSummary, unmatched: number): string {
  const parts = [
    ...classes.map((each) => `${grouped(each.users)} ${each.name}`),
    `${grouped(missing)} without a label`,
    ...(unmatched > 0 ? [`${grouped(unmatched)} of the attribute file in no row`] : []),
  ]
  return `${name}: ${parts.join(', ')}${joinedBy === undefined ? '' : `; joined by ${joinedBy}`}`
}

/** The files that went in, by what they are. */
export function inputFiles(args: TableArguments, inputs: TableInputs): Record<string, FileRecord> {
  return {
    table: { file: basename(args.table), sha256: inputs.table.source!.sha256 },
    attributes: { file: basename(args.attributes), sha256: inputs.column.sha256! },
    ...(args.ids !== undefined && { ids: { file: basename(args.ids), sha256: sha256(readFileSync(args.ids)) } }),
  }
}

/** The same for the report: "table users.npy" and its digest. */
export function reportHashes(files: Readonly<Record<string, FileRecord>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).map(([role, { file, sha256 }]) => [`${role} ${file}`, `sha256 ${sha256}`]),
  )
}
