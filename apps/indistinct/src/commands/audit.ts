/** @file `indistinct audit`: every attacker of the battery on one table or several, and what may be said about them. */

import { extname } from 'node:path'
import { canonicalJson, usageError, writeFileAtomic, type Json } from '@indistinct/core'
import type { AttackResult } from '@indistinct/attackers'
import { tableExtensionList } from '@indistinct/embeddings'
import type { LowRate } from '@indistinct/metrics'
import { mapUsers, reportHtml, tellingDimensions, type ReportData } from '@indistinct/report'
import type { CommandModule } from 'yargs'
import { batteryOptions, planBattery, runBattery, type BatteryArguments } from '../attack-battery.ts'
import { attackVersions, auditJson, predictions, severalSections } from '../audit-report.ts'
import { auditedTables, type AuditedTable } from '../audited-tables.ts'
import { described, inGroup } from '../command-help.ts'
import { computeEnvironment, computeOptions, outputOptions, type CommonArguments } from '../common-options.ts'
import { exitCodes } from '../exit-codes.ts'
import { jointVerdict, type JointVerdict, type TableAudit } from '../joint-verdict.ts'
import { emphasised } from '../log.ts'
import { numberOption, textOption } from '../option-values.ts'
import { checkOutputs } from '../output-files.ts'
import { dryRunOption, inputFacts, inputSteps, showPlan, type DryRunArguments } from '../plan.ts'
import { commandLine, versions } from '../provenance.ts'
import { openSession } from '../session.ts'
import { writingFiles } from '../signals.ts'
import { attributeSummary, inputFiles, readTableInputs, reportHashes, tableOptions, type FileRecord, type TableArguments, type TableInputs } from '../table-inputs.ts'
import { printable, textTable } from '../text-table.ts'

export interface AuditArguments extends Omit<TableArguments, 'table'>, BatteryArguments, CommonArguments, DryRunArguments {
  readonly tables: readonly string[]
  readonly gate?: number | undefined
  readonly report?: string | undefined
  readonly force: boolean
}

export const auditOptions = {
  ...tableOptions,
  ...inGroup('Table and labels', {
    sample: { describe: 'attack so many users, drawn by --seed, of a table or of all shards of a manifest.json; rows are read block by block', requiresArg: true, coerce: numberOption('--sample', { integer: true, from: 10 }) },
  }),
  ...inGroup('Output', {
    gate: { describe: "exit 5 when the upper 95 % bound of the worst attacker's folded AUC is above this", requiresArg: true, coerce: numberOption('--gate', { from: 0.5, to: 1 }) },
    report: { describe: 'write an HTML report here', type: 'string', requiresArg: true, coerce: textOption('--report') },
    force: { describe: 'replace a report that is there already', type: 'boolean', default: false },
  }),
  ...dryRunOption,
  ...outputOptions,
  ...batteryOptions,
  ...computeOptions,
} as const

