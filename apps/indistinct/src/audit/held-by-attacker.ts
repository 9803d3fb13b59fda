/**
 * @file What an attacker holds beside the tables (`--with`): what users did, an earlier release, another model. The
 * question is then what the tables add to what that alone tells.
 */

import { badData, counted, sideBySide, usageError, type Json, type Labels, type Matrix } from '@indistinct/core'
import { basename } from '@indistinct/core/platform'
import { harmCheck, type HarmCheck } from '@indistinct/attackers'
import { isHistoryFile, readHistory, readTable, type EmbeddingTable } from '@indistinct/embeddings'
import { historyFeatures } from '@indistinct/observations'
import type { Options } from 'yargs'
import { inGroup } from '../terminal/command-help.ts'
import { filesOption, textOption, valueFlag, textFlag } from '../terminal/option-values.ts'
import { checkSameIds } from '../inputs/audited-tables.ts'
import type { FileRecord } from '../inputs/file-record.ts'
import type { TableArguments } from '../inputs/table-arguments.ts'
import type { TableInputs } from '../inputs/table-inputs.ts'
import { countOf, grouped, printable, textTable } from '../terminal/text-table.ts'
import type { AttackTarget } from './attack-target.ts'
import { labelsTarget } from './attack-targets.ts'

export interface HeldArguments {
  readonly 'attacker-holds': 'tables' | 'history'
  readonly with?: readonly string[] | undefined
  readonly 'with-user-column'?: string | undefined
  readonly 'with-item-column'?: string | undefined
}

export const heldOptions = inGroup('What the attacker holds', {
  'attacker-holds': valueFlag(
    'tables: these tables and some labels; history: also what users did, an earlier release or another model, ' +
      'which --with names',
    textOption('--attacker-holds'),
    { choices: ['tables', 'history'], default: 'tables' },
  ),
  with: textFlag(
    'files that the attacker holds too, separated by commas: what users did (a user and an item a line), an ' +
      'earlier release, another model',
    filesOption('--with'),
  ),
  'with-user-column': textFlag(
    'column of users of a history; default: one of a usual name',
    textOption('--with-user-column'),
  ),
  'with-item-column': textFlag(
    'column of items of a history; default: one of a usual name',
    textOption('--with-item-column'),
  ),
} as const satisfies Record<string, Options>)

/** A file that is held, as numbers a user. */
export interface HeldFile {
  readonly path: string
  /** For people: "ratings.csv, the history of 943 users: 100,000 lines, 1,682 items". */
  readonly description: string
  /** (N, L), rows of the table; users of whom it knows nothing have the mean of the others. */
  readonly matrix: Matrix
  readonly record: FileRecord
  readonly warnings: readonly string[]
}

/** Directions of a history that are kept: what a linear attacker gains beyond is little. */
const historyWidth = 64

/**
 * Reads the files of `--with` for the users of `table`.
 * @throws IndistinctError 'bad-data' where a file knows hardly any of them.
 */
export async function readHeld(
  args: HeldArguments & Omit<TableArguments, 'table'> & { readonly seed: number },
  table: EmbeddingTable,
  path: string,
): Promise<HeldFile[]> {
  if (args['attacker-holds'] === 'history' && !args.with)
    throw usageError(
      '--attacker-holds history: expected what the attacker holds beside the tables; name the files (--with)',
    )
  const held: HeldFile[] = []
  for (const each of args.with ?? []) held.push(await heldFile(each, args, table, path))
  return held
}

async function heldFile(
  path: string,
  args: HeldArguments & Omit<TableArguments, 'table'> & { readonly seed: number },
  table: EmbeddingTable,
  tablePath: string,
): Promise<HeldFile> {
  const name = basename(path)
  const columns = { userColumn: args['with-user-column'], itemColumn: args['with-item-column'] }
  const rows = table.ids.length
  if (await isHistoryFile(path, columns)) {
    const { history, lines, known, sha256, notes } = await readHistory(
      path,
      { name: tablePath, rows, ids: table.idColumn === undefined ? undefined : table.ids },
      columns,
    )
    const matrix = historyFeatures(history, { width: Math.min(historyWidth, history.cols), seed: args.seed })
    const size = `${countOf(lines, 'line')}, ${countOf(history.cols, 'item')}`
    const description = `${name}, the history of ${countOf(known, 'user')}: ${size}`
    return {
      path,
      description,
      matrix,
      record: { file: name, sha256 },
      warnings: [...notes, ...unknownUsers(path, rows - known)],
    }
  }
  const other = await readTable(path, {
    idColumn: args['table-id-column'] ?? args['id-column'],
    dimensions: args.dimensions,
    labels: [args.attribute],
    key: args['table-key'],
  })
  checkSameIds(other, path, table, tablePath)
  const { matrix, known } = rowsOf(other, table)
  if (2 * known < rows)
    throw badData(
      `${path}: expected most users of ${tablePath}, got ${known} of ${rows}; hand over what the attacker holds ` +
        'of these users',
    )
  const description = `${name}, vectors of ${countOf(known, 'user')}: ${counted(other.matrix.cols, 'dimension')}`
  return {
    path,
    description,
    matrix,
    record: { file: name, sha256: other.source!.sha256 },
    warnings: [...other.warnings, ...unknownUsers(path, rows - known)],
  }
}

