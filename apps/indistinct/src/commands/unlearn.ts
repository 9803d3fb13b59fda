/** @file `indistinct unlearn`: tables in, tables that hide the attribute out, and a record of how they were made. */

import { basename, extname } from 'node:path'
import { canonicalJson, sideBySide, usageError, type Json, type Matrix } from '@indistinct/core'
import { idsBeside, isFolder, tableExtensionList, tableFiles } from '@indistinct/embeddings'
import { checkedClasses, unlearners, type Unlearned, type UnlearnerName } from '@indistinct/unlearners'
import type { CommandModule } from 'yargs'
import { planTargets } from '../audit/attack-battery.ts'
import { attackTargets, labelsTarget } from '../audit/attack-targets.ts'
import type { AttackTarget } from '../audit/attack-target.ts'
import { auditedTables, joinedName, rowsInOrder, type AuditedTable } from '../inputs/audited-tables.ts'
import { attackBeforeAndAfter } from '../audit/before-and-after.ts'
import { described } from '../terminal/command-help.ts'
import { computeEnvironment } from '../terminal/common-options.ts'
import { readFlowExtras, type FlowExtras } from '../unlearn/flow-extras.ts'
import { exitCodes } from '../terminal/exit-codes.ts'
import { asItWas, checkHarm, harmRefused, nothingStandsOut, type HarmSelfCheck } from '../audit/harm-self-check.ts'
import type { Log } from '../terminal/log.ts'
import { checkOutputFormat, checkOutputs } from '../unlearn/output-files.ts'
import { inputFacts, inputSteps, showPlan, type Plan } from '../unlearn/plan.ts'
import { outcomeWarning } from '../unlearn/outcome-text.ts'
import { openSession } from '../terminal/session.ts'
import { tableToStream, unlearnStreamed } from '../unlearn/streamed-unlearning.ts'
import { tableChange } from '../unlearn/table-change.ts'
import { inputFiles, readTableInputs, type TableInputs } from '../inputs/table-inputs.ts'
import {
  methodNames,
  outputPaths,
  parametersOf,
  unlearnOptions,
  type AskedUnlearnArguments,
  type UnlearnArguments,
} from '../unlearn/unlearn-arguments.ts'
import { earlierDraw, finishOf, keptByChance, labelMask, relabelWarnings } from '../unlearn/relabelling.ts'
import { methodFor, scopeOfUnlearning } from '../unlearn/unlearn-scope.ts'
import { resultJson, resultText, writeUnlearned, type UnlearnedTable } from '../unlearn/unlearned-tables.ts'
import { writtenPoints, writtenTable, type WrittenTable } from '../unlearn/written-table.ts'
import {
  fitFile,
  fitMethod,
  openFit,
  unlearnTogether,
  updateByFit,
  type Parameters,
  type Unlearning,
} from '../unlearn/unlearning.ts'

/** With the first table for those of one table. */
type OneTable = UnlearnArguments & { readonly table: string }

export const unlearnCommand: CommandModule<object, AskedUnlearnArguments> = {
  command: 'unlearn <tables..>',
  describe: 'make users indistinguishable by an attribute, and write the new tables',
  builder: (yargs) =>
    described(yargs, {
      usage: 'unlearn TABLE... --attributes FILE --attribute NAME --out FILE[,FILE...]',
      examples: [
        'unlearn users.npy --attributes people.csv --attribute gender --out unlearned.npy --audit',
        'unlearn users.csv --attributes people.csv --attribute age_group --missing-label unknown --out unlearned.csv',
        'unlearn users.npy --attributes people.csv --attribute gender --also age_group --items items.npy --out ' +
          'unlearned.npy',
        'unlearn users.npy --attributes people.csv --attribute age --continuous --out unlearned.npy',
        'unlearn users.npy --attributes people.csv --attribute gender --method d2d-r --steps 500 --out d2d.npy',
        'unlearn users.npy --attributes some.csv --attribute gender --method leace --unlabelled map --out leace.npy',
        'unlearn users.npy --attributes people.csv --attribute gender --out unlearned.npy --delta users.delta ' +
          '--fit gender.fit',
        'unlearn more.npy --attributes people.csv --attribute gender --update gender.fit --previous ' +
          'unlearned.npy --out new.npy',
        'unlearn gmf.npy mlp.npy --attributes people.csv --attribute gender --out new-gmf.npy,new-mlp.npy',
        'unlearn propagated.npy layer-0.npy --derived layer-0.npy --attributes people.csv --attribute gender ' +
          '--out p.npy,l.npy',
      ],
      notes: ['Methods:', ...methodNames.map((name) => `  ${name}: ${unlearners[name].description}`)],
      exits: ['gate'],
      environment: computeEnvironment,
    })
      .positional('tables', {
        describe:
          `embeddings, one row a user: ${tableExtensionList}, or a folder of Parquet parts; several of the same ` +
          'users are unlearned together, so that all of them joined hide the attribute too',
        type: 'string',
        array: true,
        demandOption: true,
      })
      .options(unlearnOptions) as never,
  handler: (args) => unlearn({ ...args, method: args.method ?? methodFor(args['attacker-holds']) }),
}

