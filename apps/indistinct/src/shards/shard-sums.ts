/**
 * @file Sums over shards by files in a shared folder: every worker writes what its shards give, waits for the others'
 * and adds all up by itself, in the order of shards. Nobody is in charge, and what is written stays, so that a worker
 * that was killed finds every sum up to where it was.
 */

import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { badData, bytesOf, fileError, writeFileAtomic } from '@indistinct/core'
import type { Shard, SumKind } from '@indistinct/unlearners'
import { layout } from './shard-plan.ts'

export interface SumsOptions {
  readonly folder: string
  /** Of all workers. */
  readonly shards: number
  /** What names the run: sums of another one are refused. */
  readonly run: string
  /** Waits for a file; see `peerWait`. */
  readonly wait: (path: string, what: string, shard: number) => void
  /** Called with the number of each sum, once it is known. */
  readonly onSum?: (number: number, kind: SumKind) => void
}

export interface ShardSums {
  sum(kind: SumKind, length: number, own: (shard: Shard) => Float64Array): Float64Array
  /** Sums so far, and the bytes that one shard gave to all of them. */
  readonly count: () => number
  readonly bytesPerShard: () => number
}

/** Bytes of the digest at the head of every file, of the run and of all sums before. */
export const digestBytes = 32

export function shardSums(own: readonly Shard[], { folder, shards, run, wait, onSum }: SumsOptions): ShardSums {
  let digest = createHash('sha256').update(run).digest()
  let count = 0
  let bytes = 0
  return {
    count: () => count,
    bytesPerShard: () => bytes,
    sum(kind, length, give) {
      const number = ++count
      for (const shard of own) {
        const path = layout.sum(folder, number, kind, shard.index)
        if (existsSync(path)) continue
        const values = give(shard)
        if (values.length !== length)
          throw new RangeError(`shardSums: expected ${length} values of shard ${shard.index}, got ${values.length}`)
        writeFileAtomic(path, [digest, bytesOf(values)])
      }
      const total = new Float64Array(length)
      for (let shard = 0; shard < shards; shard++) {
        const path = layout.sum(folder, number, kind, shard)
        wait(path, `sum ${number} (${kind})`, shard)
        const part = readPart(path, length, digest)
        for (let p = 0; p < length; p++) total[p]! += part[p]!
      }
      bytes += digestBytes + 8 * length
      digest = createHash('sha256').update(digest).update(kind).update(bytesOf(total)).digest()
      onSum?.(number, kind)
      return total
    },
  }
}

function readPart(path: string, length: number, digest: Uint8Array): Float64Array {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (cause) {
    throw fileError(`cannot read ${path}: ${(cause as Error).message}`, { cause })
  }
  if (bytes.length !== digestBytes + 8 * length || !bytes.subarray(0, digestBytes).equals(digest)) {
    throw badData(
      `${path}: expected ${8 * length} bytes after the digest of all sums before, got others; workers disagree ` +
        '(another plan, version or machine): remove the work folder and start all of them again',
    )
  }
  const part = new Float64Array(length)
  bytesOf(part).set(bytes.subarray(digestBytes))
  return part
}
