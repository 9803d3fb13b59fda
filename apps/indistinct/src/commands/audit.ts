/** @file `indistinct audit`: every attacker of the battery on one table or several, and what may be said about them. */

import { extname } from 'node:path'
import { canonicalJson, usageError, writeFileAtomic, type Json } from '@indistinct/core'
import { tableExtensionList } from '@indistinct/embeddings'
import { mapUsers, reportHtml, tellingDimensions, type ReportData } from '@indistinct/report'
import type { CommandModule } from 'yargs'
import { readAlso } from '../inputs/also-attributes.ts'
import { attackTarget, batteryOptions, planTargets, type BatteryArguments } from '../audit/attack-battery.ts'
import { attackTargets } from '../audit/attack-targets.ts'
import { attackVersions, partsJson, predictions, severalSections } from '../audit/audit-report.ts'
import { auditText } from '../audit/audit-text.ts'
import { auditedTables, type AuditedTable } from '../inputs/audited-tables.ts'
import { layersOf, unbounded } from '../certify/layers.ts'
import { described, inGroup } from '../terminal/command-help.ts'
import { computeEnvironment, computeOptions, outputOptions, type CommonArguments } from '../terminal/common-options.ts'
import { exitCodes } from '../terminal/exit-codes.ts'
import {
  compareWithHeld,
  heldJson,
  heldOptions,
  heldText,
  readHeld,
  scopeLine,
  type HeldArguments,
} from '../audit/held-by-attacker.ts'
import { judgedParts, jointVerdict, partTitles, type JointVerdict, type PartAudit } from '../audit/joint-verdict.ts'
import { listOption, numberOption, textOption } from '../terminal/option-values.ts'
import { checkOutputs } from '../unlearn/output-files.ts'
import { dryRunOption, inputFacts, inputSteps, showPlan, type DryRunArguments } from '../unlearn/plan.ts'
import { commandLine, versions } from '../unlearn/provenance.ts'
import { openSession } from '../terminal/session.ts'
import { writingFiles } from '../terminal/signals.ts'
import {
  attributeSummary,
  inputFiles,
  labelLine,
  readTableInputs,
  reportHashes,
  tableOptions,
  type TableInputs,
} from '../inputs/table-inputs.ts'
import type { FileRecord } from '../inputs/file-record.ts'
import type { TableArguments } from '../inputs/table-arguments.ts'

export interface AuditArguments
  extends Omit<TableArguments, 'table'>, BatteryArguments, CommonArguments, DryRunArguments, HeldArguments {
  readonly tables: readonly string[]
  readonly also?: readonly string[] | undefined
  readonly continuous: boolean
  readonly gate?: number | undefined
  readonly report?: string | undefined
  readonly force: boolean
}

export const auditOptions = {
  ...tableOptions,
  ...inGroup('Table and labels', {
    also: {
      describe: 'further attributes of the file, separated by commas, to be attacked too, and where they meet',
      type: 'string',
      requiresArg: true,
      coerce: listOption('--also'),
    },
    continuous: {
      describe: 'the attribute is a number, such as an age: regression attackers, and the others on its quarters',
      type: 'boolean',
      default: false,
    },
    sample: {
      describe:
        'attack so many users, drawn by --seed, of a table or of all shards of a manifest.json; rows are read ' +
        'block by block',
      requiresArg: true,
      coerce: numberOption('--sample', { integer: true, from: 10 }),
    },
  }),
  ...heldOptions,
  ...inGroup('Output', {
    gate: {
      describe:
        "exit 5 when the upper 95 % bound of the worst attacker's folded AUC is above this, or the table adds to " +
        'what --with tells',
      requiresArg: true,
      coerce: numberOption('--gate', { from: 0.5, to: 1 }),
    },
    report: {
      describe: 'write an HTML report here',
      type: 'string',
      requiresArg: true,
      coerce: textOption('--report'),
    },
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
        'audit users.npy --attributes people.csv --attribute age --continuous',
        'audit users.npy --attributes people.csv --attribute gender --also age_group,occupation',
        'audit layer-0.npy propagated.npy --attributes people.csv --attribute gender',
        'audit unlearned.npy --attributes people.csv --attribute gender --with ratings.csv,last-month.npy',
      ],
      exits: ['gate'],
      environment: computeEnvironment,
    })
      .positional('tables', {
        describe:
          `embeddings, one row a user: ${tableExtensionList}, or a folder of Parquet parts; several of the same ` +
          'users are attacked one by one and joined',
        type: 'string',
        array: true,
        demandOption: true,
      })
      .options(auditOptions) as never,
  handler: (args) => audit(args),
}

