/** @file `indistinct restore`: an unlearned table and its delta in, the original out, byte for byte. */

import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { canonicalJson, fileError, sha256, writeFileAtomic } from '@indistinct/core'
import { applyDelta } from '@indistinct/unlearners'
import type { CommandModule } from 'yargs'
import { outputOptions, type CommonArguments } from '../common-options.ts'
import { textOption } from '../option-values.ts'
import { checkOutputs } from '../output-files.ts'
import { versions } from '../provenance.ts'
import { openSession } from '../session.ts'
import { writingFiles } from '../signals.ts'

export interface RestoreArguments extends Pick<CommonArguments, 'json' | 'quiet'> {
  readonly table: string
  readonly delta: string
  readonly out: string
  readonly force: boolean
}

export const restoreOptions = {
  delta: { describe: 'what unlearn --delta wrote for this table', type: 'string', demandOption: true, requiresArg: true, coerce: textOption('--delta') },
  out: { describe: 'where the original goes', type: 'string', demandOption: true, requiresArg: true, coerce: textOption('--out') },
  force: { describe: 'replace a file that is there already', type: 'boolean', default: false },
  ...outputOptions,
} as const

export const restoreCommand: CommandModule<object, RestoreArguments> = {
  command: 'restore <table>',
  describe: 'turn an unlearned table back into the original, byte for byte',
  builder: (yargs) =>
    yargs
      .usage(
        [
          'indistinct restore TABLE --delta FILE --out FILE',
          '',
          'Examples:',
          '$ indistinct unlearn users.npy --attributes people.csv --attribute gender --out unlearned.npy --delta users.delta',
          '$ indistinct restore unlearned.npy --delta users.delta --out users.npy',
          '',
          'A delta together with the unlearned table is the original: keep it as safe as that, and apart from the table.',
        ].join('\n'),
      )
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
  await writingFiles(async () => writeFileAtomic(args.out, original))
  const digest = sha256(original)
  if (!args.json) return session.result(`${args.out}  sha256 ${digest}\n`)
  session.result(`${canonicalJson({
    schema: 'indistinct/restore/1',
    input: { table: { file: basename(args.table), sha256: sha256(table) }, delta: { file: basename(args.delta), sha256: sha256(delta) } },
    output: { table: { file: basename(args.out), sha256: digest } },
    versions: versions(),
  }, 2)}\n`)
}

function bytesOf(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    throw fileError(`cannot read ${path}: ${code === 'ENOENT' ? 'no such file' : message}`, { cause })
  }
}
