/** @file `indistinct certify`: what can be promised of a table against whole classes of attackers, and what cannot. */

import { basename, extname } from 'node:path'
import { certify as certificateOf, type Certificate } from '@indistinct/attackers'
import {
  canonicalJson,
  commitFiles,
  stageFile,
  usageError,
  type Json,
  type Labels,
  type StagedFile,
} from '@indistinct/core'
import { stageTable, tableFiles, tableFor, withMatrix, type EmbeddingTable } from '@indistinct/embeddings'
import { reportHtml, type LayersData } from '@indistinct/report'
import type { CommandModule } from 'yargs'
import { batteryOptions, runBattery, type BatteryArguments } from '../audit/attack-battery.ts'
import { attackVersions, partsJson, severalSections } from '../audit/audit-report.ts'
import { boundedLayer, exactLayer, layersOf, layersText } from '../certify/layers.ts'
import { madeFrom, type MadeFrom, type MadeFromArguments } from '../certify/made-from.ts'
import { described, inGroup } from '../terminal/command-help.ts'
import { computeEnvironment, computeOptions, outputOptions, type CommonArguments } from '../terminal/common-options.ts'
import { exitCodes } from '../terminal/exit-codes.ts'
import { jointVerdict, judgedParts, type JointVerdict, type PartAudit } from '../audit/joint-verdict.ts'
import { numberOption, textOption } from '../terminal/option-values.ts'
import { checkOutputFormat, checkOutputs } from '../unlearn/output-files.ts'
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
import { grouped } from '../terminal/text-table.ts'

export interface CertifyArguments extends MadeFromArguments, BatteryArguments, CommonArguments {
  readonly confidence: number
  readonly codes?: number | undefined
  readonly out?: string | undefined
  readonly attacks: boolean
  readonly gate?: number | undefined
  readonly report?: string | undefined
  readonly force: boolean
}

export const certifyOptions = {
  ...tableOptions,
  ...inGroup('Bounds', {
    original: {
      describe: 'no labels of this attribute went into the table: it is as training left it',
      type: 'boolean',
      default: false,
    },
    'unlearned-with-labels-of': {
      describe: 'the file of labels that went into the table; users with a label in it are not certified',
      type: 'string',
      requiresArg: true,
      coerce: textOption('--unlearned-with-labels-of'),
    },
    confidence: {
      describe: 'how sure all bounds are to hold together',
      default: 0.95,
      requiresArg: true,
      coerce: numberOption('--confidence', { from: 0.5, to: 0.999999 }),
    },
    codes: {
      describe:
        'replace each row by the nearest of so many centres, found without labels on users set aside; bounds any ' +
        'attacker',
      requiresArg: true,
      coerce: numberOption('--codes', { integer: true, from: 1, to: 4096 }),
    },
  }),
  ...inGroup('Output', {
    out: {
      describe: 'with --codes: the table of codes, which is what the bounds are of',
      type: 'string',
      requiresArg: true,
      coerce: textOption('--out'),
    },
    gate: {
      describe: 'exit 5 unless the AUC of any attacker is bounded by this',
      requiresArg: true,
      coerce: numberOption('--gate', { from: 0.5, to: 1 }),
    },
    report: {
      describe: 'write an HTML report here',
      type: 'string',
      requiresArg: true,
      coerce: textOption('--report'),
    },
    force: { describe: 'replace files that are there already', type: 'boolean', default: false },
  }),
  ...outputOptions,
  ...inGroup('Attacks', {
    attacks: {
      describe: 'also run the attacks of audit on the users certified; --attacks=false runs none',
      type: 'boolean',
      default: true,
    },
  }),
  ...batteryOptions,
  ...computeOptions,
} as const

