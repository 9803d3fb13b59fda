/** @file What whoever files the report needs beside its figures: who gets the table, and what risk is left. */

import { fixed } from '../charts/format-number.ts'
import type { Recipient, ReportData } from '../report-data.ts'
import { limitOf, verdictOf } from '../verdict.ts'

/** What nothing here looks at, in the words of the Article 29 Working Party's three risks. */
export const notAssessed = [
  'Singling out: whether one user’s row can be told from all others.',
  'Linkability: whether rows of two tables can be found to be of one user.',
] as const

/** What must make somebody look again. */
export const reviewTriggers = [
  'another release of the table, or of another table of the same users',
  'a recipient who gets or has more than is written here',
  'labels that were corrected, or more labels that became known',
  'a model that was trained anew',
  'an attack that is not among those listed',
] as const

/** "gender", or "gender or age" where several were attacked: a finding is of one of them, not always of the first. */
export function attackedAttributes({
  attribute,
  also = [],
}: Pick<ReportData, 'attribute' | 'also'>): string | undefined {
  return attribute && [attribute.name, ...also].join(' or ')
}

/** One sentence a recipient: what may still be inferred, as far as it was tested. */
export function residualRisk(data: ReportData, { name, holds }: Recipient): string {
  const attribute = attackedAttributes(data) ?? 'the attribute'
  const { status, worst } = verdictOf(data)
  const limit = limitOf(data)
  const found = {
    leak: `${attribute} can be inferred from the table; the attacks we ran found a leak${
      worst ? `, up to a folded AUC of ${fixed(worst.folded.value, 3)}` : ''
    }`,
    bounded: `the attacks we ran on the table inferred ${attribute} no better than a folded AUC of ${
      limit === undefined ? 'the limit' : fixed(limit, 3)
    }`,
    undecided: `the attacks we ran on the table found nothing of ${attribute} beyond chance, and do not rule it out`,
    'not-measured': `no attack on ${attribute} was run`,
  }[status]
  return (
    `${name} (${holds}): ${found}. What ${name} holds beside the table, or instead of it, was not tested unless it ` +
    'is named under “What is known, and how”.'
  )
}

/** A digest without the word before it. */
export function bareDigest(digest: string): string {
  return digest.replace(/^sha256 /, '')
}
