/** @file `indistinct audit`: every attacker of the battery on one table, and what may be said about it. */

import { basename, extname } from 'node:path'
import { canonicalJson, usageError, writeFileAtomic, type Json } from '@indistinct/core'
import type { AttackResult, AuditResult, Estimate } from '@indistinct/attackers'
import { tableExtensionList } from '@indistinct/embeddings'
import { mapUsers, reportHtml, tellingDimensions, type ReportData } from '@indistinct/report'
import type { CommandModule } from 'yargs'
import { batteryOptions, runBattery, type BatteryArguments } from '../attack-battery.ts'
import { attackSections, attackVersions, auditJson, predictions } from '../audit-report.ts'
import { computeOptions, outputOptions, type CommonArguments } from '../common-options.ts'
import { exitCodes } from '../exit-codes.ts'
import { emphasised } from '../log.ts'
import { numberOption, textOption } from '../option-values.ts'
import { checkOutputs } from '../output-files.ts'
import { commandLine, versions } from '../provenance.ts'
import { openSession } from '../session.ts'
import { writingFiles } from '../signals.ts'
import { attributeSummary, inputFiles, readTableInputs, reportHashes, tableOptions, type FileRecord, type TableArguments, type TableInputs } from '../table-inputs.ts'
import { printable, textTable } from '../text-table.ts'

export interface AuditArguments extends TableArguments, BatteryArguments, CommonArguments {
  readonly gate?: number | undefined
  readonly report?: string | undefined
  readonly force: boolean
}

export const auditOptions = {
  ...tableOptions,
  gate: { describe: "exit 5 when the upper 95 % bound of the worst attacker's folded AUC is above this", requiresArg: true, coerce: numberOption('--gate', { from: 0.5, to: 1 }) },
  report: { describe: 'write an HTML report here', type: 'string', requiresArg: true, coerce: textOption('--report') },
  force: { describe: 'replace a report that is there already', type: 'boolean', default: false },
  ...batteryOptions,
  ...outputOptions,
} as const

export const auditCommand: CommandModule<object, AuditArguments> = {
  command: 'audit <table>',
  describe: 'attack a table of user embeddings: does it give an attribute away?',
  builder: (yargs) =>
    yargs
      .usage(
        [
          'indistinct audit TABLE --attributes FILE --attribute NAME',
          '',
          'Examples:',
          '$ indistinct audit users.npy --attributes people.csv --attribute gender',
          '$ indistinct audit users.csv --attributes people.csv --attribute gender --report audit.html --json',
          '$ indistinct audit users.npy --attributes people.csv --attribute gender --gate 0.55',
        ].join('\n'),
      )
      .positional('table', { describe: `embeddings, one row a user: ${tableExtensionList}`, type: 'string', demandOption: true })
      .options({ ...auditOptions, ...computeOptions() }) as never,
  handler: (args) => audit(args),
}

interface Gate {
  readonly [key: string]: Json
  readonly limit: number
  readonly upperBound: number
  readonly passed: boolean
}

async function audit(args: AuditArguments): Promise<void> {
  const session = openSession(args)
  const { report } = args
  if (report !== undefined) {
    if (!/^\.html?$/i.test(extname(report))) throw usageError(`--report: expected a file named .html, got ${report}`)
    checkOutputs([report], [args.table, args.attributes, ...(args.ids === undefined ? [] : [args.ids])], args.force)
  }
  const inputs = await readTableInputs(args, session.log)
  const input = inputFiles(args, inputs)
  const result = await runBattery(inputs.table.matrix, inputs, args, session.log, 'audit')
  const gate: Gate | undefined = args.gate === undefined ? undefined : { limit: args.gate, upperBound: result.upperBound, passed: result.upperBound <= args.gate }
  if (report !== undefined) await writingFiles(async () => writeFileAtomic(report, reportHtml(reportOf(args, inputs, result, input))))
  if (args.json) {
    const record = {
      schema: 'indistinct/audit/1',
      ...auditJson(result),
      attribute: attributeSummary(inputs) as unknown as Json,
      unmatched: inputs.unmatched,
      warnings: inputs.warnings,
      input,
      versions: { ...versions(), ...attackVersions(result) },
      ...(gate && { gate }),
    }
    session.result(`${canonicalJson(record, 2)}\n`)
  } else {
    session.result(auditText(result, gate))
  }
  if (gate && !gate.passed) process.exitCode = exitCodes.gate
}

function auditText(result: AuditResult, gate: Gate | undefined): string {
  const named = (cells: (attack: AttackResult, a: number) => string[]): string[][] =>
    result.attacks.map((attack, a) => [attack.attacker, attack.protocol, attack.input, ...cells(attack, a)])
  // Two tables, so that each fits a terminal of usual width.
  const separation = named((attack, a) => [withInterval(attack.auc), withInterval(attack.foldedAuc), attack.permutation.p.toFixed(3), result.correctedP[a]!.toFixed(3)])
  const decisions = named((attack) => [attack.balancedAccuracy, attack.accuracy, attack.precision, attack.recall].map(withInterval))
  const lines = [emphasised('bold', printable(result.verdict), process.stdout)]
  if (gate) {
    const compared = `the upper bound of the worst attacker's folded AUC, ${result.upperBound.toFixed(3)}, is ${gate.passed ? 'not above' : 'above'} ${gate.limit}`
    lines.push(`Gate ${gate.passed ? 'passed' : 'failed'}: ${compared}.`)
  }
  const tables = [
    textTable(['attacker', 'protocol', 'input', 'AUC', 'folded AUC', 'p', 'p corrected'], separation),
    textTable(['attacker', 'protocol', 'input', 'balanced accuracy', 'accuracy', 'precision', 'recall'], decisions),
  ]
  return `${lines.join('\n')}\n\n${tables.join('\n')}\nBrackets are 95 % intervals; p is of a permutation test of the AUC, corrected for ${result.attacks.length} attacks after Holm.\n`
}

function withInterval({ value, lower, upper }: Estimate): string {
  return `${value.toFixed(3)} [${lower.toFixed(3)}, ${upper.toFixed(3)}]`
}

function reportOf(args: AuditArguments, inputs: TableInputs, result: AuditResult, input: Record<string, FileRecord>): ReportData {
  const { matrix } = inputs.table
  return {
    title: `Audit of ${args.attribute} in ${basename(args.table)}`,
    subject: `${matrix.rows} users, K = ${matrix.cols}`,
    attribute: attributeSummary(inputs),
    warnings: inputs.warnings,
    ...attackSections({ before: result }, basename(args.table), args.attribute),
    histograms: tellingDimensions(matrix, undefined, inputs.labels),
    scatter: mapUsers(matrix, undefined, inputs.labels, { seed: args.seed, predictions: predictions({ before: result }, matrix.rows) }),
    provenance: { seed: args.seed, command: commandLine(), hashes: reportHashes(input), versions: { ...versions(), ...attackVersions(result) } },
    ...(args.gate !== undefined && { gate: args.gate }),
  }
}
