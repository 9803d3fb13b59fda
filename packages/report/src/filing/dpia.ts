/**
 * @file The report as Markdown, for a data protection impact assessment: in the order of the sections 0 to 6 of the
 * EDPB's template (version 1.0 of 10 March 2026). The headings are ours; what no measurement tells is left open.
 */

import { estimateText, fixed, significant } from '../charts/format-number.ts'
import { inWords } from '../attacker-names.ts'
import { attackName, foldedAuc } from '../leak.ts'
import type { ReportData } from '../report-data.ts'
import { largestRisks, riskOfUser } from '../sections/exposure-section.ts'
import { layerTitles } from '../sections/layers-section.ts'
import { pricesByGroup } from '../sections/price-by-group.ts'
import { threeAttacks, threeMeanings } from '../sections/three-attacks.ts'
import { verdictOf } from '../verdict.ts'
import { bareDigest, notAssessed, residualRisk, reviewTriggers } from './filing.ts'

const open = '_To be filled in by the controller._'

/** @throws RangeError where `given` has no filing. */
// eslint-disable-next-line max-lines-per-function -- one document, a section after the other
export function dpiaMarkdown(given: ReportData): string {
  const data = inWords(given)
  const { filing } = data
  if (!filing) throw new RangeError('dpiaMarkdown: expected a report with recipients and a criterion, got none')
  const verdict = verdictOf(data)
  const sections: [title: string, lines: readonly string[]][] = [
    [
      '0. Overview',
      [
        `Subject: ${text(data.title)}${data.subject === undefined ? '' : ` (${text(data.subject)})`}.`,
        `Controller, processors, team, schedule: ${open}`,
        ...digests(data),
      ],
    ],
    [
      '1. Description of the processing',
      [
        ...(data.attribute
          ? [
              `Attribute that is to stay hidden: ${text(data.attribute.name)} ` +
                `(${data.attribute.classes.map(({ name, users }) => `${text(name)} ${users}`).join(', ')}; ` +
                `${data.attribute.missing ?? 0} users without a label).`,
              ...(data.also ?? []).map((name) => `Further attribute that was attacked: ${text(name)}.`),
            ]
          : []),
        ...(data.provenance?.method === undefined
          ? []
          : [`Method: ${data.provenance.method}, seed ${data.provenance.seed ?? 'secret'}.`]),
        ...filing.recipients.map(({ name, holds }) => `Recipient: ${text(name)}, who holds ${text(holds)}.`),
        `Purpose, data flows, retention: ${open}`,
      ],
    ],
    ['2. Lawfulness, necessity and proportionality', [open, ...utility(data), ...prices(data)]],
    [
      '3. Rights of data subjects, protection by design',
      [`Criterion, fixed before the first attack: ${filing.criterion.text} (SHA-256 ${filing.criterion.sha256})`, open],
    ],
    [
      '4. Risks',
      [
        verdict.sentence,
        ...verdict.details,
        ...(data.layers
          ? (Object.keys(layerTitles) as (keyof typeof layerTitles)[]).flatMap((name) =>
              data.layers![name].map((line) => `${layerTitles[name]}: ${text(line)}`),
            )
          : []),
        ...threeLines(data),
        ...(data.exposure ? [riskOfUser, ...largestRisks(data.exposure).map(text)] : []),
        ...notAssessed.map((line) => `Not assessed. ${line}`),
      ],
    ],
    [
      '5. Measures and residual risk',
      [
        ...(filing.recipients.length === 0 ? ['No recipient was named.'] : []),
        ...filing.recipients.map((recipient) => text(residualRisk(data, recipient))),
        `Further measures: ${open}`,
      ],
    ],
    [
      '6. Advice, views, decision and review',
      [
        `Advice of the data protection officer, views of data subjects, decision: ${open}`,
        `Next review: ${open}`,
        `Review, whatever the date, after: ${reviewTriggers.join('; ')}.`,
      ],
    ],
  ]
  const body = sections.map(([title, lines]) => `## ${title}\n\n${lines.map((line) => `- ${line}`).join('\n')}\n`)
  return `# ${text(data.title)}\n\n${body.join('\n')}${attackTable(data)}`
}

function digests({ provenance }: ReportData): string[] {
  const hashes = Object.entries(provenance?.hashes ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
  return [
    ...hashes.map(([name, digest]) => `SHA-256 of ${text(name)}: \`${text(bareDigest(digest))}\``),
    ...(provenance?.command === undefined ? [] : [`Repeated by: \`${provenance.command.replaceAll('`', "'")}\``]),
  ]
}

function utility({ utility: rows = [] }: ReportData): string[] {
  return rows.map(
    ({ metric, k, definition, group, before, after }) =>
      `${text(metric)}@${k} (${text(definition)})${group === undefined ? '' : `, ${text(group)}`}: ` +
      `${before ? estimateText(before, 4) : '–'} before, ${after ? estimateText(after, 4) : '–'} after.`,
  )
}

/** Main, control and naive attack. */
function threeLines({ attacks = [] }: ReportData): string[] {
  const phases = threeAttacks(attacks)
  // Of one table alone nothing says whether it was unlearned.
  const when = phases.length > 1 ? { before: 'Before unlearning, by', after: 'After unlearning, by' } : undefined
  const lines = phases.flatMap(({ phase, row, main, control, naive, excess }) =>
    control && excess
      ? [
          `${when?.[phase] ?? 'By'} folded AUC: main ${estimateText(main, 3)} ` +
            `(${text(attackName(row))}), control ${fixed(control.value, 3)}, naive ${fixed(naive, 3)}, excess of ` +
            `main over control ${estimateText(excess, 3)}.`,
        ]
      : [],
  )
  return lines.length === 0 ? [] : [...lines, ...threeMeanings.map(([name, meaning]) => `${name}: ${meaning}`)]
}

function prices(data: ReportData): string[] {
  const all = pricesByGroup(data)
  if (all.length < 3) return []
  return all.map(({ name, users, moved, kept, change }) => {
    const parts = [
      ...(moved === undefined ? [] : [`moved ${significant(moved)} spreads`]),
      ...(kept ? [`${estimateText(kept, 3)} of nearest users kept`] : []),
      ...(change ? [`quality changed by ${estimateText(change, 4)}`] : []),
    ]
    return `Price for ${name === undefined ? 'all users' : text(name)} (${users}): ${parts.join(', ')}.`
  })
}

function attackTable({ attacks = [] }: ReportData): string {
  if (attacks.length === 0) return ''
  const cell = (figures: (typeof attacks)[number]['before']): string =>
    figures ? estimateText(foldedAuc(figures), 3) : '–'
  const unlearned = attacks.some((row) => row.after)
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const rows = attacks.map((row) => {
    const p = (row.after ?? row.before)?.correctedP
    return line([
      text(attackName(row)),
      cell(row.before),
      ...(unlearned ? [cell(row.after)] : []),
      p === undefined ? '–' : fixed(p, 3),
    ])
  })
  const head = ['attack', ...(unlearned ? ['folded AUC before', 'after'] : ['folded AUC']), 'p corrected']
  return `\n## Annex: attacks\n\n${[line(head), line(head.map(() => '---')), ...rows].join('\n')}\n`
}

/** Names of files and labels as Markdown shows them. */
function text(value: string): string {
  return value.replaceAll(/\s+/g, ' ').replaceAll(/[\\`*_[\]<>|]/g, (sign) => `\\${sign}`)
}
