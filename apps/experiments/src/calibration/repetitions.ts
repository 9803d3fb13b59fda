/**
 * @file Runs the repetitions of a part and keeps them in chunks, so that a run that was stopped goes on where it was,
 * and several processes share the work. A chunk's name holds what it depends on: the part, and the sources that ran it.
 */

import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { canonicalJson, sha256, writeFileAtomic, type Json } from '@indistinct/core'
import { runRepetition, type Part, type Repetition } from './parts.ts'

const chunkSize = 20
const sources = ['../../../../packages/attackers/src', '../../../../packages/metrics/src', '.'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
)

/** A digest of the sources that a repetition depends on, tests and this package's pages apart. */
export function sourceDigest(): string {
  const files = sources.flatMap((folder) =>
    readdirSync(folder)
      .filter((file) => file.endsWith('.ts') && !/\.test\.ts$|^(page|main|summary|repetitions)\.ts$/.test(file))
      .sort()
      .map((file) => join(folder, file)),
  )
  return sha256(files.map((file) => sha256(readFileSync(file, 'utf8'))).join('\n')).slice(0, 16)
}

export interface Shard {
  readonly index: number
  readonly of: number
}

/** Runs the chunks of `part` that are this shard's and not there yet; `progress` hears of each. */
export async function runPart(
  part: Part,
  folder: string,
  { index, of }: Shard,
  progress: (done: number) => void,
): Promise<void> {
  mkdirSync(folder, { recursive: true })
  for (let from = 0, chunk = 0; from < part.repetitions; from += chunkSize, chunk++) {
    const path = chunkPath(part, folder, from)
    if (chunk % of === index && !existsSync(path)) {
      const rows: Repetition[] = []
      for (let repetition = from; repetition < Math.min(from + chunkSize, part.repetitions); repetition++)
        rows.push(await runRepetition(part, repetition))
      writeFileAtomic(path, canonicalJson(rows as unknown as Json))
    }
    progress(Math.min(from + chunkSize, part.repetitions))
  }
}

/** The repetitions of a part that are there, up to the first chunk that is missing. */
export function storedRepetitions(part: Part, folder: string): Repetition[] {
  const rows: Repetition[] = []
  for (let from = 0; from < part.repetitions && existsSync(chunkPath(part, folder, from)); from += chunkSize) {
    rows.push(...(JSON.parse(readFileSync(chunkPath(part, folder, from), 'utf8')) as Repetition[]))
  }
  return rows
}

function chunkPath(part: Part, folder: string, from: number): string {
  const digest = sha256(canonicalJson({ ...part, repetitions: 0 } as unknown as Json)).slice(0, 12)
  return join(folder, `${digest}-${String(from).padStart(5, '0')}.json`)
}
