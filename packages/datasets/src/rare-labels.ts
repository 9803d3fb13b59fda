/** @file Labels that too few users have to be attacked or aligned, taken as unknown. */

import type { Labels } from '@indistinct/core'
import type { Dataset } from './dataset.ts'

/**
 * `dataset` with labels that fewer than `least` users have taken as unknown (code -1) and gone from the classes, in
 * every attribute; its users and interactions stay. What was left out is said in the notes.
 * @throws RangeError when `least` is no positive integer.
 */
export function withoutRareLabels(dataset: Dataset, least: number): Dataset {
  if (!Number.isInteger(least) || least < 1)
    throw new RangeError(`withoutRareLabels: expected a positive integer, got ${least}`)
  const attributes: Record<string, Labels> = {}
  const notes = [...dataset.notes]
  for (const [name, { classes, codes }] of Object.entries(dataset.attributes)) {
    const users = classes.map(() => 0)
    for (const code of codes) if (code >= 0) users[code]!++
    const kept = classes.flatMap((_, code) => (users[code]! >= least ? [code] : []))
    const rare = classes.filter((_, code) => users[code]! < least)
    attributes[name] = { classes: kept.map((code) => classes[code]!), codes: codes.map((code) => kept.indexOf(code)) }
    if (rare.length > 0)
      notes.push(`labels of ${name} that fewer than ${least} users have are taken as unknown: ${rare.join(', ')}`)
  }
  return { ...dataset, attributes, notes }
}
