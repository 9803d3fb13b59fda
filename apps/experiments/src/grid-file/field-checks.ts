/** @file Checks of values of JSON that somebody wrote: each refuses with place, what was expected, what is there. */

import { usageError } from '@indistinct/core'

/** Whether `value`, at `place`, is as it should be. @throws IndistinctError 'usage' where it is not. */
export type Check = (value: unknown, place: string) => void

/** An error that names `place`, what belongs there and what is there. */
export function unfit(place: string, what: string, value: unknown): Error {
  const shown = JSON.stringify(value) ?? String(value)
  return usageError(`${where(place)}: expected ${what}, got ${shown.length > 60 ? `${shown.slice(0, 60)}…` : shown}`)
}

export const text: Check = (value, place) => {
  if (typeof value !== 'string' || value === '') throw unfit(place, 'a text', value)
}

export const flag: Check = (value, place) => {
  if (typeof value !== 'boolean') throw unfit(place, 'true or false', value)
}

export const finite: Check = (value, place) => {
  if (typeof value !== 'number') throw unfit(place, 'a number', value)
}

export const share: Check = (value, place) => {
  if (!((value as number) >= 0 && (value as number) <= 1)) throw unfit(place, 'a number from 0 to 1', value)
}

/** A whole number of at least `least`; any, where that is absent. */
export function whole(least = -Infinity): Check {
  const what = least === -Infinity ? 'a whole number' : `a whole number of at least ${least}`
  return (value, place) => {
    if (!Number.isSafeInteger(value) || (value as number) < least) throw unfit(place, what, value)
  }
}

export function oneOf(values: readonly unknown[]): Check {
  const what = values.length === 1 ? String(values[0]) : `one of ${values.join(', ')}`
  return (value, place) => {
    if (!values.includes(value)) throw unfit(place, what, value)
  }
}

/** A list of what `check` takes. @param least how many at least */
export function list(check: Check, least = 1): Check {
  return (value, place) => {
    if (!Array.isArray(value)) throw unfit(place, 'a list', value)
    if (value.length < least) throw unfit(place, `a list of at least ${least}`, value)
    value.forEach((each, at) => check(each, `${place}[${at}]`))
  }
}

/** An object with the fields `needed`, and any of `optional`. @param what it is, for messages */
export function object(
  what: string,
  needed: { readonly [field: string]: Check },
  optional: { readonly [field: string]: Check } = {},
): Check {
  const fields = { ...needed, ...optional }
  return (value, place) => {
    checkObject(value, place, what)
    for (const field of Object.keys(value)) if (!Object.hasOwn(fields, field)) throw unknown(place, field, fields)
    for (const [field, check] of Object.entries(fields))
      if (value[field] !== undefined || Object.hasOwn(needed, field)) check(value[field], at(place, field))
  }
}

/** An object of any fields, each checked by its name. */
export function record(what: string, check: (field: string, place: string) => Check): Check {
  return (value, place) => {
    checkObject(value, place, what)
    for (const [field, own] of Object.entries(value)) check(field, at(place, field))(own, at(place, field))
  }
}

function checkObject(
  value: unknown,
  place: string,
  what: string,
): asserts value is { readonly [field: string]: unknown } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unfit(place, what, value)
}

function unknown(place: string, field: string, fields: object): Error {
  const names = Object.keys(fields)
  return usageError(
    `${where(place)}: expected ${names.length === 0 ? 'no fields' : `fields among ${names.join(', ')}`}, got ` +
      JSON.stringify(field),
  )
}

/** A field of `place`; a file, of which the place has a colon at its end, is no object that has it. */
function at(place: string, field: string): string {
  return place.endsWith(':') ? `${place} ${field}` : `${place}.${field}`
}

function where(place: string): string {
  return place.replace(/:$/, '')
}
