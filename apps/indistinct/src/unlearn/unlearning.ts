/**
 * @file What `unlearn` does to a table, or to several together: a method fitted anew, or an earlier fit brought up to
 * date.
 */

import type { Matrix } from '@indistinct/core'
import {
  calibratedFlowJoint,
  fitBlindInTurn,
  fitBlindValues,
  hsicFlow,
  mapUnlabelled,
  unlearners,
  unlearnTables,
  type FittedUnlearner,
  type TraceRow,
  type Unlearned,
  type UpdatedTable,
} from '@indistinct/unlearners'
import type { Log } from '../terminal/log.ts'
import { updateByFit } from './updated-by-fit.ts'
import { finishOf } from './relabelling.ts'
import { derivedNames, type UnlearnInputs } from './unlearn-inputs.ts'

/** What became of the tables, in their order. */
export interface Unlearning {
  readonly results: readonly Unlearned[]
  /** Of one table, by a method that was asked for its fit. */
  readonly fitted?: FittedUnlearner | undefined
  /** Of an update. */
  readonly updated?: UpdatedTable
}

/** Moves the users of one table by a method fitted anew or by an earlier fit, of several together. */
export function unlearnRead(read: UnlearnInputs, log: Log): Unlearning {
  const { fit, tables } = read
  if (tables.length > 1) return unlearnTogether(read, log)
  return fit ? updateByFit(read, fit, log) : fitMethod(read, log)
}

/** Fits the method to the table, and moves users without a label where that was asked for. */
function fitMethod(read: UnlearnInputs, log: Log): Unlearning {
  const { request, inputs, extras } = read
  const { method, unlabelled } = request
  const { unlearn, fit } = unlearners[method]
  const { labels, values, column } = inputs
  const { matrix } = inputs.table
  return showingPasses(read, log, (common) => {
    if (values && method === 'flow')
      return { results: [hsicFlow(matrix, values, { ...request.parameters, onPass: common.onPass })] }
    const options = { ...common, ...(extras.metric && { metric: extras.metric }) } as never
    if (extras.also && method === 'flow')
      return { results: [calibratedFlowJoint(matrix, { [column.name]: labels, ...extras.also }, options)] }
    const single = !values && !extras.also
    if (single && unlabelled === 'leave' && request.fit === undefined)
      return { results: [unlearn(matrix, labels, options)] }
    const fitted = values
      ? fitBlindValues(matrix, values, options)
      : extras.also
        ? fitBlindInTurn(matrix, { [column.name]: labels, ...extras.also }, options)
        : fit(matrix, labels, options)
    const embedding = unlabelled === 'map' ? mapUnlabelled(fitted, matrix, labels) : fitted.unlearned.embedding
    return { results: [{ ...fitted.unlearned, embedding }], fitted }
  })
}

/** Unlearns all tables as `unlearnTables` does, those of --derived from the others. */
function unlearnTogether(read: UnlearnInputs, log: Log): Unlearning {
  const { request, inputs, tables } = read
  const named = Object.fromEntries(tables.map(({ name, matrix }): [string, Matrix] => [name, matrix]))
  return showingPasses(read, log, (options) => {
    const results = unlearnTables(named, inputs.labels, request.method, options as never, {
      derived: derivedNames(read),
    })
    return { results: tables.map(({ name }) => results[name]!) }
  })
}

interface CommonOptions {
  readonly [name: string]: unknown
  readonly onPass: (row: TraceRow) => void
}

/** `work` with the options of the method; its passes are shown. */
function showingPasses<T>(
  { request, tables, earlier }: UnlearnInputs,
  log: Log,
  work: (options: CommonOptions) => T,
): T {
  const { method, seed, lengths, parameters } = request
  const { defaults } = unlearners[method]
  const total = parameters['steps'] ?? defaults['steps']
  const drawn = method === 'relabel' ? { finish: finishOf(tables, lengths), ...(earlier && { earlier }) } : {}
  const progress = log.progress(method)
  try {
    const onPass = ({ pass, loss }: TraceRow): void =>
      progress.update(pass, typeof total === 'number' ? total : undefined, `loss ${loss.toPrecision(3)}`)
    return work({ ...(Object.hasOwn(defaults, 'seed') && { seed }), ...parameters, ...drawn, onPass })
  } finally {
    progress.end()
  }
}
