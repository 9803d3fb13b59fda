/**
 * @file What became of a sharded table's rows, as recipes: a row's place after any number of steps is a function of
 * where it started and of sums over all shards. Rows are made block by block; the last table and direction are kept as
 * files, so that a process that was killed goes on from them, or from the original where they are gone.
 */

import { matrix, type Matrix } from '@indistinct/core'
import { addAffine, setFeatureGradient, type FeaturePlace } from '@indistinct/kernels'
import type { AffineMap } from '../closed/affine-map.ts'
import { addShapeSteps } from '../flow/calibrate/calibrate-shapes.ts'
import type { ShapeFrame } from '../flow/calibrate/shape-counts.ts'
import { classPairs, type PairMmd } from '../flow/flow-table.ts'
import type { Shard, ShardedTable } from './sharded-table.ts'

/** A table that steps led to. */
export type ShardState = { readonly name: string } & (
  | { readonly kind: 'origin' }
  /** One map a class. */
  | { readonly kind: 'mapped'; readonly from: ShardState; readonly maps: readonly AffineMap[] }
  /** Steps along the directions of a frame, by class. */
  | {
      readonly kind: 'shaped'
      readonly from: ShardState
      readonly frame: ShapeFrame
      readonly steps: readonly Float64Array[]
    }
  | { readonly kind: 'blend'; readonly from: ShardState; readonly to: ShardState; readonly share: number }
  | { readonly kind: 'displaced'; readonly direction: ShardDirection; readonly step: number }
)

/** The table as it came. */
export const shardOrigin: ShardState = { name: 'origin', kind: 'origin' }

/** MMD^2 of a pair, with what its gradient needs. */
export interface ShardMmd extends PairMmd {
  readonly place: FeaturePlace
  readonly difference: Float64Array
}

/** Gradients of pairs on a table, weighted, plus one affine map of that table a class. */
export interface ShardDirection {
  readonly name: string
  readonly at: ShardState
  readonly mmds: readonly ShardMmd[]
  readonly factors: readonly number[]
  /** Absent where nothing is held. */
  readonly maps?: readonly AffineMap[]
}

/** Values of a block: 8 MiB of float32. */
const blockValues = 1 << 21

/** Rows of some class in a block, by class. */
type Members = readonly Int32Array[]

/** Calls `visit` with every block of the shard in `state` (rows, K), which is used again, and its rows by class. */
export function eachBlock(
  table: ShardedTable,
  shard: Shard,
  state: ShardState,
  visit: (x: Matrix, members: Members, first: number) => void,
): void {
  ensure(table, shard, state)
  const { cols, sizes } = table
  const perBlock = Math.max(1, Math.min(shard.rows, Math.floor(blockValues / cols)))
  const buffer = new Float32Array(perBlock * cols)
  for (let first = 0; first < shard.rows; first += perBlock) {
    const last = Math.min(shard.rows, first + perBlock)
    const x = matrix(last - first, cols, buffer.subarray(0, (last - first) * cols))
    const members = membersOf(shard.codes, first, last, sizes.length)
    fill(table, shard, state, first, x, members)
    visit(x, members, first)
  }
}

/**
 * Makes the direction of a shard and keeps it, with the table that it starts from; `visit` sees both, block by block.
 */
export function keepDirection(
  table: ShardedTable,
  shard: Shard,
  direction: ShardDirection,
  visit?: (x: Matrix, raw: Matrix, members: Members) => void,
): void {
  const { scratch } = table
  const { at } = direction
  const stateFile = isKept(table, shard, at) ? undefined : scratch.create(shard.index, at.name)
  const directionFile = scratch.create(shard.index, direction.name)
  eachBlock(table, shard, at, (x, members) => {
    stateFile?.write(x.data)
    const raw = weightedGradients(table, direction, x, members)
    directionFile.write(raw.data)
    visit?.(x, raw, members)
  })
  stateFile?.commit()
  directionFile.commit()
  scratch.keepOnly(shard.index, [at.name, direction.name])
}

/** `eachBlock`, which keeps a blend as it goes: all that is asked of it would otherwise make its steps again. */
export function eachBlockKept(
  table: ShardedTable,
  shard: Shard,
  state: ShardState,
  visit: (x: Matrix, members: Members) => void,
): void {
  if (state.kind !== 'blend' || isKept(table, shard, state)) return eachBlock(table, shard, state, visit)
  const file = table.scratch.create(shard.index, state.name)
  eachBlock(table, shard, state, (x, members) => {
    file.write(x.data)
    visit(x, members)
  })
  file.commit()
  // Where it came from is gone back to when it is rejected.
  const direction = state.from.kind === 'displaced' ? [state.from.direction.name, state.from.direction.at.name] : []
  table.scratch.keepOnly(shard.index, [state.name, state.from.name, ...direction])
}

