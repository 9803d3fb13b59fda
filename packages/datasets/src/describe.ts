/** @file The numbers of the paper's Table 2 for a data set. */

import type { Dataset } from './dataset.ts'

export interface ClassDescription {
  readonly label: string
  readonly users: number
  readonly interactions: number
}

/** One row of Table 2. `sparsity` is the share of user-item pairs without an interaction, 1 - n / (N * M). */
export interface DatasetDescription {
  readonly name: string
  readonly users: number
  readonly items: number
  readonly interactions: number
  readonly sparsity: number
  readonly attributes: Readonly<Record<string, AttributeDescription>>
}

export interface AttributeDescription {
  readonly classes: readonly ClassDescription[]
  /** Users whose label is missing, and their interactions. */
  readonly missing: { readonly users: number; readonly interactions: number }
}

/** Counts users, items and interactions, in total and for each class of each attribute. */
export function describe(dataset: Dataset): DatasetDescription {
  const users = dataset.users.length
  const items = dataset.items.length
  const interactions = dataset.interactions.users.length
  const perUser = new Int32Array(users)
  for (const user of dataset.interactions.users) perUser[user]!++
  const attributes: Record<string, AttributeDescription> = {}
  for (const [name, labels] of Object.entries(dataset.attributes)) {
    // Code -1, a missing label, lands in the slot before the first class.
    const slots = [null, ...labels.classes].map(() => ({ users: 0, interactions: 0 }))
    labels.codes.forEach((code, user) => {
      slots[code + 1]!.users++
      slots[code + 1]!.interactions += perUser[user]!
    })
    attributes[name] = {
      classes: labels.classes.map((label, code) => ({ label, ...slots[code + 1]! })),
      missing: slots[0]!,
    }
  }
  return { name: dataset.name, users, items, interactions, sparsity: 1 - interactions / (users * items), attributes }
}
