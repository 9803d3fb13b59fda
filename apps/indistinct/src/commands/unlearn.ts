/** @file `indistinct unlearn`: a table in, a table that hides the attribute out, and a record of how it was made. */

import { readFileSync } from 'node:fs'
import { basename, extname } from 'node:path'
import { badData, canonicalJson, commitFiles, fileError, sha256, stageFile, usageError, type Json, type StagedFile } from '@indistinct/core'
import { stageTable, tableExtensionList, tableFiles, withMatrix } from '@indistinct/embeddings'
import { mapUsers, reportHtml, tellingDimensions, type ReportData } from '@indistinct/report'
import { checkedClasses, makeDelta, unlearners, type Unlearned, type UnlearnerName } from '@indistinct/unlearners'
import type { CommandModule } from 'yargs'
import { batteryOptions, planTargets, type BatteryArguments } from '../attack-battery.ts'
import { attackTargets, type AttackTarget } from '../attack-targets.ts'
import { attackVersions, predictions, severalSections } from '../audit-report.ts'
import { attackBeforeAndAfter, beforeAndAfterJson, beforeAndAfterText, sectionsOf, type BeforeAndAfter } from '../before-and-after.ts'
import { described, inGroup } from '../command-help.ts'
import { computeEnvironment, computeOptions, outputOptions } from '../common-options.ts'
import { flowExtraOptions, readFlowExtras, type FlowExtraArguments, type FlowExtras } from '../flow-extras.ts'
import type { Log } from '../log.ts'
import { numberOption, textOption } from '../option-values.ts'
import { checkOutputFormat, checkOutputs } from '../output-files.ts'
import { dryRunOption, inputFacts, inputSteps, showPlan, type Plan } from '../plan.ts'
import { commandLine, versions } from '../provenance.ts'
import { openSession } from '../session.ts'
import { writingFiles } from '../signals.ts'
import { attributeSummary, inputFiles, readTableInputs, reportHashes, tableOptions, type FileRecord, type TableInputs } from '../table-inputs.ts'
import { tableToStream, unlearnStreamed, type StreamingArguments } from '../streamed-unlearning.ts'
import { changeJson, changeText, tableChange, type TableChange } from '../table-change.ts'
import { fitFile, fitMethod, openFit, unlearningOptions, updateByFit } from '../unlearning.ts'

const methodNames = Object.keys(unlearners) as UnlearnerName[]

/** Flags that set a parameter of a method, by the name that the method knows it under. */
const parameterFlags = {
  level: { flag: 'level', describe: 'flow: where to stop, in multiples of the value that chance gives', range: { above: 0 } },
  firstStep: { flag: 'first-step', describe: 'flow: first step, in quarters of the bandwidth', range: { above: 0 } },
  tolerance: { flag: 'tolerance', describe: 'flow: how near to that value to land', range: { above: 0 } },
  maxPasses: { flag: 'max-passes', describe: 'flow: passes after which to give up', range: { integer: true, from: 1 } },
  tradeOff: { flag: 'trade-off', describe: "d2d-r, u2u-r, u2u-r-closed: the paper's alpha, the price of moving a user", range: { from: 0 } },
  steps: { flag: 'steps', describe: 'd2d-r, u2u-r: steps of Adam', range: { integer: true, from: 1 } },
  learningRate: { flag: 'learning-rate', describe: 'd2d-r, u2u-r: learning rate of Adam', range: { above: 0 } },
  displacement: { flag: 'displacement', describe: 'random-noise: how far users move, root mean square, in spreads of the table', range: { from: 0 } },
} as const

type ParameterFlag = (typeof parameterFlags)[keyof typeof parameterFlags]['flag']

export interface UnlearnArguments extends StreamingArguments, BatteryArguments, FlowExtraArguments, Readonly<Partial<Record<ParameterFlag, number | undefined>>> {
}

