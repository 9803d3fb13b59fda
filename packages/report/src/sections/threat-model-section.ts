/** @file Who is assumed to attack, with what. */

import { count, percent } from '../charts/format-number.ts'
import { html, type Content, type Markup } from '../markup.ts'
import type { ThreatModel } from '../report-data.ts'
import { list, termList } from './lists.ts'

/** The threat model as a list of terms; what the data does not say is not guessed. */
export function threatModelSection(model: ThreatModel): Markup {
  const { shadow, retrained } = model
  const items: [string, Content][] = [
    ['The attacker sees', list(model.sees.map((text) => html`${text}`))],
    [
      'Labels known to the attacker',
      shadow &&
        `${count(shadow.users)} ` +
          `users${shadow.share === undefined ? '' : `, ${percent(shadow.share, 1)} of those with a label`}`,
    ],
    ['Balance', model.balance],
    ['Attackers', described(model.attackers)],
    ['Protocols', described(model.protocols)],
    ['Input', model.inputs && model.inputs.length > 0 && model.inputs.join(' and ')],
    ['Repeats', model.repeats === undefined ? undefined : count(model.repeats)],
    [
      'After unlearning',
      retrained === undefined
        ? undefined
        : retrained
          ? 'every attacker is trained afresh on the new table'
          : 'attackers trained on the old table are applied to the new one; one trained on the new table may find more',
    ],
  ]
  return termList(items)
}

function described(items: readonly { name: string; description?: string }[] | undefined): Content {
  return (
    items &&
    list(items.map(({ name, description }) => html`<b>${name}</b>${description !== undefined && `: ${description}`}`))
  )
}
