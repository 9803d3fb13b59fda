/**
 * @file What a cell will take: as cells took, in this store or when cell-costs.json was measured, by the work that it
 * is and they were (stage-work.ts).
 */

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { canonicalJson, type Json } from '@indistinct/core'
import type { StageNode } from '@indistinct/stages'
import type { StageCost } from '../store/stage-run.ts'
import type { CellRecord } from './cell-record.ts'
import { settingsOf, type StageSettings } from './stage-settings.ts'
import { valuesOf, workOf } from './stage-work.ts'

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
   * `here`: cells of its kind and settings in this store; `table`: those of the committed table; `guess`: scaled from
   * cells of other settings, data or kind.
   */
  readonly from: 'here' | 'table' | 'guess'
}

/** What cells of one kind have taken under the same settings. */
export interface MeasuredCost extends CellCost {
  readonly settings: StageSettings
}

/** cell-costs.json: by kind of cell, under which settings, and what machine it was measured on. */
export interface CostTable {
  readonly note: string
  readonly cells: { readonly [kind: string]: MeasuredCost }
}

/** The committed table; `npm run grid-check -- --costs` measures it. */
export function costTable(): CostTable {
  return JSON.parse(readFileSync(new URL('cell-costs.json', import.meta.url), 'utf8')) as CostTable
}

/** What cells share that are named alike: an id without the digest, which covers settings and seed. */
export function kindOf({ id }: Pick<StageNode, 'id'>): string {
  return id.replace(/-[0-9a-f]{10}$/, '')
}

/** What is known of the costs of a kind of cell, under each of its settings. */
export type KnownCosts = ReadonlyMap<string, readonly MeasuredCost[]>

/** Means of what `records` cost, which are of some of `nodes`, by kind and settings: over seeds. */
export function measuredCosts(
  nodes: readonly StageNode[],
  records: Iterable<Pick<CellRecord, 'id' | 'cost' | 'bytes'>>,
): KnownCosts {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const groups = new Map<string, { settings: StageSettings; costs: CellCost[] }>()
  for (const { id, cost, bytes } of records) {
    const settings = settingsOf(byId.get(id)!, byId)
    const key = `${kindOf({ id })} ${textOf(settings)}`
    if (!groups.has(key)) groups.set(key, { settings, costs: [] })
    groups.get(key)!.costs.push({ seconds: cost.cpuSeconds, memory: cost.memory, bytes })
  }
  const known = new Map<string, MeasuredCost[]>()
  for (const [key, { settings, costs }] of groups) {
    const kind = key.slice(0, key.indexOf(' '))
    known.set(kind, [...(known.get(kind) ?? []), { ...meanCost(costs), settings }])
  }
  return known
}

/** The same of those of `nodes` that lie in the workspace at `root`; their bytes are not counted. */
export function costsIn(root: string, nodes: readonly StageNode[]): KnownCosts {
  const found = nodes.flatMap((node) => {
    const path = join(root, node.root, 'timing', 'seconds.json')
    const cost = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as StageCost) : undefined
    // Older runs did not measure the processor.
    return cost && Number.isFinite(cost.cpuSeconds) ? [{ id: node.id, bytes: 0, cost }] : []
  })
  return measuredCosts(nodes, found)
}

/** A function from the nodes of a grid, upstream among them, to what each is expected to cost. */
export function expectedCosts(
  nodes: readonly StageNode[],
  here: KnownCosts,
  table: CostTable,
): (node: StageNode) => ExpectedCost {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const known = [
    ...[...here].flatMap(([kind, costs]) => costs.map((cost) => sourceOf(kind, cost, 'here'))),
    ...Object.entries(table.cells).map(([kind, cost]) => sourceOf(kind, cost, 'table')),
  ]
  const expected = new Map<string, ExpectedCost>()
  return (node) => {
    const settings = settingsOf(node, byId)
    const key = `${kindOf(node)} ${textOf(settings)}`
    if (!expected.has(key)) expected.set(key, expectedCost(kindOf(node), settings, known))
    return expected.get(key)!
  }
}

interface Source {
  readonly kind: string
  /** Kind without the data set. */
  readonly what: string
  readonly text: string
  readonly work: number
  readonly values: number
  readonly cost: MeasuredCost
  readonly from: 'here' | 'table'
}

function sourceOf(kind: string, cost: MeasuredCost, from: Source['from']): Source {
  const { settings } = cost
  return {
    kind,
    what: whatOf(kind, settings),
    text: textOf(settings),
    work: workOf(settings),
    values: valuesOf(settings),
    cost,
    from,
  }
}

function expectedCost(kind: string, settings: StageSettings, known: readonly Source[]): ExpectedCost {
  const text = textOf(settings)
  const what = whatOf(kind, settings)
  const stage = known.filter(({ cost }) => cost.settings.stage === settings.stage)
  // From the nearest to the farthest; here and now before elsewhere, but for equal settings.
  const near = (is: (source: Source) => boolean): Source[] => stage.filter(is)
  const [own] = near((source) => source.kind === kind && source.text === text)
  if (own) return { ...costAlone(own.cost), from: own.from }
  const [work, values] = [workOf(settings), valuesOf(settings)]
  const candidates = [
    near((source) => source.kind === kind && source.from === 'here'),
    near((source) => source.kind === kind),
    near((source) => source.what === what),
    near(({ cost }) => cost.settings.data.name === settings.data.name),
    stage,
  ].find((sources) => sources.length > 0)
  if (!candidates) return { seconds: work, memory: 512, bytes: 1e6, from: 'guess' }
  const scaled = candidates.map(({ cost, ...source }) => scaledCost(cost, work / source.work, values / source.values))
  return { ...meanCost(scaled), from: 'guess' }
}

function costAlone({ seconds, memory, bytes }: CellCost): CellCost {
  return { seconds, memory, bytes }
}

function whatOf(kind: string, { stage, data }: StageSettings): string {
  return kind.replace(`${stage}-${data.name}`, stage)
}

function textOf(settings: StageSettings): string {
  return canonicalJson(settings as unknown as Json)
}

/** Time grows with the work, bytes with what is held, and memory beyond what a process holds without any. */
function scaledCost(cost: CellCost, work: number, values: number): CellCost {
  const idle = 150
  return {
    seconds: cost.seconds * work,
    bytes: cost.bytes * values,
    memory: idle + Math.max(0, cost.memory - idle) * values,
  }
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