function isKept({ scratch }: ShardedTable, { index }: Shard, { kind, name }: ShardState): boolean {
  return kind === 'origin' || scratch.open(index, name) !== undefined
}

/** Sees to it that the blocks of `state` can be made without a gradient of features: those are taken once and kept. */
function ensure(table: ShardedTable, shard: Shard, state: ShardState): void {
  if (isKept(table, shard, state)) return
  switch (state.kind) {
    case 'origin':
      return
    case 'mapped':
    case 'shaped':
      return ensure(table, shard, state.from)
    case 'blend':
      ensure(table, shard, state.from)
      return ensure(table, shard, state.to)
    case 'displaced': {
      const { direction } = state
      if (table.scratch.open(shard.index, direction.name) && isKept(table, shard, direction.at)) return
      return keepDirection(table, shard, direction)
    }
  }
}

/** Fills x with the shard's rows from `first` on in `state`. */
function fill(table: ShardedTable, shard: Shard, state: ShardState, first: number, x: Matrix, members: Members): void {
  const last = first + x.rows
  const kept = state.kind === 'origin' ? shard : table.scratch.open(shard.index, state.name)
  if (kept) return kept.readRows(first, last, x.data)
  switch (state.kind) {
    case 'mapped': {
      fill(table, shard, state.from, first, x, members)
      return applyMaps(x, x, state.maps, members)
    }
    case 'shaped': {
      fill(table, shard, state.from, first, x, members)
      return members.forEach((rows, c) => addShapeSteps(x, x, rows, state.frame, state.steps[c]!))
    }
    case 'blend': {
      const to = matrix(x.rows, x.cols)
      fill(table, shard, state.to, first, to, members)
      if (state.share === 1) return x.data.set(to.data)
      fill(table, shard, state.from, first, x, members)
      for (let p = 0; p < x.data.length; p++)
        if (to.data[p] !== x.data[p]) x.data[p]! += state.share * (to.data[p]! - x.data[p]!)
      return
    }
    case 'displaced': {
      const { at, name, maps } = state.direction
      fill(table, shard, at, first, x, members)
      const along = matrix(x.rows, x.cols)
      table.scratch.open(shard.index, name)!.readRows(first, last, along.data)
      if (maps) applyMaps(along, x, maps, members)
      for (let p = 0; p < x.data.length; p++) if (along.data[p] !== 0) x.data[p]! += state.step * along.data[p]!
    }
  }
}

function applyMaps(out: Matrix, x: Matrix, maps: readonly AffineMap[], members: Members): void {
  members.forEach((rows, c) => {
    const { centre, change, shift } = maps[c]!
    if (rows.length > 0) addAffine(out, x, rows, centre, change, shift)
  })
}

/** The sum over pairs of factor times gradient on a block (rows, K). */
function weightedGradients(
  { sizes }: ShardedTable,
  { mmds, factors }: ShardDirection,
  x: Matrix,
  members: Members,
): Matrix {
  const out = matrix(x.rows, x.cols)
  classPairs(sizes.length).forEach(({ first, second }, p) => {
    const { place, difference } = mmds[p]!
    const gradient = mmds.length === 1 ? out : matrix(x.rows, x.cols)
    if (members[first]!.length > 0)
      setFeatureGradient(gradient, x, members[first]!, 1 / sizes[first]!, place, difference)
    if (members[second]!.length > 0)
      setFeatureGradient(gradient, x, members[second]!, -1 / sizes[second]!, place, difference)
    const factor = factors[p]!
    if (gradient === out) for (let q = 0; q < out.data.length; q++) out.data[q]! *= factor
    else for (let q = 0; q < out.data.length; q++) out.data[q]! += factor * gradient.data[q]!
  })
  return out
}

/** Rows first .. last - 1 of each of `count` classes, from 0. */
function membersOf(codes: Int32Array, first: number, last: number, count: number): Int32Array[] {
  const lists = Array.from({ length: count }, () => [] as number[])
  for (let i = first; i < last; i++) if (codes[i]! >= 0) lists[codes[i]!]!.push(i - first)
  return lists.map((rows) => Int32Array.from(rows))
}
