/** @file An earlier fit applied to the table of today, and whether it still hides what it was fitted to hide. */

import { WouldHarmError, type Labels } from '@indistinct/core'
import { updateUnlearned, type FittedUnlearner, type Unlearned, type UpdatedTable } from '@indistinct/unlearners'
import type { TableInputs } from '../inputs/table-inputs.ts'
import type { Log } from '../terminal/log.ts'
import type { FlowExtras } from './flow-extras.ts'
import type { OpenedFit } from './opened-fit.ts'
import type { UnlearnInputs } from './unlearn-inputs.ts'
import type { UnlearnRequest } from './unlearn-request.ts'

interface UpdatedByFit {
  readonly results: readonly [Unlearned]
  readonly fitted: FittedUnlearner
  readonly updated: UpdatedTable
}

/** Brings the table up to date with `fit`, and warns where everybody should be fitted anew. */
export function updateByFit({ request, inputs, extras }: UnlearnInputs, fit: OpenedFit, log: Log): UpdatedByFit {
  const { previous, unlabelled, seed } = request
  const { fitted, reference, also, before } = fit
  const { matrix, ids } = inputs.table
  const judged = [
    { labels: judgedLabels(inputs), reference },
    ...Object.entries(extras.also ?? {}).map(([name, labels]) => ({ labels, reference: also?.[name] ?? [] })),
  ]
  const updated = updateUnlearned(fitted, matrix, movedLabels(inputs, extras, fitted), {
    unlabelled,
    seed,
    judged,
    ...(before && { previous: before }),
  })
  if (before && updated.kept === 0)
    log.warn(`no labelled user of ${request.table} is in ${previous}: all of ${ids.length} are mapped`)
  for (const { first, second, ratio, chance } of updated.refit.above) {
    log.warn(
      `${first} and ${second} are told apart: MMD^2 is ${ratio.toFixed(2)} times what chance gives ` +
        `(${chance.toFixed(2)} times in one of 20 relabellings); unlearn the whole table again`,
    )
  }
  checkHidden(updated, request, log)
  const counts = { kept: updated.kept, mapped: updated.mapped, original: updated.original }
  const { due, pairs, unhidden } = updated.refit
  const refit = { due, pairs, ...(unhidden.length > 0 && { unhidden }) }
  // Where the fit ended says nothing of the users of today.
  const { outcome, ...parameters } = fitted.parameters
  const result = {
    embedding: updated.embedding,
    method: fitted.method,
    parameters: { ...parameters, update: { ...counts, refit, ...(outcome !== undefined && { fitted: outcome }) } },
    trace: [],
    passes: 0,
  }
  return { results: [result], fitted, updated }
}

/** @throws WouldHarmError where the fit hides hardly anything of this table, unless --force is there. */
function checkHidden({ refit: { unhidden } }: UpdatedTable, request: UnlearnRequest, log: Log): void {
  if (unhidden.length === 0) return
  const { update, table, attribute, force } = request
  const pairs = unhidden.map(({ first, second }) => `${first} and ${second}`).join(', ')
  const message =
    `${update!} hides little of ${attribute} in ${table}: ${pairs} are told apart nearly as well as before; the ` +
    'table is of another model than the fit, or has changed too much; unlearn the whole table again'
  if (!force) throw new WouldHarmError(`${message}. Nothing was written; --force writes it all the same`)
  log.warn(message)
}

/** Labels that are told apart: quarters of a number by their place, since their bounds are other ones every day. */
export function judgedLabels({ labels, values }: Pick<TableInputs, 'labels' | 'values'>): Labels {
  return values ? { ...labels, classes: labels.classes.map((_, quarter) => `quarter ${quarter + 1}`) } : labels
}

/** Whom the fit moves: by label; for a number and several attributes, whoever has one of them, by one map. */
function movedLabels({ labels, values }: TableInputs, { also }: FlowExtras, { classes }: FittedUnlearner): Labels {
  if (!values && !also) return labels
  const all = [labels, ...Object.values(also ?? {})]
  return {
    classes: classes.slice(0, 1),
    codes: labels.codes.map((_, i) => (all.some(({ codes }) => codes[i]! >= 0) ? 0 : -1)),
  }
}
