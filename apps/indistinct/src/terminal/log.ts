/** @file Everything that is not the result: notes, warnings and progress, on stderr. */

import { errors, styled, type TextStyle } from '#system'
import type { ScoredAttack } from '@indistinct/attackers'
import { environment } from '@indistinct/core/platform'
import { startProgress, type Progress } from './progress.ts'
import { printable } from './text-table.ts'

export interface Log {
  info(text: string): void
  warn(text: string): void
  /** A long piece of work; nothing is shown under --quiet. */
  progress(label: string): Progress
  /** An attack of the work called `label` was scored: for pages, which show one after another. */
  scored?(label: string, attack: ScoredAttack): void
}

/** A log on stderr, silent where `quiet`. */
export function createLog(quiet: boolean): Log {
  const write = (text: string): void => {
    if (!quiet) errors.write(`${text}\n`)
  }
  // Names of files and columns stand in both.
  const inert = (text: string): string => text.split('\n').map(printable).join('\n')
  return {
    info: (text) => write(inert(text)),
    warn: (text) => write(`${emphasised('yellow', 'warning:', errors)} ${inert(text)}`),
    progress: (label) =>
      startProgress(printable(label), quiet ? 'none' : errors.isTTY ? 'bar' : 'lines', (text) => errors.write(text)),
  }
}

/** `text` in colour where `stream` is a terminal and NO_COLOR is not set. */
export function emphasised(style: TextStyle, text: string, stream: { readonly isTTY?: boolean }): string {
  return stream.isTTY && !environment['NO_COLOR'] ? styled(style, text) : text
}