async function audit(args: AuditArguments): Promise<void> {
  const session = openSession(args)
  const { report, tables: paths } = args
  const first = { ...args, table: paths[0]! }
  if (report !== undefined) {
    if (!/^\.html?$/i.test(extname(report))) throw usageError(`--report: expected a file named .html, got ${report}`)
    checkOutputs([report], [...paths, args.attributes, args.ids], args.force)
  }
  if (args.sample !== undefined && paths.length > 1)
    throw usageError('--sample: expected one table or one manifest, got several; shards are named by their manifest')
  if (args.sample !== undefined && args.also)
    throw usageError('--also: one attribute at a time with --sample; leave one of them out')
  const inputs = await readTableInputs(first, session.log)
  const { tables, files, warnings: ofOthers } = await auditedTables(inputs.table, paths, args)
  const input = { ...inputFiles(first, inputs), ...files }
  const also = args.also && (await readAlso(first, args.also, inputs))
  const { targets, warnings: ofTargets } = attackTargets(inputs, args.attackers, also?.labels)
  const warnings = [...ofOthers, ...(also?.warnings ?? []), ...ofTargets]
  const held = await readHeld(args, inputs.table, paths[0]!)
  warnings.push(...held.flatMap((each) => each.warnings))
  held.forEach(({ record }, at) => (input[`with ${at + 1}`] = record))
  for (const warning of warnings) session.log.warn(warning)
  if (args['dry-run']) {
    const { steps, attacks } = planTargets(tables[0]!.matrix, targets, args)
    const each =
      tables.length === 1
        ? []
        : [`on each of ${tables.map(({ name, matrix }) => `${name} (${matrix.cols} dimensions)`).join(', ')}`]
    const facts = {
      ...inputFacts(inputs),
      ...(also && { also: [...also.summaries] }),
      tables: tables.map(({ name }) => name),
      attacks,
      seed: args.seed,
      input,
    }
    return showPlan(
      {
        command: 'audit',
        steps: [...inputSteps(paths[0]!, inputs), ...steps, ...each],
        facts,
        writes: report === undefined ? [] : [report],
      },
      args.json,
      session,
    )
  }
  const parts = tables.flatMap(({ name, matrix }) =>
    targets.map((target) => ({ table: name, attribute: target.attribute, matrix, target })),
  )
  const { titles } = partTitles(parts)
  const each: PartAudit[] = []
  for (const [at, { table, attribute, matrix, target }] of parts.entries()) {
    each.push({
      table,
      attribute,
      result: await attackTarget(
        matrix,
        target,
        args,
        session.log,
        parts.length === 1 ? 'audit' : `audit of ${titles[at]}`,
        { parts: parts.length },
      ),
    })
  }
  const audits = judgedParts(each)
  const joint = jointVerdict(audits)
  const own = tables.filter(({ source }) => source).map(({ matrix }) => matrix)
  const comparison =
    held.length === 0 ? undefined : await compareWithHeld(held, own, args.attribute, inputs.labels, args.seed)
  const gate =
    args.gate === undefined
      ? undefined
      : {
          limit: args.gate,
          upperBound: joint.upperBound,
          adds: comparison?.check.worse === true,
          passed: joint.upperBound <= args.gate && comparison?.check.worse !== true,
        }
  if (report !== undefined) {
    const page = reportHtml(
      reportOf(
        args,
        { ...inputs, warnings: [...inputs.warnings, ...warnings] },
        tables,
        audits,
        joint,
        input,
        [scopeLine(held), ...(comparison ? [comparison.sentence] : [])],
        comparison ? [comparison.sentence] : [],
        held.length > 0,
      ),
    )
    await writingFiles(async () => writeFileAtomic(report, page, { replace: args.force }))
  }
  if (args.json) {
    const record = {
      schema: 'indistinct/audit/2',
      ...partsJson(audits, joint),
      attribute: attributeSummary(inputs) as unknown as Json,
      ...(also && { also: [...also.summaries] }),
      unmatched: inputs.unmatched,
      ...(inputs.sampledOf !== undefined && { sample: { users: inputs.table.matrix.rows, of: inputs.sampledOf } }),
      warnings: [...inputs.warnings, ...warnings],
      input,
      versions: { ...versions(), ...attackVersions(audits) },
      ...(comparison && { with: heldJson(comparison) }),
      attackerHolds: comparison ? 'history' : 'tables',
      ...(gate && { gate }),
    }
    session.result(`${canonicalJson(record, 2)}\n`)
  } else {
    const lines = [labelLine(attributeSummary(inputs), inputs.unmatched), ...(also?.lines ?? []), scopeLine(held)]
    session.result(`${auditText(audits, joint, gate, lines)}${comparison ? `\n${heldText(comparison)}` : ''}`)
  }
  if (gate && !gate.passed) process.exitCode = exitCodes.gate
}

/** All attacks; pictures of the table that gives most away. */
function reportOf(
  args: AuditArguments,
  inputs: TableInputs,
  tables: readonly AuditedTable[],
  audits: readonly PartAudit[],
  joint: JointVerdict,
  input: Record<string, FileRecord>,
  scope: readonly string[],
  added: readonly string[],
  held: boolean,
): ReportData {
  const { matrix } = tables.find(({ name }) => name === joint.strongest.table)!
  const parts = audits.map(({ result, ...part }, t) => ({
    ...part,
    audits: { before: result },
    correctedP: { before: joint.correctedP[t]! },
  }))
  const sections = severalSections(parts)
  return {
    title:
      `Audit of ${[args.attribute, ...(args.also ?? [])].join(', ')} in ` +
      `${tables.length === 1 ? tables[0]!.name : `${tables.length - 1} tables`}`,
    subject:
      `${matrix.rows} users, ` +
      `${tables.length === 1 ? `K = ${matrix.cols}` : tables.map((each) => `${each.name} (K = ${each.matrix.cols})`).join(', ')}`,
    attribute: attributeSummary(inputs),
    warnings: inputs.warnings,
    ...sections,
    layers: layersOf([unbounded], [joint.verdict, ...added], [], held),
    limits: [
      ...scope,
      ...(sections.limits ?? []),
      ...(tables.length > 1
        ? [`Figures of dimensions and users show ${joint.strongest.table}, where an attack was strongest.`]
        : []),
    ],
    histograms: tellingDimensions(matrix, undefined, inputs.labels),
    scatter: mapUsers(matrix, undefined, inputs.labels, {
      seed: args.seed,
      ...predictions(parts, joint.strongest.table, inputs),
    }),
    provenance: {
      seed: args.seed,
      command: commandLine(),
      hashes: reportHashes(input),
      versions: { ...versions(), ...attackVersions(audits) },
    },
    ...(args.gate !== undefined && { gate: args.gate }),
  }
}
