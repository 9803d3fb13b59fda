/** @file How the values of a table stand in its file: the type, and for whole numbers of 8 bits what they stand for. */

import { usageError } from '@indistinct/core'
import { roundToBfloat16 } from './bfloat16.ts'
import { roundToFloat16 } from './float16.ts'

/**
 * Storage type of the values in the file: float16, bfloat16, float32, float64, or int8 and uint8, which stand for
 * numbers by a {@link Quantisation}.
 */
export type Dtype = 'f2' | 'bf16' | 'f4' | 'f8' | 'i1' | 'u1'

/** A whole number q of a table of int8 or uint8 stands for scale * (q - zeroPoint). */
export interface Quantisation {
  readonly scale: number
  readonly zeroPoint: number
}

/** What whole numbers stand for, as far as somebody said. */
export interface AskedScale {
  readonly scale?: number | undefined
  readonly zeroPoint?: number | undefined
}

export interface StoredType {
  readonly dtype: Dtype
  /** Of i1 and u1, always. */
  readonly quantisation?: Quantisation | undefined
  readonly bigEndian?: boolean | undefined
}

const ITEM_SIZE: Readonly<Record<Dtype, number>> = { f2: 2, bf16: 2, f4: 4, f8: 8, i1: 1, u1: 1 }

const NAMES: Readonly<Record<Dtype, string>> = {
  f2: 'float16',
  bf16: 'bfloat16',
  f4: 'float32',
  f8: 'float64',
  i1: 'int8',
  u1: 'uint8',
}

/** Bytes of a value. */
export function itemSize(dtype: Dtype): number {
  return ITEM_SIZE[dtype]
}

/** float32, as people and NumPy call it. */
export function dtypeName(dtype: Dtype): string {
  return NAMES[dtype]
}

/** Smallest and largest whole number of i1 and u1. */
function wholeRange(dtype: 'i1' | 'u1'): readonly [number, number] {
  return dtype === 'i1' ? [-128, 127] : [0, 255]
}

/**
 * The nearest value that the type holds: infinity beyond the range of floats, the end of the range of whole numbers.
 */
export function rounded(value: number, { dtype, quantisation }: StoredType): number {
  if (!Number.isFinite(value)) return value
  switch (dtype) {
    case 'f2':
      return roundToFloat16(value)
    case 'bf16':
      return roundToBfloat16(value)
    case 'i1':
    case 'u1':
      return dequantised(quantised(value, dtype, quantisation!), quantisation!)
    case 'f4':
      return Math.fround(value)
    case 'f8':
      return value
    default:
      throw new RangeError(`rounded: expected a storage type, got ${String(dtype satisfies never)}`)
  }
}

/** The whole number nearest to `value`, ties to even, within the range of the type. */
export function quantised(value: number, dtype: 'i1' | 'u1', { scale, zeroPoint }: Quantisation): number {
  const [least, most] = wholeRange(dtype)
  return Math.min(most, Math.max(least, roundedToEven(value / scale) + zeroPoint))
}

/** The float32 that a whole number stands for. */
export function dequantised(whole: number, { scale, zeroPoint }: Quantisation): number {
  return Math.fround(scale * (whole - zeroPoint))
}

/** Whether whole numbers of 8 bits have to be set to the end of their range for `value`. */
export function beyondRange(value: number, { dtype, quantisation }: StoredType): boolean {
  if (dtype !== 'i1' && dtype !== 'u1') return false
  const [least, most] = wholeRange(dtype)
  const whole = roundedToEven(value / quantisation!.scale) + quantisation!.zeroPoint
  return whole < least || whole > most
}

function roundedToEven(value: number): number {
  const below = Math.floor(value)
  const rest = value - below
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1
  return below % 2 === 0 ? below : below + 1
}

/**
 * What the whole numbers of a table of `dtype` stand for, as asked for; undefined for floats.
 * @throws IndistinctError 'usage' where the scale is missing, or given for floats, or makes no finite numbers.
 */
export function checkedQuantisation(dtype: Dtype, asked: AskedScale, name: string): Quantisation | undefined {
  const { scale, zeroPoint = 0 } = asked
  if (dtype !== 'i1' && dtype !== 'u1') {
    if (scale === undefined && asked.zeroPoint === undefined) return undefined
    throw usageError(
      `${name}: a scale is for tables of int8 and uint8, and this one holds ${dtypeName(dtype)}; leave out ` +
        '--scale and --zero-point',
    )
  }
  const [least, most] = wholeRange(dtype)
  if (scale === undefined) throw scaleMissing(dtypeName(dtype), name)
  if (!(scale > 0) || !Number.isFinite(Math.fround(scale * 255)) || Math.fround(scale) === 0) {
    throw usageError(`${name}: expected a scale above 0 within float32, got ${scale}`)
  }
  if (!Number.isInteger(zeroPoint) || zeroPoint < least || zeroPoint > most) {
    throw usageError(
      `${name}: expected a zero point from ${least} to ${most}, a whole number of ${dtypeName(dtype)}, got ` +
        `${zeroPoint}`,
    )
  }
  return { scale, zeroPoint }
}

/** What to do about whole numbers of 8 bits of which nobody said what they stand for. */
export function scaleMissing(type: string, name: string): Error {
  return usageError(
    `${name}: got ${type}, whole numbers that stand for others; say which: ` +
      'with --scale S and, unless it is 0, --zero-point Z a whole number q stands for S * (q - Z)',
  )
}
