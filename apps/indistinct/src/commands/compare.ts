/** @file `indistinct compare`: every method on one table, what it still gives away and what it costs. */

import { basename, extname } from 'node:path'
import { canonicalJson, usageError, writeFiles, type Json } from '@indistinct/core'
import { tableExtensionList } from '@indistinct/embeddings'
import {
  comparisonFigure,
  comparisonHtml,
  type ComparisonData,
  type ComparisonRow,
  type Estimate,
} from '@indistinct/report'
import { checkedClasses, unlearners, type UnlearnerName } from '@indistinct/unlearners'
import type { CommandModule } from 'yargs'
import { batteryOptions, planTargets, runBattery, type BatteryArguments } from '../audit/attack-battery.ts'
import { attackTargets } from '../audit/attack-targets.ts'
import { described, inGroup } from '../terminal/command-help.ts'
import { computeEnvironment, computeOptions, outputOptions, type CommonArguments } from '../terminal/common-options.ts'
import { exitCodes } from '../terminal/exit-codes.ts'
import { rankingOf, rankingOptions, type RankingArguments } from '../inputs/item-ranking.ts'
import { runLadder } from '../unlearn/ladder.ts'
import { namesOption, textOption } from '../terminal/option-values.ts'
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
} from '../inputs/table-inputs.ts'
import type { TableArguments } from '../inputs/table-arguments.ts'
import { printable, textTable } from '../terminal/text-table.ts'

const methodNames = Object.keys(unlearners) as UnlearnerName[]
/** All but the iterative U2U-R, whose exact minimum another method has in one pass. */
const defaultMethods = methodNames.filter((name) => name !== 'u2u-r')

export interface CompareArguments
  extends TableArguments, BatteryArguments, CommonArguments, RankingArguments, DryRunArguments {
  readonly methods?: readonly UnlearnerName[] | undefined
  readonly out?: string | undefined
  readonly report?: string | undefined
  readonly force: boolean
}

export const compareOptions = {
  ...tableOptions,
  ...inGroup('Method', {
    methods: {
      describe: `which of ${methodNames.join(', ')}, separated by commas; default: all but u2u-r`,
      type: 'string',
      requiresArg: true,
      coerce: namesOption('--methods', methodNames),
    },
  }),
  ...inGroup('Output', {
    out: { describe: 'write the figures here as JSON', type: 'string', requiresArg: true, coerce: textOption('--out') },
    report: {
      describe: 'write the table and the plot of leak against loss here, .html, or the plot alone, .svg',
      type: 'string',
      requiresArg: true,
      coerce: textOption('--report'),
    },
    force: { describe: 'replace files that are there already', type: 'boolean', default: false },
  }),
  ...dryRunOption,
  ...outputOptions,
  ...rankingOptions,
  ...batteryOptions,
  refit: { ...batteryOptions.refit, default: false },
  ...computeOptions,
} as const

export const compareCommand: CommandModule<object, CompareArguments> = {
  command: 'compare <table>',
  describe: 'run every method on a table: what each still gives away, and what it costs',
  builder: (yargs) =>
    described(yargs, {
      usage: 'compare TABLE --attributes FILE --attribute NAME',
      examples: [
        'compare users.npy --attributes people.csv --attribute gender --report compare.html',
        'compare users.npy --attributes people.csv --attribute gender --methods leace,gaussian-transport,flow --json',
        'compare users.npy --attributes people.csv --attribute gender --items items.npy --interactions ' +
          'held-out.csv --seen training.csv',
      ],
      notes: ['Methods:', ...methodNames.map((name) => `  ${name}: ${unlearners[name].description}`)],
      exits: ['partlyDone'],
      environment: computeEnvironment,
    })
      .positional('table', {
        describe: `embeddings, one row a user: ${tableExtensionList}, or a folder of Parquet parts`,
        type: 'string',
        demandOption: true,
      })
      .options(compareOptions) as never,
  handler: (args) => compare(args),
}