export const certifyCommand: CommandModule<object, CertifyArguments> = {
  command: 'certify <table>',
  describe: 'bound what whole classes of attackers can learn, where labels did not make the table',
  builder: (yargs) =>
    described(yargs, {
      usage: 'certify TABLE --attributes FILE --attribute NAME',
      examples: [
        'certify users.npy --original --attributes people.csv --attribute gender --codes 32 --out coded.npy',
        'certify leace.npy --unlearned-with-labels-of known.csv --attributes people.csv --attribute gender',
        'certify relabelled.npy --attributes people.csv --attribute gender --attacks=false',
      ],
      exits: ['gate'],
      environment: computeEnvironment,
    })
      .positional('table', {
        describe: 'the table; what unlearn wrote beside it is read',
        type: 'string',
        demandOption: true,
      })
      .options(certifyOptions) as never,
  handler: (args) => certify(args),
}

async function certify(args: CertifyArguments): Promise<void> {
  const session = openSession(args)
  const { report, out, codes } = args
  if (report !== undefined && !/^\.html?$/i.test(extname(report)))
    throw usageError(`--report: expected a file named .html, got ${report}`)
  if (out !== undefined && codes === undefined) throw usageError('--out: expected --codes with it, whose table it is')
  if (codes !== undefined && out === undefined)
    throw usageError('--codes: expected --out with it; bounds are of the table of codes, and it is the one to release')
  if (out !== undefined) checkOutputFormat(out)
  const outputs = [...(out === undefined ? [] : [out]), ...(report === undefined ? [] : [report])]
  checkOutputs(outputs, [args.table, args.attributes, args.ids, args['unlearned-with-labels-of']], args.force)
  const inputs = await readTableInputs(args, session.log)
  const made = await madeFrom(args, inputs, session.log)
  if (made.kind === 'drawn' && codes !== undefined)
    throw usageError('--codes: the table is exact as it is; leave it out')
  const labels = made.kind === 'drawn' ? inputs.labels : made.labels
  const certificate =
    made.kind === 'drawn'
      ? undefined
      : certificateOf(inputs.table.matrix, labels, {
          seed: args.seed,
          delta: 1 - args.confidence,
          ...(codes !== undefined && { codes }),
        })
  const matrix = certificate?.table ?? inputs.table.matrix
  const found = args.attacks
    ? await runBattery(matrix, args.attribute, labels, args, session.log, 'attacks')
    : undefined
  const audits = found && judgedParts([{ table: basename(args.table), attribute: args.attribute, result: found }])
  const joint = audits && jointVerdict(audits)
  const others =
    made.kind === 'apart' && made.left > 0 ? [`The ${grouped(made.left)} users whose labels went into the table.`] : []
  const layers = layersOf(
    certificate ? boundedLayer(certificate, args.attribute) : exactLayer(args.attribute),
    joint ? [joint.verdict] : [],
    others,
  )
  const gate = gateOf(args, certificate)
  const written = await writeAll(args, inputs, { matrix, layers, ...(audits && { audits }) })
  if (gate && !gate.passed) process.exitCode = exitCodes.gate
  if (args.json)
    return session.result(
      `${canonicalJson(recordOf(args, inputs, made, { layers, written, ...(certificate && { certificate }), ...(audits && joint && { attacks: { audits, joint } }), ...(gate && { gate }) }), 2)}\n`,
    )
  const lines = [
    ...(gate
      ? [
          `Gate ${gate.passed ? 'passed' : 'failed'}: the AUC of any attacker is ` +
            `${gate.bound === undefined ? 'not bounded' : `at most ${gate.bound.toFixed(3)}`}, and ${args.gate} ` +
            'was asked for.',
        ]
      : []),
    layersText(layers),
    labelLine(attributeSummary({ ...inputs, labels }), inputs.unmatched),
    ...(made.kind === 'apart' ? [made.words] : []),
    ...written.map(({ path, sha256 }) => `${path}  sha256 ${sha256}`),
  ]
  session.result(lines.map((line) => `${line}\n`).join(''))
}

interface Gate {
  readonly limit: number
  readonly bound?: number
  readonly passed: boolean
}

