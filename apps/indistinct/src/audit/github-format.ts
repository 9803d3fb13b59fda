/**
 * @file An audit as GitHub's runners take it: an annotation on stdout, a summary of the job, and outputs of the step.
 * https://docs.github.com/actions/reference/workflow-commands
 */

import { fileError, sha256 } from '@indistinct/core'
import { appendFileSync, environment } from '@indistinct/core/platform'
import type { Audited } from './audited.ts'
import type { EarlierAttack, EarlierAudit } from './earlier-audit.ts'
import { partTitles } from './joint-verdict.ts'

export const githubEnvironment = {
  GITHUB_STEP_SUMMARY: 'with --format github, the file that the summary is appended to',
  GITHUB_OUTPUT: 'with --format github, the file that outputs of the step are appended to',
} as const

/** `text` for the log of a runner, which is to take no name in it for a command; the token cannot stand in the text. */
export function withoutCommands(text: string): string {
  const token = sha256(text).slice(0, 32)
  return `::stop-commands::${token}\n${text}::${token}::\n`
}

/** A line for each thing that a reader of the log must see. */
export function annotations({ request, joint, gate, comparison }: Audited): string {
  const found = joint.leak || comparison?.check.worse === true
  const kind = gate?.passed === false ? 'error' : found ? 'warning' : 'notice'
  const title = `${request.attribute} in ${request.tables.join(', ')}`
  const outcome = gate
    ? `Gate of ${gate.limit} ${gate.passed ? 'passed' : 'failed'}, upper bound ${three(gate.upperBound)}. `
    : ''
  const added = comparison ? ` ${comparison.sentence}` : ''
  const properties = `title=${property(title)},file=${property(request.table)}`
  return `::${kind} ${properties}::${message(`${outcome}${joint.verdict}${added}`)}\n`
}

/** Appends to the files that GITHUB_STEP_SUMMARY and GITHUB_OUTPUT name, where they do. */
export function writeForGithub(audited: Audited, earlier: EarlierAudit | undefined): void {
  append('GITHUB_STEP_SUMMARY', summary(audited, earlier))
  append('GITHUB_OUTPUT', outputs(audited))
}

function append(variable: string, text: string): void {
  const path = environment[variable]
  if (path === undefined || path === '') return
  try {
    appendFileSync(path, text)
  } catch (cause) {
    throw fileError(`${variable}: cannot write ${path}: ${(cause as Error).message}`, { cause })
  }
}

/** Values on one line each: the verdict has none of its own line ends. */
function outputs({ joint, gate }: Audited): string {
  const values = {
    passed: gate ? String(gate.passed) : '',
    leak: String(joint.leak),
    'upper-bound': three(joint.upperBound),
    verdict: joint.verdict.replaceAll(/\s+/g, ' '),
  }
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}

/** Markdown: the gate, the verdict, and a row an attack, before and after where an earlier audit is given. */
function summary({ request, parts, joint, gate, comparison }: Audited, earlier?: EarlierAudit): string {
  const { titles, several } = partTitles(parts)
  const placed = parts.length > 1 || earlier?.attacks.some((each) => each.table !== undefined) === true
  const where = parts.length === 1 ? [] : [several.attributes ? 'of' : 'table']
  const rows = parts.flatMap(({ table, attribute, result }, t) =>
    result.attacks.map((attack, a) => [
      ...(parts.length === 1 ? [] : [titles[t]!]),
      attack.attacker,
      attack.protocol,
      attack.input,
      ...(earlier ? [interval(sameAttack(earlier, { ...attack, table, attribute }, placed))] : []),
      interval(attack.foldedAuc),
      three(joint.correctedP[t]![a]!),
    ]),
  )
  const figures = earlier ? ['folded AUC before', 'folded AUC after'] : ['folded AUC']
  return [
    `### ${text(request.attribute)} in ${request.tables.map(text).join(', ')}`,
    ...(gate
      ? [
          `**Gate ${gate.passed ? 'passed' : 'failed'}**: upper bound of the worst attacker’s folded AUC ` +
            `${three(gate.upperBound)}, limit ${gate.limit}` +
            `${gate.adds ? '; the table adds to what the attacker holds' : ''}.`,
        ]
      : []),
    ...(earlier ? [`Before: ${text(earlier.verdict)}`, `After: ${text(joint.verdict)}`] : [text(joint.verdict)]),
    ...(comparison ? [text(comparison.sentence)] : []),
    table([...where, 'attacker', 'protocol', 'input', ...figures, 'p corrected'], rows),
    'Brackets are 95 % intervals. One half is chance.',
    '',
  ].join('\n\n')
}

function sameAttack(
  earlier: EarlierAudit,
  attack: EarlierAttack,
  placed: boolean,
): EarlierAttack['foldedAuc'] | undefined {
  const keys = ['attacker', 'protocol', 'input', ...(placed ? (['table', 'attribute'] as const) : [])] as const
  return earlier.attacks.find((each) => keys.every((key) => each[key] === attack[key]))?.foldedAuc
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(text).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

function interval(figure: EarlierAttack['foldedAuc'] | undefined): string {
  return figure ? `${three(figure.value)} [${three(figure.lower)}, ${three(figure.upper)}]` : '–'
}

function three(value: number): string {
  return value.toFixed(3)
}

/** Names of files and labels as Markdown shows them, whatever they hold. */
function text(value: string): string {
  return value.replaceAll(/\s+/g, ' ').replaceAll(/[\\`*_[\]<>|&#]/g, (sign) => `&#${sign.charCodeAt(0)};`)
}

function message(value: string): string {
  return value.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(value: string): string {
  return message(value).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
