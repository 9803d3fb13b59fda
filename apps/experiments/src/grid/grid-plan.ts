/** @file What a grid will take, before it is run. */

import { stages, type Stage, type StageNode } from '@indistinct/stages'
import type { CellState } from './cell-states.ts'
import type { ExpectedCost } from './cell-costs.ts'

export interface StagePlan {
  readonly stage: Stage
  readonly cells: number
  readonly done: number
  /** Of the cells that are not done, one after the other; the start of each process included. */
  readonly seconds: number
  /** MiB of the largest. */
  readonly memory: number
  /** Of all its artifacts. */
  readonly bytes: number
}

export interface GridPlan {
  readonly stages: readonly StagePlan[]
  readonly cells: number
  readonly done: number
  readonly seconds: number
  /** The longest chain of cells that wait for each other: no number of workers goes below it. */
  readonly chain: number
  /** By number of workers: the time of a run that always starts the cell with the longest chain behind it. */
  readonly wall: readonly { readonly workers: number; readonly seconds: number }[]
  readonly memory: number
  readonly bytes: number
  /** How many of the cells not done are expected from what. */
  readonly from: { readonly [from in ExpectedCost['from']]: number }
}

/** Processor seconds of a cell besides its work: Node, the TypeScript loader and the command line start anew. */
const START = 2

export function gridPlan(
  nodes: readonly StageNode[],
  states: ReadonlyMap<string, CellState>,
  costOf: (node: StageNode) => ExpectedCost,
  workers: readonly number[] = [1, 2, 10, 100],
): GridPlan {
  const costs = new Map(nodes.map((node) => [node.id, costOf(node)]))
  const left = nodes.filter(({ id }) => states.get(id)?.state !== 'done')
  const secondsOf = ({ id }: StageNode): number => costs.get(id)!.seconds + START
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
  const most = (values: readonly number[]): number => Math.max(0, ...values)
  const rows = stages.flatMap((stage): StagePlan[] => {
    const own = nodes.filter((node) => node.stage === stage)
    if (own.length === 0) return []
    const open = left.filter((node) => node.stage === stage)
    return [
      {
        stage,
        cells: own.length,
        done: own.length - open.length,
        seconds: sum(open.map(secondsOf)),
        memory: most(own.map(({ id }) => costs.get(id)!.memory)),
        bytes: sum(own.map(({ id }) => costs.get(id)!.bytes)),
      },
    ]
  })
  const chains = chainsOf(left, secondsOf)
  const from = { here: 0, table: 0, guess: 0 }
  for (const { id } of left) from[costs.get(id)!.from]++
  return {
    stages: rows,
    cells: nodes.length,
    done: nodes.length - left.length,
    seconds: sum(rows.map(({ seconds }) => seconds)),
    chain: most([...chains.values()]),
    wall: workers.map((count) => ({ workers: count, seconds: wallOf(left, secondsOf, chains, count) })),
    memory: most(rows.map(({ memory }) => memory)),
    bytes: sum(rows.map(({ bytes }) => bytes)),
    from,
  }
}

/** Seconds from the start of each node to the end of the longest chain behind it. */
function chainsOf(nodes: readonly StageNode[], secondsOf: (node: StageNode) => number): Map<string, number> {
  const behind = new Map<string, number>()
  for (const node of [...nodes].reverse()) {
    const own = secondsOf(node) + (behind.get(node.id) ?? 0)
    behind.set(node.id, own)
    for (const above of Object.values(node.upstream)) behind.set(above, Math.max(behind.get(above) ?? 0, own))
  }
  return new Map(nodes.map(({ id }) => [id, behind.get(id)!]))
}

/** Seconds of a run on `workers`, played through. */
function wallOf(
  nodes: readonly StageNode[],
  secondsOf: (node: StageNode) => number,
  chains: ReadonlyMap<string, number>,
  workers: number,
): number {
  const waiting = [...nodes].sort((a, b) => chains.get(b.id)! - chains.get(a.id)!)
  const open = new Set(nodes.map(({ id }) => id))
  const running: { id: string; end: number }[] = []
  let now = 0
  while (open.size > 0) {
    for (let at = 0; at < waiting.length && running.length < workers;) {
      const node = waiting[at]!
      if (Object.values(node.upstream).some((above) => open.has(above))) at++
      else {
        waiting.splice(at, 1)
        running.push({ id: node.id, end: now + secondsOf(node) })
      }
    }
    running.sort((a, b) => a.end - b.end)
    const ended = running.shift()!
    now = ended.end
    open.delete(ended.id)
  }
  return now
}
