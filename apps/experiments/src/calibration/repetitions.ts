/**
 * @file Runs the repetitions of a part and keeps them in chunks, so that a run that was stopped goes on where it was,
 * and several processes share the work. A chunk's name holds the part; its folder is named by the code that ran it.
 */

import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { canonicalJson, sha256, writeFileAtomic, type Json } from '@indistinct/core'
import { runRepetition, type Part, type Repetition } from './parts.ts'

const chunkSize = 20

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
