/** @file The fit of an earlier run, and rows given out before, opened for the table of today. */

import { badData, classCounts, usageError, type Labels } from '@indistinct/core'
import { namesOfDimensions, sameColumns } from '../inputs/same-columns.ts'
import type { TableInputs } from '../inputs/table-inputs.ts'
import type { Fit } from './fit-file.ts'
import type { FlowExtras } from './flow-extras.ts'
import { previousRows, type PreviousRows } from './previous-rows.ts'
import type { UnlearnRequest } from './unlearn-request.ts'

export interface OpenedFit extends Fit {
  /** Rows given out before, where --previous names them. */
  readonly before?: PreviousRows
  /** What a reader of the result should know. */
  readonly warnings: readonly string[]
}

/**
 * `fit`, which --update names, and the table of --previous.
 * @throws IndistinctError where they do not fit the table.
 */
export async function openFit(
  request: UnlearnRequest,
  fit: Fit,
  inputs: TableInputs,
  extras: FlowExtras,
): Promise<OpenedFit> {
  const { previous, unlabelled, table } = request
  const update = request.update!
  const { fitted, attribute } = fit
  const { matrix } = inputs.table
  if (attribute !== inputs.column.name)
    throw usageError(
      `--update: ${update} was fitted to ${JSON.stringify(attribute)}, and --attribute is ` +
        `${JSON.stringify(inputs.column.name)}`,
    )
  if (fitted.columns !== matrix.cols)
    throw badData(`${table}: expected ${fitted.columns} dimensions as in ${update}, got ${matrix.cols}`)
  checkLabels(request, fit, inputs.labels)
  const attributes = { [attribute]: inputs.labels, ...extras.also }
  const warnings = [
    ...sameColumns({ path: table, names: namesOfDimensions(inputs.table) }, { path: update, names: fit.dimensions }),
    ...unjudged(table, attributes),
  ]
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
  if (unlabelled === 'map' && fitted.map.kind === 'by-class')
    throw usageError(
      `--unlabelled map: ${update} is a fit of ${fitted.method}, which has no map for users without a label; leave ` +
        'it out, or fit by blind or leace',
    )
  if (request.audit && unjudged(table, { [attribute]: inputs.labels }).length > 0)
    throw badData(
      `--audit: fewer than two labels of ${attribute} have two users or more in ${table}, and an attack needs so ` +
        'many; leave it out, or update all users of today together',
    )
  checkAnyoneMoves(request, fit, Object.values(attributes))
  if (previous === undefined) return { ...fit, warnings }
  const before = await previousRows(request, previous, inputs, fitted)
  return { ...fit, before, warnings: [...warnings, ...before.warnings] }
}

/** @throws IndistinctError 'bad-data' where a label is not among those that were fitted. */
function checkLabels(request: UnlearnRequest, { fitted: { classes }, continuous }: Fit, labels: Labels): void {
  if (continuous) return
  const counts = classCounts(labels)
  const other = labels.classes.find((name, c) => counts[c]! > 0 && !classes.includes(name))
  if (other === undefined) return
  throw badData(
    `${request.attributes}: column ${JSON.stringify(request.attribute)}: label ${JSON.stringify(other)} is none of ` +
      `${classes.join(', ')}, which ${request.update!} was fitted to; write it as one of them (--merge-labels), ` +
      `leave these users out (--missing-label ${JSON.stringify(other)}), or unlearn the whole table again`,
  )
}

/** @throws IndistinctError 'bad-data' where nobody has a label, and users without one stay. */
function checkAnyoneMoves({ table, attributes, unlabelled, update }: UnlearnRequest, fit: Fit, all: Labels[]): void {
  const { method, map } = fit.fitted
  if (unlabelled === 'map' || all.some(({ codes }) => codes.some((code) => code >= 0))) return
  const byLabel = map.kind === 'by-class'
  throw badData(
    `${table}: no user has a label in ${attributes}, and users without one stay where they are; ` +
      (byLabel
        ? `${update!} is a fit of ${method}, which moves users by their label: give labels, or fit by blind or ` +
          'leace, which move everybody by one map (--unlabelled map)'
        : `${update!} is a fit of ${method}, one map for everybody: move them by it too with --unlabelled map`),
  )
}

/** A line where no two labels of an attribute have two users or more, so that nothing tells whether it is hidden. */
function unjudged(table: string, attributes: Readonly<Record<string, Labels>>): string[] {
  const names = Object.entries(attributes)
    .filter(([, labels]) => classCounts(labels).filter((users) => users > 1).length < 2)
    .map(([name]) => name)
  if (names.length === 0) return []
  return [
    `${table}: fewer than two labels of ${names.join(' and of ')} have two users or more: whether the fit still ` +
      `hides ${names.length === 1 ? 'it' : 'them'} is not judged; update all users of today together to see it`,
  ]
}