async function unlearn(given: UnlearnArguments): Promise<void> {
  const session = openSession(given)
  const parameters = parametersOf(given)
  const paths = given.tables
  const outs = outputPaths(given)
  const args: OneTable = { ...given, table: paths[0]!, out: outs[0]! }
  const report = args.report ?? `${args.out}.html`
  const sidecars = outs.map((out) => `${out}.json`)
  if (!/^\.html?$/i.test(extname(report))) throw usageError(`--report: expected a file named .html, got ${report}`)
  for (const out of outs) checkOutputFormat(out)
  if (args.draw !== undefined && (args.method !== 'relabel' || args.update !== undefined))
    throw usageError('--draw: expected --method relabel with it, and no --update')
  if (args.method === 'relabel' && args.unlabelled === 'map')
    throw usageError(
      '--unlabelled map: relabel has no map for users without a label, who have none to hide; leave it out',
    )
  if (args.previous !== undefined && args.update === undefined)
    throw usageError('--previous: expected --update with it, which names the fit')
  if (args.update !== undefined && args.fit !== undefined)
    throw usageError('--fit: nothing is fitted with --update; leave one of them out')
  if (args.delta !== undefined && isFolder(args.table))
    throw usageError(
      `--delta brings back the bytes of one file, and ${args.table} is a folder of parts; leave it out, and keep ` +
        'the folder',
    )
  const optional = (path: readonly (string | undefined)[]): string[] => path.filter((each) => each !== undefined)
  const read = [
    ...paths,
    args.attributes,
    args.ids,
    args.update,
    args.draw,
    args.previous,
    args.previous && idsBeside(args.previous),
    args.items,
  ]
  const beside = [...sidecars, report, ...optional([args.delta, args.fit])]
  checkOutputs([...outs, ...beside], read, args.force)
  const large = paths.length === 1 ? tableToStream(args) : undefined
  if (large) return unlearnStreamed(args, large, parameters, session)
  const found = await readTableInputs(args, session.log)
  const { tables, warnings: ofOthers } = await auditedTables(found.table, paths, args)
  const sources = tables.flatMap(({ source }) => source ?? [])
  const extras = await readFlowExtras(args, found)
  const { targets, warnings: ofTargets } = args.audit
    ? attackTargets(found, args.attackers, extras.also)
    : { targets: [], warnings: [] }
  const warnings = [...ofOthers, ...extras.warnings, ...ofTargets]
  const again = args.draw === undefined ? undefined : earlierDraw(args.draw, found)
  if (args.method === 'relabel') warnings.push(...relabelWarnings(args), ...(again?.warnings ?? []))
  for (const warning of warnings) session.log.warn(warning)
  const inputsOfFiles = { ...found, warnings: [...found.warnings, ...warnings] }
  // What a table's format has no place for goes into a file of its own.
  checkOutputs([...sources.flatMap((source, t) => tableFiles(outs[t]!, source)), ...beside], read, args.force)
  if (args['dry-run']) {
    const writes = [
      ...sources.flatMap((source, t) => [...tableFiles(outs[t]!, source), sidecars[t]!]),
      report,
      ...optional([args.delta, args.fit]),
    ]
    return showPlan(
      await planOf(args, inputsOfFiles, tables, parameters, extras, targets, writes, session.log),
      args.json,
      session,
    )
  }

  const drawn =
    args.method === 'relabel'
      ? { finish: finishOf(sourced(tables), args.lengths), ...(again && { earlier: again.earlier }) }
      : {}
  const {
    results: unlearned,
    fitted,
    updated,
  } = await unlearnedBy(args, inputsOfFiles, tables, { ...parameters, ...drawn }, extras, session.log)
  const notLanded = unlearned.flatMap(
    ({ parameters: reached }, t) => outcomeWarning(unlearned.length > 1 ? `${tables[t]!.name}: ` : '', reached) ?? [],
  )
  const dealt = args.method === 'relabel' ? labelMask(found.labels) : undefined
  // From here on the rows are those that are written: what is measured and attacked is what the files hold.
  const asWritten = (each: readonly Unlearned[]): AsWritten => {
    const writes = sources.map((source, t) => {
      const rows =
        t === 0
          ? each[0]!.embedding
          : rowsInOrder({ ...found.table, matrix: each[t]!.embedding }, args.table, source, paths[t]!)
      const mask =
        dealt && (t === 0 ? dealt : rowsInOrder({ ...found.table, matrix: dealt }, args.table, source, paths[t]!))
      if (mask) return writtenPoints(source, rows, paths[t]!, outs[t]!, args.lengths, Uint8Array.from(mask.data))
      return writtenTable(source, rows, paths[t]!, outs[t]!, args.lengths)
    })
    const results = each.map((result, t): Unlearned => {
      const { table } = writes[t]!
      return { ...result, embedding: t === 0 ? table.matrix : rowsInOrder(table, outs[t]!, found.table, args.table) }
    })
    return { writes, results }
  }
  const { writes, results, harm } = await checkedForHarm(args, found, tables, extras, unlearned, asWritten, session.log)
  const notes = [...notLanded, ...writes.flatMap((write) => write.notes)]
  for (const note of notes) session.log.warn(note)
  const inputs = { ...inputsOfFiles, warnings: [...inputsOfFiles.warnings, ...notes] }
  const fit =
    args.fit !== undefined && fitted
      ? { path: args.fit, text: fitFile(fitted, inputs, results[0]!, args.seed) }
      : undefined
  const files = inputFiles(args, inputs)
  const made = sources.map((source, t): UnlearnedTable => {
    const [{ name, matrix }, result, path] = [tables[t]!, results[t]!, paths[t]!]
    return {
      name,
      path,
      out: outs[t]!,
      before: matrix,
      after: result.embedding,
      table: writes[t]!.table,
      result,
      change: tableChange(matrix, result.embedding, inputs.labels, args.seed),
      input: { ...files, table: { file: basename(path), sha256: source.source!.sha256 }, ...extras.files },
    }
  })
  const joined =
    tables.length > made.length
      ? { name: joinedName, before: tables.at(-1)!.matrix, after: sideBySide(made.map(({ after }) => after)) }
      : undefined
  const audits = args.audit
    ? await attackBeforeAndAfter([...made, ...(joined ? [joined] : [])], targets, args, session.log)
    : undefined
  const unlearning = {
    inputs,
    made,
    harm,
    ...(joined && { joined }),
    ...(audits && { audits }),
    seed: args.seed,
    unlabelled: args.unlabelled,
    also: extras.summaries,
    alsoLines: extras.lines,
    scope: scopeOfUnlearning([args.attribute, ...Object.keys(extras.also ?? {})], results[0]!.method as UnlearnerName),
  }
  const written = await writeUnlearned(unlearning, { report, force: args.force, delta: args.delta, fit })
  // What --force writes all the same is still a failure.
  if (harm.worse) process.exitCode = exitCodes.gate
  if (args.json) return session.result(`${canonicalJson(resultJson(unlearning, written.outputs), 2)}\n`)
  const update = updated
    ? `${updated.kept} kept their rows, ${updated.mapped} were mapped, ${updated.original} have their original ` +
      'ones; ' +
      `${updated.refit.due ? 'unlearning the whole table again is due' : 'no need to unlearn the whole table again shows'}\n`
    : ''
  const listed = [
    ...written.files.map(({ path, sha256 }) => `${path}  sha256 ${sha256}`),
    ...sidecars,
    report,
    ...optional([args.delta, args.fit]),
  ]
  session.result(`${resultText(unlearning, update)}${listed.join('\n')}\n`)
}