export const unlearnOptions = {
  ...tableOptions,
  ...inGroup('Method', {
    method: { describe: 'how to unlearn; with --update, the fit says', choices: methodNames, default: 'flow', requiresArg: true, coerce: textOption('--method') },
    ...unlearningOptions,
    stream: { describe: 'closed forms block by block, in little memory: auto from 1 GiB of float32 on; then no report is written', choices: ['auto', 'always', 'never'], default: 'auto', requiresArg: true, coerce: textOption('--stream') },
  }),
  ...flowExtraOptions,
  ...inGroup(
    'Parameters of methods',
    Object.fromEntries(Object.values(parameterFlags).map(({ flag, describe, range }) => [flag, { describe, requiresArg: true, coerce: numberOption(`--${flag}`, range) }])),
  ),
  ...inGroup('Output', {
    out: { describe: `the new table, ${tableExtensionList}; a JSON sidecar goes to <out>.json`, type: 'string', demandOption: true, requiresArg: true, coerce: textOption('--out') },
    report: { describe: 'the HTML report; default <out>.html', type: 'string', requiresArg: true, coerce: textOption('--report') },
    force: { describe: 'replace files that are there already', type: 'boolean', default: false },
  }),
  ...dryRunOption,
  ...outputOptions,
  ...inGroup('Attacks', { audit: { describe: 'attack the table before and after, for the report and the sidecar', type: 'boolean', default: false } }),
  ...batteryOptions,
  ...computeOptions,
} as const

export const unlearnCommand: CommandModule<object, UnlearnArguments> = {
  command: 'unlearn <table>',
  describe: 'make users indistinguishable by an attribute, and write the new table',
  builder: (yargs) =>
    described(yargs, {
      usage: 'unlearn TABLE --attributes FILE --attribute NAME --out FILE',
      examples: [
        'unlearn users.npy --attributes people.csv --attribute gender --out unlearned.npy --audit',
        'unlearn users.csv --attributes people.csv --attribute age_group --missing-label unknown --out unlearned.csv',
        'unlearn users.npy --attributes people.csv --attribute gender --also age_group --items items.npy --out unlearned.npy',
        'unlearn users.npy --attributes people.csv --attribute age --continuous --out unlearned.npy',
        'unlearn users.npy --attributes people.csv --attribute gender --method d2d-r --steps 500 --out d2d.npy',
        'unlearn users.npy --attributes some.csv --attribute gender --method leace --unlabelled map --out leace.npy',
        'unlearn users.npy --attributes people.csv --attribute gender --out unlearned.npy --delta users.delta --fit gender.fit',
        'unlearn more.npy --attributes people.csv --attribute gender --update gender.fit --previous unlearned.npy --out new.npy',
      ],
      notes: ['Methods:', ...methodNames.map((name) => `  ${name}: ${unlearners[name].description}`)],
      environment: computeEnvironment,
    })
      .positional('table', { describe: `embeddings, one row a user: ${tableExtensionList}`, type: 'string', demandOption: true })
      .options(unlearnOptions) as never,
  handler: (args) => unlearn(args),
}

