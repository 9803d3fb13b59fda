/** @file What lies beside a published artifact: from which inputs it was made, and what it is. */

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { canonicalJson, jsonText, fileError, sha256, type Json } from '@indistinct/core'
import type { StageCost } from '../store/stage-run.ts'

export interface CellRecord {
  readonly schema: 'indistinct/cell/1'
  readonly id: string
  /** Digest of everything that the artifact depends on, see `cellStates`. */
  readonly input: string
  /** Digest of the artifact's files and their names. */
  readonly artifact: string
  /** Of the artifact's files together. */
  readonly bytes: number
  readonly files: readonly string[]
  /** What making it took; as the only part of the record, other every time. */
  readonly cost: StageCost
}

/** The record of the artifact in `folder`/artifact. */
export function recordOf(folder: string, id: string, input: string, cost: StageCost): CellRecord {
  const top = join(folder, 'artifact')
  const files = readdirSync(top, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => statSync(join(top, file)).isFile())
    .sort()
  const digests = files.map((file) => [file, sha256(readFileSync(join(top, file)))])
  const bytes = files.reduce((sum, file) => sum + statSync(join(top, file)).size, 0)
  return {
    schema: 'indistinct/cell/1',
    id,
    input,
    artifact: sha256(canonicalJson(digests as Json)),
    bytes,
    files,
    cost,
  }
}

/**
 * Checks that the artifact in `folder` is the one that `record` tells of.
 * @throws IndistinctError 'file' where its bytes are others; `place` says where it came from.
 */
export function requireArtifact(folder: string, { id, input, artifact, cost }: CellRecord, place: string): void {
  const found = existsSync(join(folder, 'artifact')) ? recordOf(folder, id, input, cost).artifact : 'none'
  if (found !== artifact)
    throw fileError(
      `${id}: expected the artifact with digest ${artifact} that its record names, got ${found}; it was damaged ` +
        `or changed: remove ${place}, and indistinct grid resume makes it again`,
    )
}

export function recordText(record: CellRecord): string {
  return jsonText(record, 1)
}

/** A path that stays in the artifact's folder: others would be written elsewhere when it is fetched. */
function isInside(file: string): boolean {
  return (
    !/^[/\\]|^[a-z]:|\0/i.test(file) &&
    file.split(/[/\\]/).every((part) => part !== '..' && part !== '.' && part !== '')
  )
}

/** The record that `text` holds; undefined for what is none, or none of this version: its cell is made again. */
export function parsedRecord(text: string): CellRecord | undefined {
  try {
    const record = JSON.parse(text) as CellRecord
    const whole =
      record.schema === 'indistinct/cell/1' &&
      typeof record.input === 'string' &&
      /^[0-9a-f]{64}$/.test(record.artifact) &&
      record.files.every(isInside)
    return whole ? record : undefined
  } catch {
    return undefined
  }
}