/** Tables as files will hold them, and the results with those rows. */
interface AsWritten {
  readonly writes: readonly WrittenTable[]
  readonly results: readonly Unlearned[]
}

/**
 * What is to be written, once it is known not to give away more than before; one table in which nothing stood out
 * before is written as it was.
 * @throws WouldHarmError where it does, unless --force is there.
 */
async function checkedForHarm(
  args: OneTable,
  { labels, ...inputs }: TableInputs,
  tables: readonly AuditedTable[],
  extras: FlowExtras,
  unlearned: readonly Unlearned[],
  asWritten: (each: readonly Unlearned[]) => AsWritten,
  log: Log,
): Promise<AsWritten & { readonly harm: HarmSelfCheck }> {
  const made = asWritten(unlearned)
  const own = made.results.map(({ embedding }, t) => ({
    name: tables[t]!.name,
    before: tables[t]!.matrix,
    after: embedding,
  }))
  const joined =
    own.length > 1
      ? [{ name: joinedName, before: tables.at(-1)!.matrix, after: sideBySide(own.map(({ after }) => after)) }]
      : []
  const attributes = { [labelsTarget({ labels, ...inputs })]: labels, ...extras.also }
  const harm = await checkHarm([...own, ...joined], attributes, args.seed, log)
  const [before, first] = [tables[0]!.matrix, unlearned[0]!]
  // A fit maps other users as these were moved, and must not be of moves that were taken back.
  const alone = own.length === 1 && args.fit === undefined && args.update === undefined && args.unlabelled === 'leave'
  if (alone && nothingStandsOut(before, first, labels, harm, args.seed)) {
    return {
      ...asWritten([asItWas(before, first)]),
      harm: { parts: [], unchecked: [], worse: false, standsOut: false },
    }
  }
  if (!harm.worse) return { ...made, harm }
  if (first.method === 'relabel') return { ...made, harm: keptByChance(harm) }
  const refusal = harmRefused(harm, first.method)
  if (!args.force) throw refusal
  log.warn(refusal.message.replace(', and nothing was written', '; --force writes it all the same'))
  return {
    writes: made.writes,
    results: made.results.map((result) => ({
      ...result,
      parameters: { ...result.parameters, outcome: 'gives away more than before' },
    })),
    harm,
  }
}