async function unlearn(args: UnlearnArguments): Promise<void> {
  const session = openSession(args)
  const parameters = parametersOf(args)
  const report = args.report ?? `${args.out}.html`
  const sidecar = `${args.out}.json`
  if (!/^\.html?$/i.test(extname(report))) throw usageError(`--report: expected a file named .html, got ${report}`)
  checkOutputFormat(args.out)
  if (args.previous !== undefined && args.update === undefined) throw usageError('--previous: expected --update with it, which names the fit')
  if (args.update !== undefined && args.fit !== undefined) throw usageError('--fit: nothing is fitted with --update; leave one of them out')
  const optional = (paths: readonly (string | undefined)[]): string[] => paths.filter((path) => path !== undefined)
  checkOutputs([args.out, sidecar, report, ...optional([args.delta, args.fit])], [args.table, args.attributes, ...optional([args.ids, args.update, args.previous, args.items])], args.force)
  const large = tableToStream(args)
  if (large) return unlearnStreamed(args, large, parameters, session)
  const read = await readTableInputs(args, session.log)
  const extras = await readFlowExtras(args, read)
  const { targets, warnings } = args.audit ? attackTargets(read, args.attackers, extras.also) : { targets: [], warnings: [] }
  for (const warning of [...extras.warnings, ...warnings]) session.log.warn(warning)
  const inputs = { ...read, warnings: [...read.warnings, ...extras.warnings, ...warnings] }
  checkOutputs(tableFiles(args.out, inputs.table), [], args.force)
  if (args['dry-run']) {
    const writes = [...tableFiles(args.out, inputs.table), sidecar, report, ...optional([args.delta, args.fit])]
    return showPlan(await planOf(args, inputs, parameters, extras, targets, writes, session.log), args.json, session)
  }

  const { result, fitted, updated } = args.update === undefined ? fitMethod(args, inputs, parameters, extras, session.log) : await updateByFit({ ...args, update: args.update }, inputs, session.log)
  const fit = args.fit !== undefined && fitted ? fitFile(fitted, inputs, result, args.seed) : undefined
  const table = withMatrix(inputs.table, result.embedding)
  const audits = args.audit ? await attackBeforeAndAfter(basename(args.table), inputs.table.matrix, table.matrix, targets, args, session.log) : undefined
  const change = tableChange(inputs.table.matrix, result.embedding, inputs.labels, args.seed)
  const shown = reportOf(args, inputs, result, change, audits)
  const input = { ...inputFiles(args, inputs), ...extras.files }
  const record = (output: Record<string, FileRecord>): { [name: string]: Json } => ({
    schema: 'indistinct/unlearn/1',
    method: result.method,
    parameters: result.parameters,
    passes: result.passes,
    seed: args.seed,
    attribute: attributeSummary(inputs) as unknown as Json,
    ...(extras.also && { also: [...extras.summaries] }),
    rows: table.matrix.rows,
    dimensions: table.matrix.cols,
    dtype: table.dtype,
    moved: countMoved(inputs, result),
    unlabelled: args.unlabelled,
    ...changeJson(change),
    unmatched: inputs.unmatched,
    warnings: inputs.warnings,
    input,
    output,
    versions: { ...versions(), ...(audits && attackVersions(audits.before.parts)) },
    ...(audits && { audit: beforeAndAfterJson(audits) }),
  })
  // All files are complete before the first gets its name, and the table gets it last: a failure half way leaves what was there.
  const { files, output } = await writingFiles(async () => {
    const files = stageTable(args.out, table, { force: args.force })
    const beside: StagedFile[] = []
    try {
      const roles = ['table', 'ids']
      const output: Record<string, FileRecord> = Object.fromEntries(files.map((file, f) => [roles[f]!, recordOf(file)]))
      const stage = (path: string, content: string | Uint8Array): FileRecord => {
        const file = stageFile(path, content)
        beside.push(file)
        return recordOf(file)
      }
      if (args.delta !== undefined) output['delta'] = stage(args.delta, deltaOf(args, inputs, files[0]!.temporary))
      if (args.fit !== undefined && fit !== undefined) output['fit'] = stage(args.fit, fit)
      stage(sidecar, `${canonicalJson(record(output), 2)}\n`)
      stage(report, reportHtml(withHashes(shown, { ...prefixed('input', input), ...prefixed('output', output) })))
      commitFiles([...beside, ...[...files].reverse()])
      return { files, output }
    } finally {
      for (const file of [...files, ...beside]) file.discard()
    }
  })
  if (args.json) session.result(`${canonicalJson(record(output), 2)}\n`)
  else {
    const update = updated && `${updated.kept} kept their rows, ${updated.mapped} were mapped, ${updated.original} have their original ones; ${updated.refit.due ? 'unlearning the whole table again is due' : 'no need to unlearn the whole table again shows'}\n`
    session.result(summary(inputs, result, change, audits, [...files.map(({ path, sha256 }) => `${path}  sha256 ${sha256}`), sidecar, report, ...optional([args.delta, args.fit])], update))
  }
}

