/** @file Who is most exposed: single users and groups of them, and not only the average over all. */

import { estimateCell } from './attack-tables.ts'
import { dataTable, phaseLines } from './data-table.ts'
import { count, estimateText, fixed, percent } from '../charts/format-number.ts'
import { attackName } from '../leak.ts'
import { html, shorten, type Content, type Markup } from '../markup.ts'
import type { BeforeAfter, ExposedGroup, ExposureData } from '../report-data.ts'

/** What the risk of a user is, in one sentence; the impact assessment has it too. */
export const riskOfUser =
  'The risk of a user is the probability that the strongest attack gives to the user’s own label, on average over ' +
  'the draws in which the attacker did not know it.'

/** "The largest risk of a user is 0.93 before unlearning, by Perceptron on users". */
export function largestRisks({ before, after }: BeforeAfter<ExposureData>): string[] {
  return (
    [
      [before, after ? ' before unlearning' : ''],
      [after, ' after unlearning'],
    ] as const
  ).flatMap(([exposure, when]) => {
    const everyone = exposure?.groups[0]
    if (!exposure || !everyone) return []
    const { right, guess, users } = everyone.surest
    return [
      `The largest risk of a user is ${fixed(exposure.largest, 3)}${when}, by ${attackName(exposure)}` +
        `${exposure.turned ? ' with its answers turned round' : ''}; 95\u00a0% of users have at most ` +
        `${fixed(everyone.risk.value, 3)}. Of its ${count(users)} surest guesses ` +
        `${percent(right.value, 1)} are right, ` +
        `and ${percent(guess, 1)} would be by guessing.${mostExposed(exposure)}`,
    ]
  })
}

/** The group within which the attack tells labels apart best, where groups were told of. */
function mostExposed({ groups }: ExposureData): string {
  const [all, ...others] = groups.filter(({ auc }) => auc)
  const most = others.reduce<ExposedGroup | undefined>(
    (best, each) => (best && best.auc!.value >= each.auc!.value ? best : each),
    undefined,
  )
  return most
    ? ` The most exposed group is “${shorten(most.name, 60)}”, with an AUC of ${estimateText(most.auc!, 3)} within ` +
        `it; among all users it is ${estimateText(all!.auc!, 3)}.`
    : ''
}

/** A row for everyone, for each label and for each other group. */
export function exposureSection(exposure: BeforeAfter<ExposureData>): Markup {
  const { before, after } = exposure
  const names = [...new Set([before, after].flatMap((each) => each?.groups.map(({ name }) => name) ?? []))]
  const groupIn = (phase: ExposureData | undefined, name: string): ExposedGroup | undefined =>
    phase?.groups.find((group) => group.name === name)
  const cells = (name: string, of: (group: ExposedGroup) => Content): Content => {
    const [was, is] = [groupIn(before, name), groupIn(after, name)]
    return before && after ? phaseLines(was && of(was), is && of(is)) : was ? of(was) : is && of(is)
  }
  const measures: readonly (readonly [title: string, cell: (group: ExposedGroup) => Content])[] = [
    ['95\u00a0% of users at most', ({ risk }) => estimateCell(risk)],
    ['Surest right', ({ surest }) => estimateCell(surest.right)],
    ['By guessing', ({ surest }) => fixed(surest.guess, 3)],
    ['AUC within', ({ auc }) => (auc ? estimateCell(auc) : '–')],
  ]
  const both = before !== undefined && after !== undefined
  const rows = names.map((name): Content[] => [
    shorten(name, 60),
    count((groupIn(before, name) ?? groupIn(after, name))!.users),
    ...(both ? [phaseLines('before', 'after')] : []),
    ...measures.map(([, cell]) => cells(name, cell)),
  ])
  const head = ['Group', 'Users', ...(both ? [''] : []), ...measures.map(([title]) => title)]
  const caption = 'Risk of users by group, with 95\u00a0% intervals'
  return html`<p>${riskOfUser}</p>
${largestRisks(exposure).map((line) => html`<p>${line}</p>`)}
${dataTable(caption, head, rows, 1, both ? 'stacked' : undefined)}
<p class="note">An attacker may be sure and wrong. So the table counts the surest twentieth of the guesses in each \
group, and how many are right. For a label, these are the users who most seem to have it. Guessing by the labels’ \
shares is right as often as stated beside it. The AUC within a group is the attack’s among its users alone. No user is \
named here.</p>`
}
