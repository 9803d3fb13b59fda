/** @file `indistinct restore`: an unlearned table and its delta in, the original out, byte for byte. */

import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { canonicalJson, fileError, sha256, writeFileAtomic } from '@indistinct/core'
import { fileReason } from '@indistinct/embeddings'
import { applyDelta } from '@indistinct/unlearners'
import type { CommandModule } from 'yargs'
import { described, inGroup } from '../terminal/command-help.ts'
import { outputOptions, type CommonArguments } from '../terminal/common-options.ts'
import { textOption, textFlag } from '../terminal/option-values.ts'
import { checkOutputs } from '../outputs/output-files.ts'
import { dryRunOption, showPlan, type DryRunArguments } from '../outputs/dry-run.ts'
import { versions } from '../outputs/provenance.ts'
import { openSession } from '../terminal/session.ts'
import { writingFiles } from '../terminal/signals.ts'
import { countOf } from '../terminal/text-table.ts'

export interface RestoreArguments extends Pick<CommonArguments, 'json' | 'quiet'>, DryRunArguments {
  readonly table: string
  readonly delta: string
  readonly out: string
  readonly force: boolean
}

export const restoreOptions = {
  ...inGroup('Files', {
    delta: textFlag('what unlearn --delta wrote for this table', textOption('--delta'), { demandOption: true }),
    out: textFlag('where the original goes', textOption('--out'), { demandOption: true }),
    force: { describe: 'replace a file that is there already', type: 'boolean', default: false },
  }),
  ...dryRunOption,
  ...outputOptions,
} as const

export const restoreCommand: CommandModule<object, RestoreArguments> = {
  builder: (yargs) =>
    described(yargs, {
      usage: 'restore TABLE --delta FILE --out FILE',
      examples: [
        'unlearn users.npy --attributes people.csv --attribute gender --out unlearned.npy --delta users.delta',
        'restore unlearned.npy --delta users.delta --out users.npy',
      ],
      notes: [
        'A delta together with the unlearned table is the original: keep it as safe as that, and apart from the table.',
      ],
    })
      .positional('table', { describe: 'the table that unlearn wrote', type: 'string', demandOption: true })
      .options(restoreOptions) as never,
  handler: (args) => restore(args),
}

async function restore(args: RestoreArguments): Promise<void> {
  const session = openSession(args)
  checkOutputs([args.out], [args.table, args.delta], args.force)
  const table = bytesOf(args.table)
  const delta = bytesOf(args.delta)
  const original = applyDelta(table, delta, { table: args.table, delta: args.delta })
  if (args['dry-run']) {
    const size = `${args.table} and ${args.delta} fit together: the original has ${countOf(original.length, 'byte')}`
    return showPlan(
      {
        command: 'restore',
        steps: [size],
        facts: { bytes: original.length, sha256: sha256(original) },
        writes: [args.out],
      },
      args.json,
      session,
    )
  }
  await writingFiles(async () => writeFileAtomic(args.out, original, { replace: args.force }))
  const digest = sha256(original)
  if (!args.json) return session.result(`${args.out}  sha256 ${digest}\n`)
  session.result(
    `${canonicalJson(
      {
        schema: 'indistinct/restore/1',
        input: {
          table: { file: basename(args.table), sha256: sha256(table) },
          delta: { file: basename(args.delta), sha256: sha256(delta) },
        },
        output: { table: { file: basename(args.out), sha256: digest } },
        versions: versions(),
      },
      2,
    )}\n`,
  )
}

function bytesOf(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (cause) {
    throw fileError(`cannot read ${path}: ${fileReason(cause as NodeJS.ErrnoException)}`, { cause })
  }
}