/** What the run would do, once everything that it would refuse is ruled out. */
async function planOf(args: UnlearnArguments, inputs: TableInputs, given: Record<string, number>, extras: FlowExtras, targets: readonly AttackTarget[], writes: readonly string[], log: Log): Promise<Plan> {
  const { matrix } = inputs.table
  const fit = args.update === undefined ? undefined : await openFit({ ...args, update: args.update }, inputs, log)
  if (!fit) checkedClasses(args.method, matrix, inputs.labels)
  for (const [name, labels] of Object.entries(extras.also ?? {})) checkedClasses(`${args.method}, ${name}`, matrix, labels)
  const method = fit?.fitted.method ?? (args.continuous ? 'hsic-flow' : args.method)
  const parameters = { ...(fit ? fit.fitted.parameters : unlearners[args.method].defaults), ...given } as { [name: string]: Json }
  const attacks = args.audit ? planTargets(matrix, targets, args) : undefined
  const listed = Object.entries(parameters).map(([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : value}`)
  return {
    command: 'unlearn',
    steps: [
      ...inputSteps(args.table, inputs),
      `${method}${fit ? `, as ${args.update} has it` : ''}${listed.length > 0 ? `: ${listed.join(', ')}` : ''}; seed ${args.seed}`,
      `users without a label are ${args.unlabelled === 'map' ? 'mapped' : 'left as they are'}`,
      ...(attacks ? ['before and after it:', ...attacks.steps] : []),
    ],
    facts: { ...inputFacts(inputs), method, parameters, seed: args.seed, unlabelled: args.unlabelled, ...(extras.also && { also: [...extras.summaries] }), input: { ...inputFiles(args, inputs), ...extras.files }, ...(attacks && { attacks: attacks.attacks }) },
    writes,
  }
}

/** What brings back the bytes of the table that was read. */
function deltaOf(args: UnlearnArguments, inputs: TableInputs, unlearned: string): Uint8Array {
  const original = bytesOf(args.table)
  if (sha256(original) !== inputs.table.source!.sha256) throw badData(`${args.table}: the file changed while it was being unlearned; run again`)
  return makeDelta(original, bytesOf(unlearned))
}

function bytesOf(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (cause) {
    throw fileError(`cannot read ${path}: ${(cause as Error).message}`, { cause })
  }
}

function recordOf({ path, sha256 }: StagedFile): FileRecord {
  return { file: basename(path), sha256 }
}

/** The parameters that were given, under the method's names. */
function parametersOf(args: UnlearnArguments): Record<string, number> {
  const known = unlearners[args.method].defaults
  const parameters: Record<string, number> = {}
  for (const [name, { flag }] of Object.entries(parameterFlags)) {
    const value = args[flag]
    if (value === undefined) continue
    if (args.update !== undefined) throw usageError(`--${flag}: --update takes the parameters of the fit; leave one of them out`)
    if (!Object.hasOwn(known, name)) {
      const flags = Object.entries(parameterFlags).filter(([other]) => Object.hasOwn(known, other)).map(([, other]) => `--${other.flag}`)
      throw usageError(`--${flag} is no parameter of ${args.method}; it takes ${flags.join(', ') || 'none'}`)
    }
    parameters[name] = value
  }
  return parameters
}

function countMoved(inputs: TableInputs, { embedding }: Unlearned): number {
  const { rows, cols, data } = inputs.table.matrix
  let moved = 0
  for (let i = 0; i < rows; i++) {
    let j = 0
    while (j < cols && data[i * cols + j] === embedding.data[i * cols + j]) j++
    if (j < cols) moved++
  }
  return moved
}

function reportOf(args: UnlearnArguments, inputs: TableInputs, result: Unlearned, change: TableChange, audits: BeforeAndAfter | undefined): ReportData {
  const { table, labels, warnings } = inputs
  const { rows, cols } = table.matrix
  const sections = audits && sectionsOf(audits)
  return {
    title: `Unlearning of ${args.attribute} in ${basename(args.table)}`,
    subject: `${rows} users, K = ${cols}`,
    attribute: attributeSummary(inputs),
    warnings,
    ...(sections && severalSections(sections)),
    histograms: tellingDimensions(table.matrix, result.embedding, labels),
    scatter: mapUsers(table.matrix, result.embedding, labels, { seed: args.seed, ...(sections && predictions(sections, basename(args.table), inputs)) }),
    ...change,
    provenance: {
      method: result.method,
      parameters: result.parameters,
      seed: args.seed,
      command: commandLine(),
      versions: { ...versions(), ...(audits && attackVersions(audits.before.parts)) },
      facts: { passes: result.passes },
    },
  }
}

/** `data` with the digests of files, some of which are known only once they are written. */
function withHashes(data: ReportData, files: Record<string, FileRecord>): ReportData {
  return { ...data, provenance: { ...data.provenance, hashes: reportHashes(files) } }
}

function prefixed(prefix: string, files: Record<string, FileRecord>): Record<string, FileRecord> {
  return Object.fromEntries(Object.entries(files).map(([role, file]) => [`${prefix} ${role}`, file]))
}

function summary(inputs: TableInputs, result: Unlearned, change: TableChange, audits: BeforeAndAfter | undefined, files: readonly string[], update = ''): string {
  const passes = result.passes === 1 ? '1 pass' : `${result.passes} passes`
  const outcome = typeof result.parameters['outcome'] === 'string' ? `, ${result.parameters['outcome']}` : ''
  const findings = audits ? beforeAndAfterText(audits) : ''
  return `${result.method}: ${countMoved(inputs, result)} of ${inputs.table.matrix.rows} users moved, ${passes}${outcome}\n${update}${changeText(change)}${findings}${files.join('\n')}\n`
}
