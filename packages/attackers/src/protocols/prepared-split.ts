/** @file The rows of a split as attackers are given them, each form made once, when it is asked for. */

import { gatherRows, type Matrix } from '@indistinct/core'
import { nextTurn } from '@indistinct/core/platform'
import type { Attacker, AttackerOptions } from '../attacker.ts'
import { prepareInput, type InputName } from '../models/prepared-input.ts'
import {
  isNarrow,
  productsOfRows,
  rowProducts,
  tableProducts,
  whitenedProducts,
  type RowProducts,
  type TableProducts,
} from '../models/row-products.ts'
import type { Split } from './protocol.ts'

interface KnownAndAsked {
  /** (N, K) */
  readonly known: Matrix
  /** (M, K) */
  readonly asked: Matrix
}

interface PreparedRows {
  /** Rows in the form that an input names, made from the known ones alone. */
  input(name: InputName): KnownAndAsked
  /** Their products, where known rows are fewer than dimensions. */
  products(name: InputName): RowProducts | undefined
}

export type PreparedSplit = Split & PreparedRows

/** Most rows of a table whose products are kept, all with all: 32 MB. */
const mostOfTable = 2048
const ofTables = new WeakMap<Matrix, TableProducts>()

/** The rows of a table that a split names. */
export function preparedSplit(embedding: Matrix, split: Split): PreparedSplit {
  const { shadow, scored } = split
  const raw = (): KnownAndAsked => ({ known: gatherRows(embedding, shadow), asked: gatherRows(embedding, scored) })
  const rawProducts =
    embedding.rows <= mostOfTable
      ? () => productsOfRows(productsOfTable(embedding), shadow, scored, embedding.cols)
      : undefined
  return { ...split, ...prepared(raw, isNarrow(shadow.length, embedding.cols), rawProducts) }
}

export function preparedRows(known: Matrix, asked: Matrix): PreparedRows {
  return prepared(() => ({ known, asked }), isNarrow(known.rows, known.cols))
}

function prepared(raw: () => KnownAndAsked, narrow: boolean, rawProducts?: () => RowProducts): PreparedRows {
  const input = eachOnce((name: InputName): KnownAndAsked => {
    if (name === 'raw') return raw()
    const { known, asked } = input('raw')
    const prepare = prepareInput(name, known)
    return { known: prepare(known), asked: prepare(asked) }
  })
  const products = eachOnce((name: InputName): RowProducts => {
    if (name === 'raw' && rawProducts) return rawProducts()
    if (name === 'whitened') {
      const { known, asked } = input('raw')
      return whitenedProducts(products('standardised'), known, asked)
    }
    const { known, asked } = input(name)
    return rowProducts(known, asked)
  })
  return { input, products: (name) => (narrow ? products(name) : undefined) }
}

function eachOnce<T>(make: (name: InputName) => T): (name: InputName) => T {
  const made = new Map<InputName, T>()
  return (name) => {
    if (!made.has(name)) made.set(name, make(name))
    return made.get(name)!
  }
}

function productsOfTable(embedding: Matrix): TableProducts {
  let made = ofTables.get(embedding)
  if (!made) {
    made = tableProducts(embedding)
    ofTables.set(embedding, made)
  }
  return made
}

/** Scores (M, C) of the asked rows. @param codes of the known rows (N) */
export async function scoresOn(
  rows: PreparedRows,
  input: InputName,
  attacker: Attacker,
  codes: Int32Array,
  options: AttackerOptions,
): Promise<Matrix> {
  const products = attacker.ofProducts && rows.products(input)
  if (products) {
    // The fit holds the thread: attackers in worker threads are handed their next task first.
    await nextTurn()
    return attacker.ofProducts!(products, codes, options)
  }
  const { known, asked } = rows.input(input)
  const fitted = await attacker.fit(known, codes, options)
  return fitted.scores(asked)
}
