/** @file Which cells of a grid are done: those whose record states the inputs that they have now. */

import { canonicalJson, sha256, type Json } from '@indistinct/core'
import { findDataset, knownDataset } from '@indistinct/datasets'
import { dataOf, outerVariables, stageCodes, type StageNode } from '@indistinct/stages'
import { dataFiles } from '../data/data-files.ts'
import type { CellRecord } from './cell-record.ts'

export interface CellState {
  /** `stale`: published from other inputs. `blocked`: something that it reads is not done. */
  readonly state: 'done' | 'stale' | 'missing' | 'blocked'
  /** Digest of its inputs; absent where it is blocked. */
  readonly input?: string
}

/**
 * A function from records to states of `nodes`, by id; upstream stands before downstream. Sources and data are read
 * once.
 *
 * A cell's input is its parameters, the digests of the artifacts that it reads, the code of its stage, the data files
 * of a prepare stage, and the variables of the environment that change it: what Nx hashes, so that both make an
 * artifact again for the same reasons, and equal bytes upstream end it in both.
 */
export function cellStates(
  nodes: readonly StageNode[],
  workspaceRoot: string,
): (records: ReadonlyMap<string, CellRecord>) => Map<string, CellState> {
  const codeOf = stageCodes(workspaceRoot)
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const data = new Map<string, Json>()
  const dataDigests = (node: StageNode): Json | undefined => {
    const read = dataOf(node)
    if (read === undefined) return undefined
    const key = canonicalJson([read.name, ...read.files])
    if (!data.has(key))
      data.set(
        key,
        dataFiles(read.name, read.files).map(({ name, sha256: digest }) => [name, digest]),
      )
    return data.get(key)
  }
  return (records) => {
    const states = new Map<string, CellState>()
    for (const node of nodes) {
      const { id, stage, parameters } = node
      if (Object.values(node.upstream).some((above) => states.get(above)?.state !== 'done')) {
        states.set(id, { state: 'blocked' })
        continue
      }
      const upstream = Object.fromEntries(
        Object.entries(node.upstream).map(([role, above]) => [role, records.get(above)!.artifact]),
      )
      const input = sha256(
        canonicalJson({
          stage,
          root: node.root,
          parameters,
          upstream,
          code: codeOf(node, byId).digest,
          data: dataDigests(node),
          environment: environmentOf(node),
        }),
      )
      const record = records.get(id)
      states.set(id, { input, state: record === undefined ? 'missing' : record.input === input ? 'done' : 'stale' })
    }
    return states
  }
}

/** Those of its variables that are set, which its worker is to have too. */
export function environmentOf(node: StageNode): { [name: string]: string } {
  return Object.fromEntries(
    outerVariables(node).flatMap((name): [string, string][] => {
      const value = process.env[name] ?? ''
      return value === '' ? [] : [[name, value]]
    }),
  )
}

/** `node` and all that it is made from, upstream first, out of `nodes`, in whose order upstream comes first too. */
export function ancestry(node: StageNode, nodes: readonly StageNode[]): StageNode[] {
  const byId = new Map(nodes.map((each) => [each.id, each]))
  const wanted = new Set<string>()
  const collect = (id: string): void => {
    if (wanted.has(id)) return
    wanted.add(id)
    for (const above of Object.values(byId.get(id)!.upstream)) collect(above)
  }
  collect(node.id)
  return nodes.filter(({ id }) => wanted.has(id))
}

/** Known data sets of `nodes` that this machine does not have: their cells cannot be told done here. */
export function absentData(nodes: readonly StageNode[]): string[] {
  const names = new Set(nodes.flatMap((node) => dataOf(node)?.name ?? []))
  return [...names].filter((name) => {
    const known = knownDataset(name)
    return known?.kind === 'real' && findDataset(known) === undefined
  })
}
