/** @file Who is most exposed: single users and groups of them, and not only the average over all. */

import { estimateCell } from './attack-tables.ts'
import { dataTable, dropEmptyColumns } from './data-table.ts'
import { count, fixed, percent } from '../charts/format-number.ts'
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
        `${fixed(everyone.risk.value, 3)}. Of its ${count(users)} surest guesses ${percent(right.value, 1)} are right, ` +
        `and ${percent(guess, 1)} would be by guessing.`,
    ]
  })
}

/** A row for everyone, for each label and for each other group. */
export function exposureSection(exposure: BeforeAfter<ExposureData>): Markup {
  const { before, after } = exposure
  const names = [...new Set([before, after].flatMap((each) => each?.groups.map(({ name }) => name) ?? []))]
  const groupIn = (phase: ExposureData | undefined, name: string): ExposedGroup | undefined =>
    phase?.groups.find((group) => group.name === name)
  const both = before !== undefined && after !== undefined
  const columns = (
    title: string,
    cell: (group: ExposedGroup) => Content,
  ): { title: string; cell: (name: string) => Content }[] =>
    ([before, after] as const).flatMap((phase, at) =>
      phase
        ? [
            {
              title: both ? `${title} ${at === 0 ? 'before' : 'after'}` : title,
              cell: (name: string): Content => {
                const group = groupIn(phase, name)
                return group && cell(group)
              },
            },
          ]
        : [],
    )
  const all = [
    ...columns('95\u00a0% of users at most', ({ risk }) => estimateCell(risk)),
    ...columns('Surest right', ({ surest }) => estimateCell(surest.right)),
    ...columns('By guessing', ({ surest }) => fixed(surest.guess, 3)),
    ...columns('AUC within', ({ auc }) => auc && estimateCell(auc)),
  ]
  const table = dropEmptyColumns(
    ['Group', 'Users', ...all.map(({ title }) => title)],
    names.map((name) => [
      shorten(name, 60),
      count((groupIn(before, name) ?? groupIn(after, name))!.users),
      ...all.map(({ cell }) => cell(name)),
    ]),
    1,
  )
  return html`<p>${riskOfUser}</p>
${largestRisks(exposure).map((line) => html`<p>${line}</p>`)}
${dataTable('Risk of users by group, with 95\u00a0% intervals', table.head, table.rows, table.names)}
<p class="note">An attacker may be sure and wrong. So the table counts the surest twentieth of the guesses in each group, and how many are right. For a label, these are the users who most seem to have it. Guessing by the labels’ shares is right as often as stated beside it. The AUC within a group is the attack’s among its users alone. No user is named here.</p>`
}
