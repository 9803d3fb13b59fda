/** @file Flags for whoever files the report: recipients, and further files made of it. */

import { jsonText, sha256, usageError } from '@indistinct/core'
import { extname } from '@indistinct/core/platform'
import {
  attackerName,
  protocolName,
  dpiaMarkdown,
  modelCard,
  type FilingData,
  type Recipient,
  type ReportData,
} from '@indistinct/report'
import type { Options } from 'yargs'
import type { BatteryArguments } from '../audit/attack-battery.ts'
import { inGroup } from '../terminal/command-help.ts'
import type { Log } from '../terminal/log.ts'
import { listOption } from '../terminal/option-values.ts'

export interface FilingArguments {
  readonly recipient?: readonly string[] | undefined
  readonly export?: readonly string[] | undefined
}

export const filingOptions = inGroup('For the record', {
  recipient: {
    describe:
      'who gets the table, and what each holds, as "NAME: WHAT"; may be repeated; the report says what risk is left',
    type: 'string',
    array: true,
    requiresArg: true,
  },
  export: {
    describe:
      'also write the report as .md, in the order of the EDPB template for impact assessments, or as .json, a ' +
      'CycloneDX model card; separated by commas',
    type: 'string',
    requiresArg: true,
    coerce: listOption('--export'),
  },
} as const satisfies Record<string, Options>)

/** @throws IndistinctError 'usage' for a recipient without what it holds, or an export of another kind. */
export function checkFiling({ recipient = [], export: exports = [] }: FilingArguments): void {
  for (const each of recipient) recipientOf(each)
  for (const path of exports)
    if (!['.md', '.json'].includes(extname(path).toLowerCase()))
      throw usageError(`--export: expected files named .md or .json, got ${path}`)
}

function recipientOf(text: string): Recipient {
  const [, name, holds] = /^\s*([^:]*?)\s*:\s*(.*?)\s*$/s.exec(text) ?? []
  if (!name || !holds)
    throw usageError(
      `--recipient: expected a name, a colon and what the recipient holds, such as "analytics vendor: vectors and ` +
        `ids", got ${JSON.stringify(text)}`,
    )
  return { name, holds }
}

type Asked = FilingArguments &
  BatteryArguments & {
    readonly attribute: string
    readonly also?: readonly string[] | undefined
    readonly gate?: number | undefined
  }

/** What `args` ask for; undefined where they ask for nothing of it. Said to `log` before anything is attacked. */
export function filingOf(args: Asked, log: Log): FilingData | undefined {
  if (args.recipient === undefined && args.export === undefined) return undefined
  const criterion = criterionOf(args)
  log.info(`criterion, fixed before the first attack: sha256 ${criterion.sha256}`)
  return { recipients: (args.recipient ?? []).map(recipientOf), criterion }
}

function criterionOf(asked: Asked): { text: string; sha256: string } {
  const {
    attribute,
    also = [],
    gate,
    margin = 0.05,
    attackers,
    protocols,
    input,
    repeats,
    permutations,
    budget,
  } = asked
  const limit = gate ?? 0.5 + margin
  const text =
    `No leak of ${[attribute, ...also].join(' or ')}: the upper 95 % bound of the folded AUC of every attack is at ` +
    `most ${limit}. Attacks: ` +
    `${attackers?.map(attackerName).join(', ') ?? 'the whole battery'}` +
    `${budget === undefined ? '' : `, those of them that ${budget} seconds suffice for`}; ` +
    `protocols: ${protocols?.map(protocolName).join(', ') ?? 'those of each attacker'}; ` +
    `input: ${input}; draws: ${repeats ?? 'by default'}; relabellings: ${permutations ?? 'by default'}.`
  return { text, sha256: sha256(Buffer.from(text)) }
}

/** Each file of --export with its content. */
export function exportedFiles(data: ReportData, paths: readonly string[] = []): { path: string; content: string }[] {
  return paths.map((path) => ({
    path,
    content: extname(path).toLowerCase() === '.md' ? dpiaMarkdown(data) : jsonText(modelCard(data), 2),
  }))
}