/** The largest bound of the AUC of any attacker; of an exact table it is one half. */
function gateOf({ gate }: CertifyArguments, certificate: Certificate | undefined): Gate | undefined {
  if (gate === undefined) return undefined
  const any = certificate?.bounds
    .filter(({ against, measure }) => against === 'any attacker' && measure === 'AUC')
    .map(({ bound }) => bound) ?? [0.5]
  if (any.length === 0) return { limit: gate, passed: false }
  const bound = Math.max(...any)
  return { limit: gate, bound, passed: bound <= gate }
}

/** The table of codes and the report, both or neither. */
async function writeAll(
  args: CertifyArguments,
  inputs: TableInputs,
  {
    matrix,
    layers,
    audits,
  }: { readonly matrix: Certificate['table']; readonly layers: LayersData; readonly audits?: readonly PartAudit[] },
): Promise<StagedFile[]> {
  const { out, report, force } = args
  return writingFiles(async () => {
    const files: StagedFile[] = []
    try {
      if (out !== undefined) {
        // Digits beyond float32 are each user's own, and would tell users of one code apart.
        const source = Object.fromEntries(
          Object.entries(inputs.table).filter(([key]) => key !== 'exact'),
        ) as unknown as EmbeddingTable
        checkOutputs(tableFiles(out, source), [args.table], force)
        files.push(...stageTable(out, withMatrix(tableFor(out, source), matrix), { force }))
      }
      if (report !== undefined) files.push(stageFile(report, pageOf(args, inputs, layers, audits), { replace: force }))
      commitFiles(files)
      return files
    } finally {
      for (const file of files) file.discard()
    }
  })
}

function pageOf(
  args: CertifyArguments,
  inputs: TableInputs,
  layers: LayersData,
  audits: readonly PartAudit[] | undefined,
): string {
  const sections =
    audits && severalSections(audits.map(({ result, ...part }) => ({ ...part, audits: { before: result } })))
  return reportHtml({
    title: `Certificate of ${args.attribute} in ${basename(args.table)}`,
    subject: `${inputs.table.matrix.rows} users, K = ${inputs.table.matrix.cols}`,
    attribute: attributeSummary(inputs),
    warnings: inputs.warnings,
    layers,
    ...sections,
    provenance: {
      seed: args.seed,
      command: commandLine(),
      hashes: reportHashes(inputFiles(args, inputs)),
      versions: { ...versions(), ...(audits && attackVersions(audits)) },
    },
  })
}

interface Record {
  readonly layers: LayersData
  readonly written: readonly StagedFile[]
  readonly certificate?: Certificate
  readonly attacks?: { readonly audits: readonly PartAudit[]; readonly joint: JointVerdict }
  readonly gate?: Gate
}

function recordOf(
  args: CertifyArguments,
  inputs: TableInputs,
  made: MadeFrom,
  { layers, written, certificate, attacks, gate }: Record,
): { readonly [name: string]: Json } {
  const labels: Labels = made.kind === 'drawn' ? inputs.labels : made.labels
  return {
    schema: 'indistinct/certify/1',
    attribute: attributeSummary({ ...inputs, labels }) as unknown as Json,
    madeFrom: made.kind === 'drawn' ? { kind: made.kind } : { kind: made.kind, left: made.left, words: made.words },
    layers: {
      boundedOrExact: {
        exact: made.kind === 'drawn',
        ...(certificate && {
          bounds: JSON.parse(JSON.stringify(certificate.bounds)) as Json,
          confidence: args.confidence,
          users: certificate.users,
          setAside: certificate.setAside,
          vectors: certificate.vectors,
        }),
        words: [...layers.bounded],
      },
      found: { ...(attacks ? partsJson(attacks.audits, attacks.joint) : { attacks: [] }), words: [...layers.found] },
      notTested: [...layers.notTested],
    },
    seed: args.seed,
    warnings: [...inputs.warnings],
    input: inputFiles(args, inputs),
    output: Object.fromEntries(written.map(({ path, sha256 }) => [basename(path), sha256])),
    versions: { ...versions(), ...(attacks && attackVersions(attacks.audits)) },
    ...(gate && { gate: { ...gate } }),
  }
}
