/** @file The attribute of a report: its labels with their counts, and how they found their rows. */

import { counted } from '@indistinct/core'
import { count } from '../charts/format-number.ts'
import { html, type Markup } from '../markup.ts'
import type { AttributeSummary } from '../report-data.ts'

export function attributeLine({ name: attribute, classes, missing = 0, joinedBy }: AttributeSummary): Markup {
  const counts = classes.map(({ name, users }) => `${name} (${count(users)})`).join(', ')
  return html`<p class="subject">Attribute <b>${attribute}</b>: ${counts}${
    missing > 0 && `; ${counted(missing, 'user', count(missing))} without a label`
  }${joinedBy !== undefined && `; labels joined by ${joinedBy}`}</p>
`
}
