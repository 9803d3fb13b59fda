/** @file What a cell will take: as cells of its kind have taken, in this store or when cell-costs.json was measured. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { knownDataset, knownDatasets } from '@indistinct/datasets'
import type { Stage, StageNode } from '@indistinct/stages'
import type { StageCost } from '../store/stage-run.ts'
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
export function measuredCosts(records: Iterable<Pick<CellRecord, 'id' | 'cost' | 'bytes'>>): Map<string, CellCost> {
  const groups = new Map<string, CellCost[]>()
  for (const { id, cost, bytes } of records) {
    const kind = kindOf({ id })
    groups.set(kind, [...(groups.get(kind) ?? []), { seconds: cost.cpuSeconds, memory: cost.memory, bytes }])
  }
  return new Map([...groups].map(([kind, costs]) => [kind, meanCost(costs)]))
}

/** The same of what lies in the workspace at `root`, for the kinds of `nodes`; their bytes are not counted. */
export function costsIn(root: string, nodes: readonly StageNode[]): Map<string, CellCost> {
  const kinds = new Set(nodes.map(kindOf))
  const found = [...new Set(nodes.map(({ stage }) => stage))].flatMap((stage) => {
    const folder = join(root, 'artifacts', stage)
    return (existsSync(folder) ? readdirSync(folder) : [])
      .map((label) => ({ id: `${stage}-${label}`, path: join(folder, label, 'timing', 'seconds.json') }))
      .filter(({ id, path }) => kinds.has(kindOf({ id })) && existsSync(path))
  })
  return measuredCosts(
    found.flatMap(({ id, path }) => {
      const cost = JSON.parse(readFileSync(path, 'utf8')) as StageCost
      // Older runs did not measure the processor.
      return Number.isFinite(cost.cpuSeconds) ? [{ id, bytes: 0, cost }] : []
    }),
  )
}

/** A function from the nodes of a grid, upstream among them, to what each is expected to cost. */
export function expectedCosts(
  nodes: readonly StageNode[],
  here: ReadonlyMap<string, CellCost>,
  table: CostTable,
): (node: StageNode) => ExpectedCost {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const datasetOf = (node: StageNode): string | undefined => {
    if (node.stage === 'prepare') return (node.parameters['dataset'] as { name: string }).name
    const above = byId.get(Object.values(node.upstream)[0] ?? '')
    return above && datasetOf(above)
  }
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
    const work = workOf(node)
    const scale = (other: string): number => (work(dataset) ?? work(other) ?? 1) / (work(other) ?? 1)
    // The same work on other data, else the same stage on the same data, else the stage anywhere.
    const same = names.flatMap((other) => scaled(known.get(`${node.stage}-${other}${rest}`), scale(other)))
    const near = [...known].filter(([each]) => each.startsWith(`${node.stage}-${dataset}-`)).map(([, cost]) => cost)
    const far = names.flatMap((other) =>
      [...known]
        .filter(([each]) => each.startsWith(`${node.stage}-${other}`))
        .flatMap(([, cost]) => scaled(cost, scale(other))),
    )
    const found = [same, near, far].find((costs) => costs.length > 0)
    const unknown = { seconds: unmeasured[node.stage] ?? 10, memory: 512, bytes: 1e6 }
    return { ...(found ? meanCost(found) : unknown), from: 'guess' }
  }
}

/** Seconds on ML-100K of stages that the committed table has none of. */
const unmeasured: { readonly [stage in Stage]?: number } = {
  smooth: 2,
  join: 1,
  observe: 1,
  held: 15,
  figure: 3,
  report: 1,
  calibrate: 12,
}

/** What a node's time grows with: interactions; of MMD^2 (Eq. 11), which sums over pairs of users, these. */
function workOf({ id, stage }: StageNode): (dataset: string | undefined) => number | undefined {
  const pairs = stage === 'unlearn' && kindOf({ id }).endsWith('-d2d-r')
  return (dataset) => {
    const counts = dataset === undefined ? undefined : knownDataset(dataset)?.counts
    return counts && (pairs ? counts.users ** 2 : counts.interactions)
  }
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
