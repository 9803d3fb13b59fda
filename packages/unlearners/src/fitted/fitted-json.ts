/** @file Fits as JSON: numbers in full, so that a fit that was read maps rows to the same bytes as the one written. */

import { badData, type Json } from '@indistinct/core'
import { blindFromJson, blindToJson } from '../blind/blind-json.ts'
import { affineFromJson, affineToJson, reader } from './fitted-json-parts.ts'
import { fittedUnlearner, type FittedUnlearner, type UserMap } from './fitted-unlearner.ts'

const schema = 'indistinct/fitted/1'

/**
 * The fit as JSON. It describes classes by their means and spreads and can undo the unlearning of anyone whose label is
 * known or guessed: it is as sensitive as the original table.
 */
export function fittedToJson({ method, parameters, classes, columns, map, exact }: FittedUnlearner): {
  readonly [name: string]: Json
} {
  return { schema, method, parameters, classes, columns, exact, map: mapToJson(map) }
}

/**
 * The fit that `fittedToJson` wrote.
 * @throws IndistinctError 'bad-data' where the value is no such thing; `name` says where it came from.
 */
export function fittedFromJson(value: unknown, name = 'fit'): FittedUnlearner {
  const read = reader(value, name)
  if (read.value['schema'] !== schema)
    throw badData(
      `${name}: expected a fit of schema ${schema}, got ${JSON.stringify(read.value['schema']) ?? 'none'}; write ` +
        'one with unlearn --fit',
    )
  const columns = read.count('columns')
  const classes = read.list('classes', (each): each is string => typeof each === 'string', 'names')
  const method = read.text('method')
  const parameters = reader(read.value['parameters'], `${name}: parameters`).value as { [key: string]: Json }
  return fittedUnlearner({
    method,
    parameters,
    classes,
    columns,
    exact: read.value['exact'] === true,
    map: mapFromJson(read.value['map'], `${name}: map`, columns, classes.length),
  })
}

function mapToJson(map: UserMap): Json {
  switch (map.kind) {
    case 'shared':
      return { kind: map.kind, map: affineToJson(map.map) }
    case 'blind':
      return { kind: map.kind, maps: map.maps.map(blindToJson) }
    case 'noise':
      return { kind: map.kind, deviation: map.deviation, seed: map.seed }
    case 'dealt':
      return { kind: map.kind, pointOf: [...map.pointOf] }
    case 'by-class':
      return { kind: map.kind, maps: map.maps.map(affineToJson) }
    default:
      throw new RangeError(
        `fittedToJson: expected a map of a known kind, got ${String((map satisfies never as UserMap).kind)}`,
      )
  }
}

function mapFromJson(value: unknown, name: string, K: number, C: number): UserMap {
  const read = reader(value, name)
  const kind = read.text('kind')
  if (kind === 'shared') return { kind, map: affineFromJson(read.value['map'], name, K) }
  if (kind === 'blind') {
    const maps = read.list('maps', (each): each is unknown => each !== undefined, 'maps')
    return { kind, maps: maps.map((each, m) => blindFromJson(each, `${name}: maps[${m}]`, K)) }
  }
  if (kind === 'noise') return { kind, deviation: read.number('deviation'), seed: read.count('seed', 0) }
  if (kind === 'dealt') return { kind, pointOf: drawFromJson(read.value['pointOf'], `${name}: pointOf`) }
  if (kind !== 'by-class')
    throw badData(`${name}: expected kind shared, blind, by-class, noise or dealt, got ${JSON.stringify(kind)}`)
  const maps = read.several('maps', C)
  return { kind, maps: maps.map((each, c) => affineFromJson(each, `${name}: maps[${c}]`, K)) }
}

/** A draw deals each point once, among the rows that have one. */
function drawFromJson(value: unknown, name: string): Int32Array {
  const list = Array.isArray(value) ? (value as unknown[]) : []
  const dealt = new Set(list.filter((point) => point !== -1))
  const rows = list.flatMap((point, row) => (point === -1 ? [] : [row]))
  if (!Array.isArray(value) || rows.length !== dealt.size || !rows.every((row) => dealt.has(row))) {
    throw badData(`${name}: expected each row dealt to another or to itself once; the file is damaged`)
  }
  return Int32Array.from(list as number[])
}
