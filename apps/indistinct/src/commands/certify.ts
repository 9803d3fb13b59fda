/** @file `indistinct certify`: what can be promised of a table against whole classes of attackers, and what cannot. */

import { basename, extname } from 'node:path'
import { certify as certificateOf, type Certificate } from '@indistinct/attackers'
import { jsonText, usageError } from '@indistinct/core'
import type { CommandModule } from 'yargs'
import { attackLabels } from '../audit/run-attacks.ts'
import { jointVerdict, judgedParts } from '../audit/joint-verdict.ts'
import { tellCertifying } from '../certify/certify-cost.ts'
import { certifyOptions, type CertifyArguments } from '../certify/certify-options.ts'
import { certifyRecord, type CertifyGate } from '../certify/certify-record.ts'
import { boundedLayer, exactLayer, layersOf, layersText } from '../certify/layers.ts'
import { madeFrom } from '../certify/made-from.ts'
import { writeCertified } from '../certify/write-certified.ts'
import { attributeSummary, labelLine, readTableInputs } from '../inputs/table-inputs.ts'
import { described } from '../terminal/command-help.ts'
import { computeEnvironment } from '../terminal/common-options.ts'
import { exitCodes } from '../terminal/exit-codes.ts'
import { openSession } from '../terminal/session.ts'
import { countOf } from '../terminal/text-table.ts'
import { checkOutputFormat, checkOutputs } from '../outputs/output-files.ts'

export const certifyCommand: CommandModule<object, CertifyArguments> = {
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
  if (made.kind === 'apart') tellCertifying(inputs.table.matrix, labels, args, session.log)
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
    ? await attackLabels(matrix, args.attribute, labels, { battery: args, log: session.log, label: 'attacks' })
    : undefined
  const audits = found && judgedParts([{ table: basename(args.table), attribute: args.attribute, result: found }])
  const joint = audits && jointVerdict(audits)
  const others =
    made.kind === 'apart' && made.left > 0 ? [`The ${users(made.left)} whose labels went into the table.`] : []
  const layers = layersOf(
    certificate ? boundedLayer(certificate, args.attribute) : exactLayer(args.attribute),
    joint ? [joint.verdict] : [],
    others,
  )
  const gate = gateOf(args, certificate)
  const written = await writeCertified(args, inputs, { matrix, labels, layers, ...(audits && { audits }) })
  if (gate && !gate.passed) process.exitCode = exitCodes.gate
  if (args.json) {
    const results = {
      layers,
      written,
      ...(certificate && { certificate }),
      ...(audits && joint && { attacks: { audits, joint } }),
      ...(gate && { gate }),
    }
    return session.result(jsonText(certifyRecord(args, inputs, made, results), 2))
  }
  const lines = [
    ...(gate ? [gateLine(gate)] : []),
    layersText(layers),
    labelLine(attributeSummary({ ...inputs, labels }), inputs.unmatched),
    ...(made.kind === 'apart' ? [made.words] : []),
    ...written.map(({ path, sha256 }) => `${path}  sha256 ${sha256}`),
  ]
  session.result(lines.map((line) => `${line}\n`).join(''))
}

function gateLine({ limit, passed, bound }: CertifyGate): string {
  const found = bound === undefined ? 'not bounded' : `at most ${bound.toFixed(3)}`
  return `Gate ${passed ? 'passed' : 'failed'}: the AUC of any attacker is ${found}, and ${limit} was asked for.`
}

/** The largest bound of the AUC of any attacker; of an exact table it is one half. */
function gateOf({ gate }: CertifyArguments, certificate: Certificate | undefined): CertifyGate | undefined {
  if (gate === undefined) return undefined
  const any = certificate?.bounds
    .filter(({ against, measure }) => against === 'any attacker' && measure === 'AUC')
    .map(({ bound }) => bound) ?? [0.5]
  if (any.length === 0) return { limit: gate, passed: false }
  const bound = Math.max(...any)
  return { limit: gate, bound, passed: bound <= gate }
}

function users(count: number): string {
  return countOf(count, 'user')
}
