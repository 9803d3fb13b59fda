/**
 * @file Whether a table and a store are about the same users: a switch must not leave half of them in another space.
 */

import { badData, counted } from '@indistinct/core'
import type { IdentifiedVectors, VectorBatch } from './store.ts'

export interface UserComparison {
  /** Takes in users of the store. */
  see(batch: VectorBatch): void
  /** @throws IndistinctError 'bad-data' where users are missing on either side. */
  end(options: { readonly partial: boolean }): void
}

/**
 * Compares the users of `table` with those that the store holds.
 * @param declared dimensions that the place is declared for, where it is
 * @throws IndistinctError 'bad-data' where the dimensions differ; that is found before anything is written.
 */
export function compareUsers(place: string, { ids, matrix }: IdentifiedVectors, declared?: number): UserComparison {
  const expectDimensions = (dimensions: number): void => {
    if (dimensions === matrix.cols) return
    throw badData(
      `${place}: expected vectors of ${dimensions} dimensions, as the store holds them, got a table of ${matrix.cols}`,
    )
  }
  if (declared !== undefined) expectDimensions(declared)
  const unseen = new Set(ids)
  const others: string[] = []
  let otherCount = 0
  return {
    see(batch) {
      if (batch.ids.length > 0) expectDimensions(batch.dimensions)
      for (const id of batch.ids) {
        if (unseen.delete(id)) continue
        otherCount++
        if (others.length < 5) others.push(id)
      }
    },
    end({ partial }) {
      if (unseen.size > 0) {
        throw badData(
          `${place}: ${counted(unseen.size, 'user')} of the table ${unseen.size === 1 ? 'has' : 'have'} no ` +
            `vector there: ${listed([...unseen].slice(0, 5), unseen.size)}; ` +
            'expected users that the store holds. Was the table exported from here, under the same ids?',
        )
      }
      if (otherCount > 0 && !partial) {
        throw badData(
          `${place}: ${counted(otherCount, 'user')} there ${otherCount === 1 ? 'is' : 'are'} not in the table: ` +
            `${listed(others, otherCount)}; ` +
            'their vectors would stay as they are, beside new ones. Export and unlearn again, or pass --partial ' +
            'to leave them alone',
        )
      }
    },
  }
}

function listed(ids: readonly string[], total: number): string {
  const shown = ids.map((id) => JSON.stringify(id.length > 60 ? `${id.slice(0, 60)}…` : id)).join(', ')
  return total > ids.length ? `${shown} and ${total - ids.length} more` : shown
}