export const auditCommand: CommandModule<object, AuditArguments> = {
  command: 'audit <tables..>',
  describe: 'attack tables of user embeddings: do they give an attribute away?',
  builder: (yargs) =>
    described(yargs, {
      usage: 'audit TABLE... --attributes FILE --attribute NAME',
      examples: [
        'audit users.npy --attributes people.csv --attribute gender',
        'audit users.csv --attributes people.csv --attribute gender --report audit.html --json',
        'audit users.npy --attributes people.csv --attribute gender --gate 0.55',
        'audit unlearned/manifest.json --sample 20000 --attributes people.csv --attribute gender',
        'audit layer-0.npy propagated.npy --attributes people.csv --attribute gender',
      ],
      exits: ['gate'],
      environment: computeEnvironment,
    })
      .positional('tables', { describe: `embeddings, one row a user: ${tableExtensionList}; several of the same users are attacked one by one and joined`, type: 'string', array: true, demandOption: true })
      .options(auditOptions) as never,
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
  const { report, tables: paths } = args
  const first = { ...args, table: paths[0]! }
  if (report !== undefined) {
    if (!/^\.html?$/i.test(extname(report))) throw usageError(`--report: expected a file named .html, got ${report}`)
    checkOutputs([report], [...paths, args.attributes, ...(args.ids === undefined ? [] : [args.ids])], args.force)
  }
  if (args.sample !== undefined && paths.length > 1) throw usageError('--sample: expected one table or one manifest, got several; shards are named by their manifest')
  const inputs = await readTableInputs(first, session.log)
  const { tables, files } = await auditedTables(inputs.table, paths, args)
  const input = { ...inputFiles(first, inputs), ...files }
  if (args['dry-run']) {
    const { steps, attacks } = planBattery(tables[0]!.matrix, inputs, args)
    const each = tables.length === 1 ? [] : [`on each of ${tables.map(({ name, matrix }) => `${name} (${matrix.cols} dimensions)`).join(', ')}`]
    const facts = { ...inputFacts(inputs), tables: tables.map(({ name }) => name), attacks, seed: args.seed, input }
    return showPlan({ command: 'audit', steps: [...inputSteps(paths[0]!, inputs), ...steps, ...each], facts, writes: report === undefined ? [] : [report] }, args.json, session)
  }
  const audits: TableAudit[] = []
  for (const { name, matrix } of tables) {
    audits.push({ table: name, result: await runBattery(matrix, inputs, args, session.log, tables.length === 1 ? 'audit' : `audit of ${name}`) })
  }
  const joint = jointVerdict(audits)
  const gate: Gate | undefined = args.gate === undefined ? undefined : { limit: args.gate, upperBound: joint.upperBound, passed: joint.upperBound <= args.gate }
  if (report !== undefined) {
    const page = reportHtml(reportOf(args, inputs, tables, audits, joint, input))
    await writingFiles(async () => writeFileAtomic(report, page))
  }
  if (args.json) {
    const record = {
      schema: 'indistinct/audit/2',
      ...(audits.length === 1 ? auditJson(audits[0]!.result) : severalJson(audits, joint)),
      attribute: attributeSummary(inputs) as unknown as Json,
      unmatched: inputs.unmatched,
      ...(inputs.sampledOf !== undefined && { sample: { users: inputs.table.matrix.rows, of: inputs.sampledOf } }),
      warnings: inputs.warnings,
      input,
      versions: { ...versions(), ...attackVersions(audits[0]!.result) },
      ...(gate && { gate }),
    }
    session.result(`${canonicalJson(record, 2)}\n`)
  } else {
    session.result(auditText(audits, joint, gate))
  }
  if (gate && !gate.passed) process.exitCode = exitCodes.gate
}

/** The audit of each table under its name, and what they say together. */
function severalJson(audits: readonly TableAudit[], joint: JointVerdict): { readonly [name: string]: Json } {
  const tables = audits.map(({ table, result }, t) => ({ table, ...auditJson(result), correctedP: [...joint.correctedP[t]!] }))
  const { leak, upperBound, worst, strongest, smallestDetectable, verdict } = joint
  return { leak, upperBound, worst: { ...worst }, strongest: { ...strongest }, smallestDetectable, verdict, tables }
}

