/**
 * @file What `unlearn` does to a table, or to several together: a method fitted anew, or an earlier fit brought up to
 * date.
 */

import { existsSync } from 'node:fs'
import { badData, usageError, type Labels, type Matrix } from '@indistinct/core'
import { idsBeside, readTable } from '@indistinct/embeddings'
import {
  calibratedFlowJoint,
  classDifferences,
  hsicFlow,
  mapUnlabelled,
  unlearners,
  unlearnTables,
  updateUnlearned,
  type FittedUnlearner,
  type TraceRow,
  type Unlearned,
  type UpdatedTable,
} from '@indistinct/unlearners'
import { checkSameIds } from '../inputs/audited-tables.ts'
import { fitText, parseFit, type Fit } from './fit-file.ts'
import type { FlowExtras } from './flow-extras.ts'
import type { Log } from '../terminal/log.ts'
import { textOption } from '../terminal/option-values.ts'
import { readTextFile } from '../inputs/read-text-file.ts'
import { readOptions } from '../terminal/read-options.ts'
import type { TableInputs } from '../inputs/table-inputs.ts'
import { lengthsOption } from './written-table.ts'
import type { UnlearningArguments } from './unlearning-arguments.ts'

/** What was given of a method's parameters, under its names. */
export type Parameters = Readonly<Record<string, number | string>>

/** The same with what comes from elsewhere. */
type MethodOptions = Readonly<Record<string, unknown>>

export const unlearningOptions = {
  unlabelled: {
    describe: 'users without a label: leave them, or map them as the method does without one',
    choices: ['leave', 'map'],
    default: 'leave',
    requiresArg: true,
    coerce: textOption('--unlabelled'),
  },
  lengths: lengthsOption,
  delta: {
    describe: 'write here what `restore` needs to bring the original back; as sensitive as the original',
    type: 'string',
    requiresArg: true,
    coerce: textOption('--delta'),
  },
  fit: {
    describe: 'write the fitted method here, for --update; as sensitive as the original',
    type: 'string',
    requiresArg: true,
    coerce: textOption('--fit'),
  },
  update: {
    describe: 'a file that --fit wrote: map new users by it instead of unlearning everyone again',
    type: 'string',
    requiresArg: true,
    coerce: textOption('--update'),
  },
  previous: {
    describe: 'with --update: the table given out before, whose users keep their rows',
    type: 'string',
    requiresArg: true,
    coerce: textOption('--previous'),
  },
} as const

export interface Unlearning {
  readonly result: Unlearned
  readonly fitted?: FittedUnlearner
  /** Of an update. */
  readonly updated?: UpdatedTable
}

/**
 * Fits the method of `args`, with `parameters`, to the table, and moves users without a label where that was asked for.
 */
export function fitMethod(
  args: UnlearningArguments,
  inputs: TableInputs,
  parameters: MethodOptions,
  extras: FlowExtras,
  log: Log,
): Unlearning {
  const { method, unlabelled } = args
  const { unlearn, fit } = unlearners[method]
  const { matrix } = inputs.table
  return showingPasses(args, parameters, log, (common) => {
    if (inputs.values) return { result: hsicFlow(matrix, inputs.values, { ...parameters, onPass: common.onPass }) }
    const options = { ...common, ...(extras.metric && { metric: extras.metric }) } as never
    if (extras.also)
      return { result: calibratedFlowJoint(matrix, { [inputs.column.name]: inputs.labels, ...extras.also }, options) }
    if (unlabelled === 'leave' && args.fit === undefined) return { result: unlearn(matrix, inputs.labels, options) }
    const fitted = fit(matrix, inputs.labels, options)
    if (unlabelled === 'map' && fitted.map.kind === 'by-class' && inputs.missing > 0) log.warn(mixtureWarning(method))
    const embedding = unlabelled === 'map' ? mapUnlabelled(fitted, matrix, inputs.labels) : fitted.unlearned.embedding
    return { result: { ...fitted.unlearned, embedding }, fitted }
  })
}

/**
 * Unlearns `tables` of the same users, by name, as `unlearnTables` does, those of `derived` from the others; in the
 * order of `tables`.
 */
export function unlearnTogether(
  args: UnlearningArguments,
  tables: Readonly<Record<string, Matrix>>,
  labels: Labels,
  parameters: MethodOptions,
  derived: readonly string[],
  log: Log,
): Unlearned[] {
  return showingPasses(args, parameters, log, (options) => {
    const results = unlearnTables(tables, labels, args.method, options as never, { derived })
    return Object.keys(tables).map((name) => results[name]!)
  })
}

interface CommonOptions {
  readonly [name: string]: unknown
  readonly onPass: (row: TraceRow) => void
}

/** `work` with the options of the method of `args`; its passes are shown. */
function showingPasses<T>(
  { method, seed }: UnlearningArguments,
  parameters: MethodOptions,
  log: Log,
  work: (options: CommonOptions) => T,
): T {
  const { defaults } = unlearners[method]
  const total = parameters['steps'] ?? defaults['steps']
  const progress = log.progress(method)
  try {
    const onPass = ({ pass, loss }: TraceRow): void =>
      progress.update(pass, typeof total === 'number' ? total : undefined, `loss ${loss.toPrecision(3)}`)
    return work({ ...(Object.hasOwn(defaults, 'seed') && { seed }), ...parameters, onPass })
  } finally {
    progress.end()
  }
}

