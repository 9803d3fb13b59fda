/** @file Everything that is not the result: notes, warnings and progress, on stderr. */

import { styleText } from 'node:util'
import { startProgress, type Progress } from './progress.ts'
import { printable } from './text-table.ts'

export interface Log {
  info(text: string): void
  warn(text: string): void
  /** A long piece of work; nothing is shown under --quiet. */
  progress(label: string): Progress
}

/** A log on stderr, silent where `quiet`. */
export function createLog(quiet: boolean): Log {
  const write = (text: string): void => {
    if (!quiet) process.stderr.write(`${text}\n`)
  }
  // Names of files and columns stand in both.
  const inert = (text: string): string => text.split('\n').map(printable).join('\n')
  return {
    info: (text) => write(inert(text)),
    warn: (text) => write(`${emphasised('yellow', 'warning:', process.stderr)} ${inert(text)}`),
    progress: (label) =>
      startProgress(printable(label), quiet ? 'none' : process.stderr.isTTY ? 'bar' : 'lines', (text) =>
        process.stderr.write(text),
      ),
  }
}

/** `text` in colour where `stream` is a terminal and NO_COLOR is not set. */
export function emphasised(
  format: 'yellow' | 'red' | 'bold',
  text: string,
  stream: { readonly isTTY?: boolean },
): string {
  return stream.isTTY && !process.env['NO_COLOR'] ? styleText(format, text, { validateStream: false }) : text
}
