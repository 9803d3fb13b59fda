/** @file Arguments of unlearning that one table, several and shards share. */

import type { UnlearnerName } from '@indistinct/unlearners'
import type { TableArguments } from '../inputs/table-arguments.ts'
import type { Lengths } from './written-table.ts'

export interface UnlearningArguments extends TableArguments {
  readonly method: UnlearnerName
  readonly seed: number
  readonly unlabelled: 'leave' | 'map'
  readonly fit?: string | undefined
  readonly update?: string | undefined
  readonly previous?: string | undefined
  readonly delta?: string | undefined
  readonly lengths: Lengths
}