async function compare(args: CompareArguments): Promise<void> {
  const session = openSession(args)
  const { out, report, methods = defaultMethods } = args
  if (report !== undefined && !/^\.(html?|svg)$/i.test(extname(report)))
    throw usageError(`--report: expected a file named .html or .svg, got ${report}`)
  const given = (paths: readonly (string | undefined)[]): string[] => paths.filter((path) => path !== undefined)
  checkOutputs(
    given([out, report]),
    [args.table, args.attributes, args.ids, args.items, args.interactions, args.seen],
    args.force,
  )
  const inputs = await readTableInputs(args, session.log)
  const { targets } = attackTargets(inputs, args.attackers)
  const ndcg = await rankingOf(args, inputs.table, session.log)
  if (args['dry-run']) {
    checkedClasses('compare', inputs.table.matrix, inputs.labels)
    const { steps, attacks } = planTargets(inputs.table.matrix, targets, args)
    const facts = {
      ...inputFacts(inputs),
      methods: [...methods],
      attacks,
      seed: args.seed,
      input: inputFiles(args, inputs),
    }
    const each = `on the table as it is and after each of ${methods.join(', ')}`
    return showPlan(
      {
        command: 'compare',
        steps: [...inputSteps(args.table, inputs), ...steps, each],
        facts,
        writes: given([out, report]),
      },
      args.json,
      session,
    )
  }
  let progress: ReturnType<typeof session.log.progress> | undefined
  const rows = await runLadder(inputs.table.matrix, inputs.labels, {
    methods,
    seed: args.seed,
    attack: (embedding, name) => {
      progress?.end()
      return runBattery(embedding, inputs.column.name, inputs.labels, args, session.log, `audit of ${name}`)
    },
    onMethod: (name) => void (progress = session.log.progress(name)),
    onPass: ({ pass, loss }) => progress?.update(pass, undefined, `loss ${loss.toPrecision(3)}`),
    ...(ndcg && { ndcg }),
  }).finally(() => progress?.end())

  const input = inputFiles(args, inputs)
  const { rows: users, cols } = inputs.table.matrix
  const data: ComparisonData = {
    title: `Methods against ${args.attribute} in ${basename(args.table)}`,
    subject: `${users} users, K = ${cols}`,
    attribute: attributeSummary(inputs),
    warnings: inputs.warnings,
    rows,
    neighbours: Math.min(10, users - 1),
    provenance: { seed: args.seed, command: commandLine(), hashes: reportHashes(input), versions: versions() },
  }
  const record = `${canonicalJson(
    {
      schema: 'indistinct/compare/1',
      attribute: attributeSummary(inputs) as unknown as Json,
      unmatched: inputs.unmatched,
      neighbours: data.neighbours,
      methods: JSON.parse(JSON.stringify(rows)) as Json,
      seed: args.seed,
      warnings: inputs.warnings,
      input,
      versions: versions(),
    },
    2,
  )}\n`
  await writingFiles(async () => {
    const page = report === undefined ? '' : /\.svg$/i.test(report) ? comparisonFigure(data).svg : comparisonHtml(data)
    writeFiles(
      [
        [out, record],
        [report, page],
      ],
      { replace: args.force },
    )
  })
  session.result(args.json ? record : `${printable(labelLine(data.attribute!, inputs.unmatched))}\n\n${tableOf(data)}`)
  if (rows.some(({ failure }) => failure !== undefined)) process.exitCode = exitCodes.partlyDone
}

function tableOf({ rows, neighbours }: ComparisonData): string {
  const ranked = rows.some(({ ndcg }) => ndcg !== undefined)
  const three = (value: number | undefined, digits = 3): string => (value === undefined ? '' : value.toFixed(digits))
  const cells = rows
    .filter(({ failure }) => failure === undefined)
    .map((row: ComparisonRow) => [
      row.name,
      three(row.leak?.value),
      three(row.leak?.high),
      three(row.auc),
      row.attack ?? '',
      three(row.kept?.value),
      three(row.displacement),
      ...(ranked ? [withInterval(row.ndcg)] : []),
      three(row.seconds, 2),
      row.passes === undefined ? '' : String(row.passes),
    ])
  const failures = rows.filter(({ failure }) => failure !== undefined).map(({ name, failure }) => [name, failure!])
  const lines = [
    textTable(
      [
        'method',
        'folded AUC',
        'at most',
        'AUC',
        'worst attack',
        'kept',
        'moved',
        ...(ranked ? ['NDCG@10'] : []),
        'seconds',
        'passes',
      ],
      cells,
    ),
    ...(failures.length > 0 ? [textTable(['failed', 'why'], failures)] : []),
    'folded AUC: of the worst attack, and its AUC as it is; at most: the largest 95 % bound of all. ' +
      `kept: share of each user's ${neighbours} nearest that stayed; moved: mean distance, in spreads of the table.\n`,
  ]
  return lines.join('\n')
}

function withInterval(estimate: Estimate | undefined): string {
  if (estimate === undefined) return ''
  const { value, low, high } = estimate
  return `${value.toFixed(4)}${low === undefined || high === undefined ? '' : ` [${low.toFixed(4)}, ${high.toFixed(4)}]`}`
}
