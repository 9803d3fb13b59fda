/** @file Rows that a worker keeps on disk between two passes: float32, named when they are whole. */

import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileError } from '@indistinct/core'
import type { ShardScratch } from '@indistinct/unlearners'
import { layout } from './shard-plan.ts'

/** @param rowsOf rows of each shard; a file of another length was cut off and counts as gone */
// eslint-disable-next-line max-lines-per-function -- one set of open files, which all of its calls share
export function shardScratch(
  folder: string,
  rowsOf: (shard: number) => number,
  cols: number,
): ShardScratch & { close(): void } {
  const attempt = <T>(path: string, step: () => T): T => {
    try {
      return step()
    } catch (cause) {
      throw fileError(`cannot use ${path}: ${(cause as Error).message}; --scratch names another folder`, { cause })
    }
  }
  attempt(folder, () => mkdirSync(folder, { recursive: true }))
  const open = new Map<string, number>()
  const close = (path: string): void => {
    const fd = open.get(path)
    if (fd !== undefined) closeSync(fd)
    open.delete(path)
  }
  return {
    open(shard, name) {
      const path = layout.scratchFile(folder, shard, name)
      if (!open.has(path)) {
        const size = statSync(path, { throwIfNoEntry: false })?.size
        if (size !== rowsOf(shard) * cols * 4) return undefined
        attempt(path, () => open.set(path, openSync(path, 'r')))
      }
      return {
        readRows(from, _, into) {
          const bytes = new Uint8Array(into.buffer, into.byteOffset, into.byteLength)
          attempt(path, () => {
            for (let at = 0; at < bytes.length;) {
              const length = readSync(open.get(path)!, bytes, at, bytes.length - at, from * cols * 4 + at)
              if (length === 0) throw new Error('it ends early')
              at += length
            }
          })
        },
      }
    },
    create(shard, name) {
      const path = layout.scratchFile(folder, shard, name)
      const temporary = `${path}.${process.pid}.part`
      const fd = attempt(path, () => openSync(temporary, 'w'))
      return {
        write: (rows) =>
          attempt(path, () => {
            const bytes = new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength)
            for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at)
          }),
        commit: () =>
          attempt(path, () => {
            fsyncSync(fd)
            closeSync(fd)
            close(path)
            renameSync(temporary, path)
          }),
      }
    },
    keepOnly(shard, names) {
      const kept = new Set(names.map((name) => layout.scratchFile(folder, shard, name)))
      const prefix = layout.scratchFile(folder, shard, '')
      for (const file of readdirSync(folder)) {
        const path = join(folder, file)
        if (!path.startsWith(prefix) || kept.has(path)) continue
        close(path)
        rmSync(path, { force: true })
      }
    },
    close() {
      for (const path of [...open.keys()]) close(path)
    },
  }
}
