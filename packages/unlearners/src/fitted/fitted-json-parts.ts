/** @file What maps in JSON are read and written by. */

import { badData, type Json } from '@indistinct/core'
import type { AffineMap } from '../closed/affine-map.ts'

export function affineToJson({ centre, change, shift }: AffineMap): Json {
  return { centre: [...centre], change: [...change], shift: [...shift] }
}

export function affineFromJson(value: unknown, name: string, K: number): AffineMap {
  const { several } = reader(value, name)
  const part = (key: string, length: number): Float64Array => numbers(several(key, length), `${name}.${key}`)
  return { centre: part('centre', K), change: part('change', K * K), shift: part('shift', K) }
}

/** A list of numbers in float64. */
export function numbers(value: unknown, name: string): Float64Array {
  if (!Array.isArray(value) || !value.every((each) => typeof each === 'number' && Number.isFinite(each)))
    throw badData(`${name}: expected finite numbers; the file is damaged`)
  return Float64Array.from(value as number[])
}

/** What an object must hold, member by member. */
export function reader(value: unknown, name: string) {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw badData(
      `${name}: expected an object, got ${value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value}`,
    )
  const record = value as { readonly [key: string]: unknown }
  const expect = (holds: boolean, key: string, what: string): void => {
    if (!holds) throw badData(`${name}: expected ${key} as ${what}; the file is damaged or of another version`)
  }
  return {
    value: record,
    text(key: string): string {
      expect(typeof record[key] === 'string', key, 'text')
      return record[key] as string
    },
    number(key: string): number {
      expect(Number.isFinite(record[key]), key, 'a number')
      return record[key] as number
    },
    count(key: string, from = 1): number {
      expect(
        Number.isSafeInteger(record[key]) && (record[key] as number) >= from,
        key,
        `an integer of at least ${from}`,
      )
      return record[key] as number
    },
    list<T>(key: string, is: (each: unknown) => each is T, what: string): T[] {
      const list = record[key]
      expect(Array.isArray(list) && list.every(is), key, `a list of ${what}`)
      return list as T[]
    },
    several(key: string, length: number): unknown[] {
      const list = record[key]
      expect(Array.isArray(list) && list.length === length, key, `a list of ${length}`)
      return list as unknown[]
    },
  }
}