function auditText(audits: readonly TableAudit[], joint: JointVerdict, gate: Gate | undefined): string {
  const several = audits.length > 1
  const named = (cells: (attack: AttackResult, a: number, t: number) => string[]): string[][] =>
    audits.flatMap(({ table, result }, t) => result.attacks.map((attack, a) => [...(several ? [table] : []), attack.attacker, attack.protocol, attack.input, ...cells(attack, a, t)]))
  const three = (value: number): string => value.toFixed(3)
  // Two tables, so that rows are read without a ruler.
  const separation = named((attack, a, t) => [
    withInterval(attack.auc), withInterval(attack.foldedAuc), three(attack.permutation.p), three(joint.correctedP[t]![a]!), three(audits[t]!.result.q[a]!),
    attack.permutation.refitRepeats > 0 ? 'yes' : 'no', ...attack.lowRates.map(lowRate),
  ])
  const decisions = named((attack) => [attack.balancedAccuracy, attack.accuracy, attack.precision, attack.recall].map(withInterval))
  const rates = audits[0]!.result.attacks[0]!.lowRates.map(({ falsePositiveRate }, at) => `${at === 0 ? 'TPR ' : ''}at ${100 * falsePositiveRate} %`)
  const lines = [emphasised('bold', printable(joint.verdict), process.stdout)]
  if (several) lines.push(...audits.map(({ table, result }) => printable(`${table}: ${result.verdict}`)))
  if (gate) {
    const compared = `the upper bound of the worst attacker's folded AUC, ${three(joint.upperBound)}, is ${gate.passed ? 'not above' : 'above'} ${gate.limit}`
    lines.push(`Gate ${gate.passed ? 'passed' : 'failed'}: ${compared}.`)
  }
  const head = [...(several ? ['table'] : []), 'attacker', 'protocol', 'input']
  const tables = [
    textTable([...head, 'AUC', 'folded AUC', 'p', 'p corrected', 'q', 'refitted', ...rates], separation),
    textTable([...head, 'balanced accuracy', 'accuracy', 'precision', 'recall'], decisions),
  ]
  const count = audits.reduce((sum, { result }) => sum + result.attacks.length, 0)
  const notes = [
    ...audits.flatMap(({ table, result: { twoSample, simultaneous, attacks } }) => [
      `MMD between labels${several ? `, ${table}` : ''}: ${twoSample.value.toPrecision(3)}, ${twoSample.chance.toPrecision(3)} by chance, permutation p ${three(twoSample.p)} (${twoSample.users} users, ${twoSample.kernel === 'exact' ? 'exact kernel' : twoSample.kernel}).`,
      `Worst folded AUC${several ? `, ${table}` : ''}, by intervals that cover all ${attacks.length} attacks at once: ${three(simultaneous.lower)} to ${three(simultaneous.upper)}.`,
    ]),
    'Brackets are 95 % intervals. p is of a permutation test of the AUC, with attackers fitted again under each relabelling where it says so; corrected',
    `for ${count} attacks (maximum statistic and Holm${several ? ', times the number of tables' : ''}), q after Benjamini and Hochberg. TPR: users of the second label found at so many false positives.`,
  ]
  return `${lines.join('\n')}\n\n${tables.join('\n')}\n${notes.map(printable).join('\n')}\n`
}

function lowRate(rate: LowRate): string {
  return rate.resolved ? withInterval(rate) : `needs ${rate.needed} of the first label`
}

function withInterval({ value, lower, upper }: { readonly value: number; readonly lower: number; readonly upper: number }): string {
  return `${value.toFixed(3)} [${lower.toFixed(3)}, ${upper.toFixed(3)}]`
}

/** Attacks on all tables; pictures of the one that gives most away. */
function reportOf(args: AuditArguments, inputs: TableInputs, tables: readonly AuditedTable[], audits: readonly TableAudit[], joint: JointVerdict, input: Record<string, FileRecord>): ReportData {
  const shown = audits.findIndex(({ table }) => table === joint.strongest.table)
  const { matrix } = tables[shown]!
  const sections = severalSections(audits.map(({ table, result }, t) => ({ table, audits: { before: result }, correctedP: joint.correctedP[t]! })), args.attribute)
  return {
    title: `Audit of ${args.attribute} in ${tables.length === 1 ? tables[0]!.name : `${tables.length - 1} tables`}`,
    subject: `${matrix.rows} users, ${tables.length === 1 ? `K = ${matrix.cols}` : tables.map((each) => `${each.name} (K = ${each.matrix.cols})`).join(', ')}`,
    attribute: attributeSummary(inputs),
    warnings: inputs.warnings,
    ...sections,
    limits: [...(sections.limits ?? []), ...(tables.length > 1 ? [`Figures of dimensions and users show ${joint.strongest.table}, where an attack was strongest.`] : [])],
    histograms: tellingDimensions(matrix, undefined, inputs.labels),
    scatter: mapUsers(matrix, undefined, inputs.labels, { seed: args.seed, predictions: predictions({ before: audits[shown]!.result }, matrix.rows) }),
    provenance: { seed: args.seed, command: commandLine(), hashes: reportHashes(input), versions: { ...versions(), ...attackVersions(audits[0]!.result) } },
    ...(args.gate !== undefined && { gate: args.gate }),
  }
}