function unknownUsers(path: string, count: number): string[] {
  return count === 0 ? [] : [`${path} knows nothing of ${countOf(count, 'user')} of the table`]
}

/** Rows of `other` in the order of the users of `table`; the mean row for those it lacks. */
function rowsOf(
  { ids, matrix: { cols, data } }: EmbeddingTable,
  table: EmbeddingTable,
): { matrix: Matrix; known: number } {
  const rowOf = new Map(ids.map((id, row) => [id, row]))
  const out = new Float32Array(table.ids.length * cols)
  const mean = new Float64Array(cols)
  for (let p = 0; p < data.length; p++) mean[p % cols]! += data[p]! / ids.length
  let known = 0
  table.ids.forEach((id, to) => {
    const from = rowOf.get(id)
    if (from !== undefined) known++
    out.set(from === undefined ? Float32Array.from(mean) : data.subarray(from * cols, (from + 1) * cols), to * cols)
  })
  return { matrix: { rows: table.ids.length, cols, data: out }, known }
}

/** What tables add to what is held. */
export interface HeldComparison {
  readonly files: readonly HeldFile[]
  readonly attribute: string
  /** `before` is what is held alone, `after` that and the tables side by side. */
  readonly check: HarmCheck
  readonly sentence: string
}

/** Attacks what is held alone, and with `tables` (N, K each) beside it: the same users, folds and attackers. */
export async function compareWithHeld(
  files: readonly HeldFile[],
  tables: readonly Matrix[],
  attribute: string,
  labels: Labels,
  seed: number,
): Promise<HeldComparison> {
  const held = sideBySide(files.map(({ matrix }) => matrix))
  const check = await harmCheck(held, sideBySide([held, ...tables]), labels, { seed })
  return { files, attribute, check, sentence: sentenceOf(check, files, attribute) }
}

function sentenceOf(
  { findings, worse, worst, level }: HarmCheck,
  files: readonly HeldFile[],
  attribute: string,
): string {
  const names = files.map(({ path }) => basename(path)).join(' and ')
  const { before, after } = findings.find(({ attacker }) => attacker === worst)!
  const alone = Math.max(...findings.map((finding) => finding.before.foldedAuc))
  const figures = `from ${names} alone the strongest of these attackers has a folded AUC of ${three(alone)}`
  return worse
    ? `Who also holds ${names} learns ${attribute} from the table: ${figures}; with the table ${worst} rises from ` +
        `${three(before.foldedAuc)} to ${three(after.foldedAuc)}.`
    : `To who also holds ${names} the table adds nothing that these attackers could show (level ${level}): ` +
        `${figures}, and with the table the strongest has ` +
        `${three(Math.max(...findings.map((finding) => finding.after.foldedAuc)))}.`
}

/** A sentence, and a row for every attacker. */
export function heldText({ check, sentence }: HeldComparison): string {
  const rows = check.findings.map(({ attacker, description, before, after, difference, worse }) => [
    attacker,
    description,
    three(before.auc),
    three(after.auc),
    `${signed(difference.value)} [${signed(difference.lower)}, ${signed(difference.upper)}]`,
    worse ? 'yes' : 'no',
  ])
  const head = ['attacker', 'sees', 'AUC, held alone', 'with the table', 'folded AUC gained', 'adds']
  return (
    `${printable(sentence)}\n\n${textTable(head, rows)}` +
    `Brackets hold all attackers at once at ${100 * (1 - check.level)} %. Five folds, ${grouped(check.scored)} ` +
    `of ${countOf(check.labelled, 'user')} scored.\n`
  )
}

/**
 * Whom the audit speaks of, and whom not.
 * @param others what was attacked by who holds the tables alone, where files were given
 */
export function scopeLine(files: readonly HeldFile[], others: readonly string[]): string {
  const beside = files.map(({ description }) => description).join('; ')
  const untested = 'what users did, an earlier release, another model'
  if (files.length === 0)
    return `The attacker holds these tables and some labels. Not tested: who also holds ${untested} (--with).`
  const alone =
    others.length === 0 ? '' : `${others.join(', ')} with ${files.length === 1 ? 'that' : 'those'} beside the tables; `
  return `The attacker holds these tables, some labels, and ${beside}. Not tested: ${alone}whatever else he may hold.`
}

/** What of `targets` was not attacked with the files, which are held to the labels of `inputs` alone. */
export function withoutHeld(inputs: TableInputs, targets: readonly AttackTarget[]): string[] {
  return targets.map(({ attribute }) => attribute).filter((attribute) => attribute !== labelsTarget(inputs))
}

export function heldJson({ files, attribute, check, sentence }: HeldComparison): { readonly [name: string]: Json } {
  return {
    attribute,
    files: files.map(({ record, description }) => ({ ...record, description })),
    sentence,
    ...(JSON.parse(JSON.stringify(check)) as { [name: string]: Json }),
  }
}

function three(value: number): string {
  return value.toFixed(3)
}

function signed(value: number): string {
  return `${value < 0 ? '' : '+'}${three(value)}`
}
