/** @file The map of `blind` as JSON: numbers in full. */

import { badData, type Json } from '@indistinct/core'
import { affineFromJson, affineToJson, numbers, reader } from '../fitted-json-parts.ts'
import type { BlindMap, BlindMove } from './blind-map.ts'

export function blindToJson({ centre, scales, posterior, moves }: BlindMap): Json {
  const { shares, frequencies, phases, weights } = posterior
  return {
    centre: [...centre],
    scales: [...scales],
    posterior: { shares: [...shares], frequencies: [...frequencies], phases: [...phases], weights: [...weights] },
    moves: moves.map((move) => (move.kind === 'affine'
      ? { kind: move.kind, map: affineToJson(move.map) }
      : { kind: move.kind, of: move.of, centre: [...move.centre], change: [...move.change], shifts: move.shifts.map((shift) => [...shift]) })),
  }
}

/** @throws IndistinctError 'bad-data' where the value is no such map of K columns and C classes. */
export function blindFromJson(value: unknown, name: string, K: number, C: number): BlindMap {
  const read = reader(value, name)
  const part = (key: string): Float64Array => numbers(read.several(key, K), `${name}.${key}`)
  const scales = part('scales')
  if (scales.some((scale) => !(scale > 0))) throw badData(`${name}: expected scales above 0; the file is damaged`)
  const model = reader(read.value['posterior'], `${name}.posterior`)
  const phases = numbers(model.value['phases'], `${name}.posterior.phases`)
  const F = phases.length
  const ofModel = (key: string, length: number): Float64Array => numbers(model.several(key, length), `${name}.posterior.${key}`)
  const posterior = { shares: ofModel('shares', C), frequencies: ofModel('frequencies', F * K), phases, weights: ofModel('weights', C * (1 + K + F)) }
  const moves = read.list('moves', (each): each is unknown => each !== undefined, 'moves')
  return { centre: part('centre'), scales, posterior, moves: moves.map((move, m) => moveFromJson(move, `${name}.moves[${m}]`, K, C)) }
}

function moveFromJson(value: unknown, name: string, K: number, C: number): BlindMove {
  const read = reader(value, name)
  const kind = read.text('kind')
  if (kind === 'affine') return { kind, map: affineFromJson(read.value['map'], `${name}.map`, K) }
  if (kind !== 'by-posterior') throw badData(`${name}: expected kind affine or by-posterior, got ${JSON.stringify(kind)}`)
  const of = read.count('of', 0)
  if (of >= C) throw badData(`${name}: expected of as one of ${C} classes, got ${of}; the file is damaged`)
  const part = (key: string, length: number): Float64Array => numbers(read.several(key, length), `${name}.${key}`)
  const shifts = read.several('shifts', C).map((each, c) => {
    const shift = numbers(each, `${name}.shifts[${c}]`)
    if (shift.length !== K) throw badData(`${name}: expected shifts of ${K} numbers, got ${shift.length}; the file is damaged`)
    return shift
  })
  return { kind, of, centre: part('centre', K), change: part('change', K * K), shifts }
}