/** What a method with a map for each class can do for users whose class nobody knows. */
function mixtureWarning(method: string): string {
  return (
    `${method} has a map for each label: users without one move part of the way and keep most of what gives them ` +
    'away; leace moves everyone by one map'
  )
}

export interface OpenedFit extends Fit {
  /** Rows given out before, where --previous names them. */
  readonly before?: Awaited<ReturnType<typeof previousRows>>
}

/**
 * Reads the files of --update and --previous, and warns of what the fit cannot do.
 * @throws IndistinctError where they do not fit the table.
 */
export async function openFit(
  args: UnlearningArguments & { readonly update: string },
  inputs: TableInputs,
  log: Log,
): Promise<OpenedFit> {
  const { update, previous, unlabelled } = args
  const fit = readFit(update)
  const { fitted, attribute } = fit
  const { matrix } = inputs.table
  if (attribute !== inputs.column.name)
    throw usageError(
      `--update: ${update} was fitted to ${JSON.stringify(attribute)}, and --attribute is ` +
        `${JSON.stringify(inputs.column.name)}`,
    )
  if (fitted.columns !== matrix.cols)
    throw badData(`${args.table}: expected ${fitted.columns} dimensions as in ${update}, got ${matrix.cols}`)
  if (fitted.map.kind === 'dealt')
    throw usageError(
      `--update: ${update} is a draw of relabel, which maps no other users; leave --update out, and give --draw ` +
        `${update}`,
    )
  if (!fitted.exact && previous === undefined) {
    throw usageError(
      `--update: ${update} is a fit of ${fitted.method}, which moved each user on a way of its own; add ` +
        '--previous with the table given out before',
    )
  }
  if (unlabelled === 'map' && fitted.map.kind === 'by-class' && inputs.missing > 0)
    log.warn(mixtureWarning(fitted.method))
  return { ...fit, ...(previous !== undefined && { before: await previousRows(args, previous, inputs) }) }
}

/** Brings the table up to date with the fit that --update names, and warns where everybody should be fitted anew. */
export async function updateByFit(
  args: UnlearningArguments & { readonly update: string },
  inputs: TableInputs,
  log: Log,
): Promise<Unlearning> {
  const { previous, unlabelled, seed } = args
  const { fitted, reference, before } = await openFit(args, inputs, log)
  const { matrix, ids } = inputs.table
  const updated = updateUnlearned(fitted, matrix, inputs.labels, {
    unlabelled,
    seed,
    reference,
    ...(before && { previous: before }),
  })
  if (before && updated.kept === 0)
    log.warn(`no labelled user of ${args.table} is in ${previous}: all of ${ids.length} are mapped`)
  for (const { first, second, ratio, chance } of updated.refit.above) {
    log.warn(
      `${first} and ${second} are told apart: MMD^2 is ${ratio.toFixed(2)} times what chance gives ` +
        `(${chance.toFixed(2)} times in one of 20 relabellings); unlearn the whole table again`,
    )
  }
  const counts = { kept: updated.kept, mapped: updated.mapped, original: updated.original }
  const refit = { due: updated.refit.due, pairs: updated.refit.pairs }
  return {
    result: {
      embedding: updated.embedding,
      method: fitted.method,
      parameters: { ...fitted.parameters, update: { ...counts, refit } },
      trace: [],
      passes: 0,
    },
    fitted,
    updated,
  }
}

/** The file that --update reads. */
export function fitFile(fitted: FittedUnlearner, inputs: TableInputs, result: Unlearned, seed: number): string {
  return fitText({
    fitted,
    attribute: inputs.column.name,
    reference: classDifferences(result.embedding, inputs.labels, { seed }),
    ...(fitted.map.kind === 'dealt' && { ids: inputs.table.ids }),
  })
}

function readFit(path: string): Fit {
  return parseFit(readTextFile(path), path)
}

/**
 * Rows of users who were moved before, in the order of the table; they are found by id. A row that is the original one
 * is not counted: its user had no label then.
 */
async function previousRows(
  args: UnlearningArguments,
  path: string,
  { table }: TableInputs,
): Promise<{ embedding: TableInputs['table']['matrix']; known: Uint8Array }> {
  const ids = existsSync(idsBeside(path)) ? idsBeside(path) : undefined
  const before = await readTable(path, { ...readOptions(args), ids })
  checkSameIds(before, path, table, args.table)
  const K = table.matrix.cols
  if (before.matrix.cols !== K)
    throw badData(`${path}: expected ${K} dimensions as in ${args.table}, got ${before.matrix.cols}`)
  const rowOfId = new Map(before.ids.map((id, row) => [id, row]))
  const embedding = { rows: table.matrix.rows, cols: K, data: new Float32Array(table.matrix.data.length) }
  const known = new Uint8Array(table.matrix.rows)
  table.ids.forEach((id, i) => {
    const row = rowOfId.get(id)
    if (row === undefined) return
    const given = before.matrix.data.subarray(row * K, (row + 1) * K)
    embedding.data.set(given, i * K)
    if (given.some((value, k) => value !== table.matrix.data[i * K + k])) known[i] = 1
  })
  return { embedding, known }
}
