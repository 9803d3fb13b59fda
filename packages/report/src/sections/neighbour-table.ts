/**
 * @file How many of their nearest users unlearning left with users: what is kept where there is nothing to recommend.
 */

import type { Labels } from '@indistinct/core'
import { estimateCell } from './attack-tables.ts'
import { dataTable } from './data-table.ts'
import { count, significant } from '../charts/format-number.ts'
import { html, shorten, type Markup } from '../markup.ts'
import { mergeSmallClasses } from '../t-sne/merge-small-classes.ts'
import type { Estimate, NeighbourData, NeighbourGroup } from '../report-data.ts'

/** What `neighbourOverlap` of @indistinct/metrics returns, as far as it is shown. */
export interface MeasuredOverlap {
  readonly k: number
  readonly of: number
  /** Rows measured (M). */
  readonly users: Int32Array
  readonly cosine: { readonly perUser: Float64Array }
  readonly euclidean: { readonly perUser: Float64Array }
}

/**
 * Means of a measured overlap over everyone and over each class of `labels` (N). Where the users measured are a sample,
 * with 95 % intervals by the normal approximation.
 */
export function neighbourDataOf({ k, of, users, cosine, euclidean }: MeasuredOverlap, labels: Labels): NeighbourData {
  if (labels.codes.length !== of)
    throw new RangeError(`neighbourDataOf: expected ${of} labels, got ${labels.codes.length}`)
  const sampled = users.length < of
  const { classes, codes } = mergeSmallClasses(labels)
  const group = (places: number[], name?: string): NeighbourGroup => {
    const estimate = (perUser: Float64Array): Estimate =>
      meanOf(
        places.map((place) => perUser[place]!),
        sampled,
      )
    return {
      ...(name !== undefined && { name }),
      users: places.length,
      cosine: estimate(cosine.perUser),
      euclidean: estimate(euclidean.perUser),
    }
  }
  const all = Array.from(users.keys())
  const byClass = classes.map(({ name }, code) => ({
    name,
    places: all.filter((place) => codes[users[place]!] === code),
  }))
  return {
    k,
    of,
    groups: [group(all), ...byClass.flatMap(({ name, places }) => (places.length > 0 ? [group(places, name)] : []))],
  }
}

function meanOf(values: readonly number[], sampled: boolean): Estimate {
  const value = values.reduce((sum, each) => sum + each, 0) / values.length
  if (!sampled || values.length < 2) return { value }
  const deviation = Math.sqrt(values.reduce((sum, each) => sum + (each - value) ** 2, 0) / (values.length - 1))
  const half = (1.959964 * deviation) / Math.sqrt(values.length)
  return { value, low: Math.max(0, value - half), high: Math.min(1, value + half) }
}

/** A row for everyone and for each class, by both measures of nearness. */
export function neighbourTable({ k, of, groups }: NeighbourData): Markup {
  const sampled = groups[0] !== undefined && groups[0].users < of
  const table = dataTable(
    `Share of the ${count(k)} nearest users that stayed among the ${count(k)} ` +
      `nearest${sampled ? ', with 95\u00a0% intervals' : ''}`,
    ['Users', 'Measured', 'By cosine', 'By distance'],
    groups.map(({ name, users, cosine, euclidean }) => [
      name === undefined ? 'all' : shorten(name, 60),
      count(users),
      estimateCell(cosine),
      estimateCell(euclidean),
    ]),
    1,
  )
  return html`<p>Users whose nearest users stay the same are grouped, searched for and served by look-alikes as \
before. 1 is a table in which nobody's neighbours changed; a table that has nothing to do with the old one keeps \
${significant(k / Math.max(1, of - 1), 2)}.</p>
${table}${
    sampled &&
    html`<p class="note">Measured on a seeded sample of users; their neighbours were sought among all ${count(of)}.</p>
`
  }`
}
