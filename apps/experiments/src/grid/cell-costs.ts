/** @file What a cell will take: as cells of its kind have taken, in this store or when cell-costs.json was measured. */

import { readFileSync } from 'node:fs'
import { knownDataset, knownDatasets } from '@indistinct/datasets'
import type { StageNode } from '@indistinct/stages'
import type { CellRecord } from './cell-record.ts'

export interface CellCost {
  /** Of a processor: the wall-clock of a cell that has one core to itself. */
  readonly seconds: number
  /** MiB that its process has held at most. */
  readonly memory: number
  /** Of its artifact. */
  readonly bytes: number
}

export interface ExpectedCost extends CellCost {
  /**
   * `here`: cells of its kind in this store; `table`: the committed table; `guess`: scaled from other data, or its
   * stage's mean.
   */
  readonly from: 'here' | 'table' | 'guess'
}

/** cell-costs.json: by kind of cell, and what machine it was measured on. */
export interface CostTable {
  readonly note: string
  readonly cells: { readonly [kind: string]: CellCost }
}

/** The committed table; `npm run grid-check -- --costs` measures it. */
export function costTable(): CostTable {
  return JSON.parse(readFileSync(new URL('cell-costs.json', import.meta.url), 'utf8')) as CostTable
}

/** What repetitions of a cell share: its id without the digest, which covers the seed. */
export function kindOf({ id }: Pick<StageNode, 'id'>): string {
  return id.replace(/-[0-9a-f]{10}$/, '')
}

/** Means by kind of what `records` cost. */
export function measuredCosts(records: Iterable<CellRecord>): Map<string, CellCost> {
  const groups = new Map<string, CellCost[]>()
  for (const { id, cost, bytes } of records) {
    const kind = kindOf({ id })
    groups.set(kind, [...(groups.get(kind) ?? []), { seconds: cost.cpuSeconds, memory: cost.memory, bytes }])
  }
  return new Map([...groups].map(([kind, costs]) => [kind, meanCost(costs)]))
}

/** A function from the nodes of a grid, upstream among them, to what each is expected to cost. */
export function expectedCosts(
  nodes: readonly StageNode[],
  here: ReadonlyMap<string, CellCost>,
  table: CostTable,
): (node: StageNode) => ExpectedCost {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const datasetOf = (node: StageNode): string =>
    node.stage === 'prepare'
      ? (node.parameters['dataset'] as { name: string }).name
      : datasetOf(byId.get(Object.values(node.upstream)[0]!)!)
  const names = knownDatasets.map(({ name }) => name)
  const known = new Map([...Object.entries(table.cells), ...here])
  return (node) => {
    const kind = kindOf(node)
    const own = here.get(kind)
    if (own) return { ...own, from: 'here' }
    const listed = table.cells[kind]
    if (listed) return { ...listed, from: 'table' }
    const dataset = datasetOf(node)
    const rest = kind.slice(`${node.stage}-${dataset}`.length)
    const scale = (other: string): number =>
      (interactionsOf(dataset) ?? interactionsOf(other) ?? 1) / (interactionsOf(other) ?? 1)
    // The same work on other data, else the same stage on the same data, else the stage anywhere.
    const same = names.flatMap((other) => scaled(known.get(`${node.stage}-${other}${rest}`), scale(other)))
    const near = [...known].filter(([each]) => each.startsWith(`${node.stage}-${dataset}-`)).map(([, cost]) => cost)
    const far = names.flatMap((other) =>
      [...known]
        .filter(([each]) => each.startsWith(`${node.stage}-${other}`))
        .flatMap(([, cost]) => scaled(cost, scale(other))),
    )
    const found = [same, near, far].find((costs) => costs.length > 0)
    return { ...(found ? meanCost(found) : { seconds: 10, memory: 512, bytes: 1e6 }), from: 'guess' }
  }
}

function interactionsOf(dataset: string): number | undefined {
  return knownDataset(dataset)?.counts?.interactions
}

/** Time and bytes grow with the data, memory beyond what a process holds without any. */
function scaled(cost: CellCost | undefined, scale: number): CellCost[] {
  const idle = 150
  return cost === undefined
    ? []
    : [
        {
          seconds: cost.seconds * scale,
          bytes: cost.bytes * scale,
          memory: idle + Math.max(0, cost.memory - idle) * scale,
        },
      ]
}

function meanCost(costs: readonly CellCost[]): CellCost {
  const mean = (of: (cost: CellCost) => number): number => costs.reduce((sum, cost) => sum + of(cost), 0) / costs.length
  // The mean of times, since they add up; the most of memory, since it must suffice.
  return {
    seconds: mean(({ seconds }) => seconds),
    bytes: Math.round(mean(({ bytes }) => bytes)),
    memory: Math.ceil(Math.max(...costs.map(({ memory }) => memory))),
  }
}
