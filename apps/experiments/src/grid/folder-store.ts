/** @file Artifacts in a folder, which several machines may share. */

import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { fileError, writeFileAtomic } from '@indistinct/core'
import { mayRun } from '@indistinct/core/platform'
import type { StageNode } from '@indistinct/stages'
import { unequalBytes, type ArtifactStore } from './artifact-store.ts'
import { parsedRecord, recordText, requireArtifact, type CellRecord } from './cell-record.ts'

const host = hostname().replace(/[^\w-]/g, '_')

/**
 * Artifacts under `place`, each at its node's root: artifact/, timing/ and cell.json, its record. They are made in
 * `place`/scratch, on the same file system, so that one rename publishes all three.
 */
export function folderStore(place: string): ArtifactStore {
  const recordAt = (root: string): CellRecord | undefined => {
    const path = join(root, 'cell.json')
    return existsSync(path) ? parsedRecord(readFileSync(path, 'utf8')) : undefined
  }
  return {
    place,
    records(nodes) {
      const found = nodes.map((node): [string, CellRecord | undefined] => [node.id, recordAt(join(place, node.root))])
      return Promise.resolve(new Map(found.filter((each): each is [string, CellRecord] => each[1] !== undefined)))
    },
    async fetch(node, record) {
      const root = join(place, node.root)
      requireArtifact(root, record, root)
      return root
    },
    ...scratchFolders(join(place, 'scratch')),
    publish(node, folder, record) {
      const root = join(place, node.root)
      writeFileAtomic(join(folder, 'cell.json'), recordText(record))
      mkdirSync(dirname(root), { recursive: true })
      // Two workers may replace an old artifact at once: the second finds the first's, or loses a race and looks again.
      for (let tries = 0; tries < 10; tries++) {
        if (renamed(folder, root)) return Promise.resolve()
        const there = recordAt(root)
        if (there?.input === record.input) {
          if (there.artifact !== record.artifact) throw unequalBytes(node)
          return Promise.resolve()
        }
        const old = `${folder}.old`
        if (renamed(root, old)) rmSync(old, { recursive: true, force: true })
      }
      throw fileError(
        `cannot publish ${node.id}: ${root} is replaced by other workers all the time; do they run different sources?`,
      )
    },
    close: () => undefined,
  }
}

/**
 * Folders in `parent` to make nodes in, each of one process alone. What a killed process left goes when its node is
 * made again, or when it is swept: one that was killed after it had published is made by nobody again.
 */
export function scratchFolders(parent: string): Pick<ArtifactStore, 'scratch' | 'sweep'> {
  const sweep = (nodes: readonly StageNode[]): void => {
    const ids = new Set(nodes.map(({ id }) => id))
    for (const name of existsSync(parent) ? readdirSync(parent) : []) {
      const [id, made, pid] = name.split('@')
      if (ids.has(id!) && made === host && !mayRun(Number(pid)))
        rmSync(join(parent, name), { recursive: true, force: true })
    }
  }
  return {
    sweep,
    scratch(node) {
      sweep([node])
      const folder = join(parent, `${node.id}@${host}@${process.pid}`)
      rmSync(folder, { recursive: true, force: true })
      mkdirSync(folder, { recursive: true })
      return folder
    },
  }
}

/** False where `to` is there already, or `from` is not. */
function renamed(from: string, to: string): boolean {
  try {
    renameSync(from, to)
    return true
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    if (['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(code ?? '')) return false
    throw fileError(`cannot write ${to}: ${message}`, { cause })
  }
}
