/** @file What a stage runner is called with. */

import type { StageInput } from '@indistinct/stages'
import type { ArtifactWriter } from './artifact-folder.ts'

/** `progress` tells how much of the work is done (0 to 1), with a few words; it is cheap to call often. */
export interface StageContext extends StageInput {
  readonly artifact: ArtifactWriter
  progress(share: number, words?: string): void
}

/** The upstream folder in `role`. */
export function upstreamOf(context: StageContext, role: string): string {
  const root = context.upstream[role]
  if (root === undefined) throw new RangeError(`${context.id}: expected an upstream artifact as ${role}, got none`)
  return root
}