/** What becomes of each table: of one by a method fitted anew or by an earlier fit, of several together. */
async function unlearnedBy(
  args: OneTable,
  inputs: TableInputs,
  tables: readonly AuditedTable[],
  parameters: Readonly<Record<string, unknown>>,
  extras: FlowExtras,
  log: Log,
): Promise<Omit<Unlearning, 'result'> & { readonly results: readonly Unlearned[] }> {
  if (args.tables.length > 1) {
    const named = sourced(tables).map(({ name, matrix }) => [name, matrix])
    return {
      results: unlearnTogether(
        args,
        Object.fromEntries(named) as Record<string, Matrix>,
        inputs.labels,
        parameters,
        derivedNames(args, tables),
        log,
      ),
    }
  }
  const { result, ...more } =
    args.update === undefined
      ? fitMethod(args, inputs, parameters, extras, log)
      : await updateByFit({ ...args, update: args.update }, inputs, log)
  return { results: [result], ...more }
}

/** The tables that were read: without all of them joined. */
function sourced(tables: readonly AuditedTable[]): AuditedTable[] {
  return tables.filter(({ source }) => source)
}

/** Names of the tables of --derived. */
function derivedNames({ tables: paths, derived = [] }: OneTable, tables: readonly AuditedTable[]): string[] {
  return derived.map((path) => tables[paths.indexOf(path)]!.name)
}

/** What the run would do, once everything that it would refuse is ruled out. */
async function planOf(
  args: OneTable,
  inputs: TableInputs,
  tables: readonly AuditedTable[],
  given: Parameters,
  extras: FlowExtras,
  targets: readonly AttackTarget[],
  writes: readonly string[],
  log: Log,
): Promise<Plan> {
  const { matrix } = inputs.table
  const own = tables.filter(({ source }) => source)
  const derived = derivedNames(args, tables)
  const fit = args.update === undefined ? undefined : await openFit({ ...args, update: args.update }, inputs, log)
  if (!fit) for (const table of own) checkedClasses(args.method, table.matrix, inputs.labels)
  for (const [name, labels] of Object.entries(extras.also ?? {}))
    checkedClasses(`${args.method}, ${name}`, matrix, labels)
  const method = fit?.fitted.method ?? (args.continuous ? 'hsic-flow' : args.method)
  const parameters = { ...(fit ? fit.fitted.parameters : unlearners[args.method].defaults), ...given } as {
    [name: string]: Json
  }
  const attacks = args.audit ? planTargets(matrix, targets, args) : undefined
  const listed = Object.entries(parameters).map(
    ([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : value}`,
  )
  return {
    command: 'unlearn',
    steps: [
      ...inputSteps(args.table, inputs),
      ...own.slice(1).map(({ matrix }, t) => `${args.tables[t + 1]}: the same users, ${matrix.cols} dimensions`),
      `${method}${fit ? `, as ${args.update} has it` : ''}${listed.length > 0 ? `: ${listed.join(', ')}` : ''}; ` +
        `seed ${args.seed}`,
      ...derived.map(
        (name) =>
          `${name} as a linear function of ${own
            .filter((other) => !derived.includes(other.name))
            .map((other) => other.name)
            .join(' and ')}`,
      ),
      `users without a label are ${args.unlabelled === 'map' ? 'mapped' : 'left as they are'}`,
      'then a self-check: does the new table give away more than before, to attackers of fine structure?',
      ...(attacks
        ? [`before and after it${own.length > 1 ? ', on each table and on all joined' : ''}:`, ...attacks.steps]
        : []),
    ],
    facts: {
      ...inputFacts(inputs),
      ...(own.length > 1 && { tables: own.map(({ name }) => name), derived }),
      method,
      parameters,
      seed: args.seed,
      unlabelled: args.unlabelled,
      ...(extras.also && { also: [...extras.summaries] }),
      input: { ...inputFiles(args, inputs), ...extras.files },
      ...(attacks && { attacks: attacks.attacks }),
    },
    writes,
  }
}
