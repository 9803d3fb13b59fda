#!/usr/bin/env node
/** @file The process: arguments in, exit code out. */

import { exitCodeOf, exitCodes } from './terminal/exit-codes.ts'
import { emphasised } from './terminal/log.ts'
import { printable } from './terminal/text-table.ts'
import { handleSignalsOfFirstProcess } from './terminal/signals.ts'

handleSignalsOfFirstProcess()
// A reader such as `head` that goes away early is no failure of this program.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(exitCodes.ok)
})

try {
  // Before the kernels, which read INDISTINCT_THREADS by themselves.
  await import('./terminal/common-options.ts')
  const { run } = await import('./run.ts')
  const { effectiveArguments } = await import('./terminal/effective-arguments.ts')
  // Reports name the command that repeats the run: the configuration file's flags are part of it.
  process.argv.splice(2, process.argv.length, ...(await effectiveArguments(process.argv.slice(2))))
  await run(process.argv.slice(2))
} catch (error) {
  process.exitCode = exitCodeOf(error)
  const internal = process.exitCode === exitCodes.internal
  const { withoutPasswords } = await import('@indistinct/stores')
  const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined }
  process.stderr.write(
    `${emphasised('red', internal ? 'internal error:' : 'error:', process.stderr)} ${withoutPasswords(
      (internal && stack) || message,
    )
      .split('\n')
      .map(printable)
      .join('\n')}\n`,
  )
}
