/** @file The map of `blind` as JSON: numbers in full. */

import { badData, type Json } from '@indistinct/core'
import { bins } from '../flow/calibrate/shape-counts.ts'
import { affineFromJson, affineToJson, numbers, reader } from '../fitted/fitted-json-parts.ts'
import type { BlindMap, BlindMove, Coordinates } from './blind-map.ts'
import { neighbourMove } from './neighbour-move.ts'

export function blindToJson({ centre, scales, posterior, moves }: BlindMap): Json {
  const { shares, frequencies, phases, weights } = posterior
  return {
    centre: [...centre],
    scales: [...scales],
    posterior: { shares: [...shares], frequencies: [...frequencies], phases: [...phases], weights: [...weights] },
    moves: moves.map(moveToJson),
  }
}

function moveToJson(move: BlindMove): Json {
  if (move.kind === 'affine') return { kind: move.kind, map: affineToJson(move.map) }
  if (move.kind === 'neighbours')
    return { kind: move.kind, references: [...move.references], count: move.count, own: move.own }
  const common = { kind: move.kind, of: move.of, shifts: move.shifts.map((shift) => [...shift]) }
  if (move.kind === 'waves')
    return { ...common, frequencies: [...move.frequencies], phases: [...move.phases], amplitudes: [...move.amplitudes] }
  if (move.kind === 'shells') {
    const { shells, changes } = move
    return {
      ...common,
      centre: [...shells.centre],
      edges: [...shells.edges],
      changes: changes.map((change) => [...change]),
    }
  }
  if (move.kind === 'linear') return { ...common, centre: [...move.centre], change: [...move.change] }
  const { along } = move
  const coordinates: Json =
    along.kind === 'columns'
      ? { kind: along.kind }
      : along.kind === 'directions'
        ? { kind: along.kind, vectors: [...along.vectors] }
        : { kind: along.kind, unit: along.unit, ...(along.through && { through: [...along.through] }) }
  return { ...common, centre: [...move.centre], along: coordinates, perUnit: [...move.perUnit], steps: [...move.steps] }
}

/** @throws IndistinctError 'bad-data' where the value is no such map of K columns. */
export function blindFromJson(value: unknown, name: string, K: number): BlindMap {
  const read = reader(value, name)
  const part = (key: string): Float64Array => numbers(read.several(key, K), `${name}.${key}`)
  const scales = part('scales')
  if (scales.some((scale) => !(scale > 0))) throw badData(`${name}: expected scales above 0; the file is damaged`)
  const model = reader(read.value['posterior'], `${name}.posterior`)
  const phases = numbers(model.value['phases'], `${name}.posterior.phases`)
  const F = phases.length
  const shares = numbers(model.value['shares'], `${name}.posterior.shares`)
  const C = shares.length
  const ofModel = (key: string, length: number): Float64Array =>
    numbers(model.several(key, length), `${name}.posterior.${key}`)
  const posterior = {
    shares,
    frequencies: ofModel('frequencies', F * K),
    phases,
    weights: ofModel('weights', C * (1 + K + F)),
  }
  const moves = read.list('moves', (each): each is unknown => each !== undefined, 'moves')
  return {
    centre: part('centre'),
    scales,
    posterior,
    moves: moves.map((move, m) => moveFromJson(move, `${name}.moves[${m}]`, K, C)),
  }
}

function moveFromJson(value: unknown, name: string, K: number, C: number): BlindMove {
  const read = reader(value, name)
  const kind = read.text('kind')
  if (kind === 'affine') return { kind, map: affineFromJson(read.value['map'], `${name}.map`, K) }
  if (kind === 'neighbours') {
    const references = rowsOf(read.value['references'], `${name}.references`, K)
    const [count, own] = [read.count('count'), read.number('own')]
    if (count > references.length / K || !(own >= 0 && own <= 1))
      throw badData(`${name}: expected count up to the references, and own from 0 to 1; the file is damaged`)
    return neighbourMove(references, K, count, own)
  }
  if (kind !== 'linear' && kind !== 'shells' && kind !== 'along' && kind !== 'waves')
    throw badData(
      `${name}: expected kind affine, linear, shells, along, waves or neighbours, got ${JSON.stringify(kind)}`,
    )
  const of = read.count('of', 0)
  if (of >= C) throw badData(`${name}: expected of as one of ${C} classes, got ${of}; the file is damaged`)
  const part = (key: string, length: number): Float64Array => numbers(read.several(key, length), `${name}.${key}`)
  const edges = kind === 'shells' ? numbers(read.value['edges'], `${name}.edges`) : undefined
  const B = edges?.length ?? 1
  if (edges && (B === 0 || edges.some((edge, b) => b > 0 && !(edge > edges[b - 1]!))))
    throw badData(`${name}: expected edges that rise, got ${JSON.stringify([...edges])}; the file is damaged`)
  const lists = (key: string, count: number, length: number): Float64Array[] =>
    read.several(key, count).map((each, at) => {
      const list = numbers(each, `${name}.${key}[${at}]`)
      if (list.length !== length)
        throw badData(`${name}: expected ${key} of ${length} numbers, got ${list.length}; the file is damaged`)
      return list
    })
  const shifts = lists('shifts', C, B * K)
  if (kind === 'waves') {
    const phases = numbers(read.value['phases'], `${name}.phases`)
    return {
      kind,
      of,
      shifts,
      phases,
      frequencies: part('frequencies', phases.length * K),
      amplitudes: part('amplitudes', phases.length),
    }
  }
  const common = { of, centre: part('centre', K), shifts }
  if (edges) {
    const given = read.value['changes']
    const changes = Array.isArray(given) && given.length === 0 ? [] : lists('changes', B, K * K)
    return { kind: 'shells', of, shells: { centre: common.centre, edges }, changes, shifts }
  }
  if (kind === 'linear') return { ...common, kind, change: part('change', K * K) }
  const along = coordinatesFromJson(read.value['along'], `${name}.along`, K)
  const D = along.kind === 'columns' ? K : along.kind === 'radius' ? 1 : along.vectors.length / K
  return { ...common, kind: 'along', along, perUnit: part('perUnit', D), steps: part('steps', D * (bins + 1)) }
}

function rowsOf(value: unknown, name: string, K: number): Float64Array {
  const found = numbers(value, name)
  if (found.length === 0 || found.length % K !== 0)
    throw badData(`${name}: expected rows of ${K} numbers, got ${found.length}; the file is damaged`)
  return found
}

function coordinatesFromJson(value: unknown, name: string, K: number): Coordinates {
  const read = reader(value, name)
  const kind = read.text('kind')
  const rows = (key: string): Float64Array => rowsOf(read.value[key], `${name}.${key}`, K)
  if (kind === 'columns') return { kind }
  if (kind === 'directions') return { kind, vectors: rows('vectors') }
  if (kind !== 'radius')
    throw badData(`${name}: expected kind columns, directions or radius, got ${JSON.stringify(kind)}`)
  const unit = read.number('unit')
  if (!(unit > 0)) throw badData(`${name}: expected unit above 0, got ${unit}; the file is damaged`)
  return { kind, unit, ...(read.value['through'] !== undefined && { through: rows('through') }) }
}
