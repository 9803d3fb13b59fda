/** @file From whom a method hides, in words, and which method hides from whom (docs/threat-models.md). */

import type { UnlearnerName } from '@indistinct/unlearners'
import { countOf, grouped } from '../terminal/text-table.ts'
import { followsLabels, type UsersForColumns } from './users-a-column.ts'

/** What the attacker holds beside some labels: these tables, or also history, an earlier release or another model. */
export type AttackerHolds = 'tables' | 'history'

/** What is said of runs that hold no whole table, and so do not check themselves. */
export const uncheckedLine =
  'Not checked: whether fine structure gives away more than before. `indistinct audit --attackers fine` on a ' +
  'part of the table shows it.'

/** The method that hides from who holds that, where none is asked for. */
export function methodFor(holds: AttackerHolds): UnlearnerName {
  return holds === 'history' ? 'blind' : 'flow'
}

/**
 * One line: what is hidden, from whom, by which argument, and from whom it is not; and how many neighbours rows were
 * drawn towards at last.
 */
export function scopeOfUnlearning(
  attributes: readonly string[],
  method: UnlearnerName,
  size: UsersForColumns,
  smooth = 0,
): string {
  const scope = hidingScope(attributes, method, size)
  if (smooth === 0) return scope
  return (
    `${scope} At last every row, with a label or without, went a quarter of the way to the mean of its ` +
    `${grouped(smooth)} nearest rows, which reads no label.`
  )
}

function hidingScope(attributes: readonly string[], method: UnlearnerName, size: UsersForColumns): string {
  const what = attributes.join(', ')
  if (followsLabels(method, size)) {
    const whom = method === 'leace' ? 'linear attackers' : 'who holds these tables and some labels'
    return (
      `Aims to hide ${what} from ${whom}, by one map for everybody. But ${countOf(size.users, 'user')} with a label ` +
      `are few for ${countOf(size.columns, 'column')}: the map follows the label of each of them, and who holds an ` +
      'earlier release may read it from the move.'
    )
  }
  switch (method) {
    case 'leace':
      return (
        `Aims to hide ${what} from linear attackers, by one map for everybody: who also holds what users did, an ` +
        'earlier release or another model ' +
        "learns nothing from a user's move. Not from attackers that are not linear."
      )
    case 'blind':
      return (
        `Aims to hide ${what} from who holds these tables and some labels, by one map for everybody: who also ` +
        'holds what users did, an earlier ' +
        "release or another model learns nothing from a user's move. What these tell by themselves they go on telling."
      )
    case 'relabel':
      return (
        `Hides ${what} exactly from who holds these tables, any labels and any computer: which point a user has ` +
        'is drawn, so that every labelling with ' +
        'these counts is as likely as any other. Not from who also holds what users did, lists that leave out ' +
        'what users have seen, an earlier release or ' +
        'another model, nor where the order of rows or ids tells of users. Keep report, sidecar and fit as ' +
        'secret as the labels.'
      )
    case 'random-noise':
      return `Hides ${what} from nobody by design: noise is the baseline that methods are compared with.`
    default:
      return (
        `Aims to hide ${what} from who holds these tables and some labels, by a move of each user by the user's ` +
        'own label. ' +
        'Not from who also holds what users did, an earlier release or another model: the move tells them the ' +
        'label (--attacker-holds history).'
      )
  }
}
