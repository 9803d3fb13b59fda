/** @file Arguments that name a table and its labels. */

import type { LabelArguments } from './merge-labels.ts'

export interface TableArguments extends LabelArguments {
  readonly table: string
  readonly attributes: string
  readonly attribute: string
  readonly ids?: string | undefined
  readonly 'id-column'?: string | undefined
  readonly 'table-id-column'?: string | undefined
  readonly dimensions?: readonly string[] | undefined
  readonly 'table-key'?: string | undefined
  readonly scale?: number | undefined
  readonly 'zero-point'?: number | undefined
  readonly 'by-position'?: boolean | undefined
  /** Of `audit`: how many users to draw instead of reading all. */
  readonly sample?: number | undefined
  /** Of `unlearn`: what becomes of users without a label. */
  readonly unlabelled?: 'leave' | 'map'
}
