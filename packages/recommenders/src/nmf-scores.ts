/** @file Logits of NMF (NeuMF) for every user and item, from its parameters: the scores that it ranks by. */

import type { Matrix } from '@indistinct/core'
import { gemmNN, gemmNT } from '@indistinct/kernels'
import type { ScoreSource } from './score-source.ts'

/**
 * The scores of users with tables gmf (N, G) and mlp (N, M) under `parameters`, named as those of a trained NMF. The
 * logit of a user and an item is h_gmf'(p * q) + h_mlp'tower(relu(x W_user + y W_item + b)) + c (He et al. 2017,
 * section 3.3).
 */
export function nmfScores(
  tables: { readonly gmf: Matrix; readonly mlp: Matrix },
  parameters: Readonly<Record<string, Matrix>>,
): ScoreSource {
  const named = (name: string): Matrix => {
    const found = parameters[name]
    if (!found)
      throw new RangeError(`nmfScores: expected a parameter ${name}, got ${Object.keys(parameters).join(', ')}`)
    return found
  }
  const [itemGmf, itemMlp, output] = [named('item-gmf'), named('item-mlp'), named('output-weights').data]
  const depth = Object.keys(parameters).filter((name) => /^hidden-\d+-weights$/.test(name)).length
  const layers = Array.from({ length: depth }, (_, l) => ({
    weights: named(`hidden-${l + 1}-weights`),
    bias: named(`hidden-${l + 1}-bias`).data,
  }))
  const first = layers[0]!
  const [userHidden, itemHidden] = firstLayer(first.weights, tables.mlp, itemMlp)
  const weighted: Matrix = { ...itemGmf, data: itemGmf.data.map((value, p) => value * output[p % itemGmf.cols]!) }
  const constant = named('output-bias').data[0]!
  const last = output.subarray(itemGmf.cols)
  const items = itemGmf.rows
  return {
    users: tables.gmf.rows,
    items,
    block(from, to) {
      const scores = zeros(to - from, items)
      gemmNT(rowsOf(tables.gmf, from, to), weighted, scores)
      for (let u = from; u < to; u++) {
        let hidden = zeros(items, first.weights.cols)
        for (let i = 0, p = 0; i < items; i++) {
          for (let c = 0; c < hidden.cols; c++, p++)
            hidden.data[p] = Math.max(0, userHidden.data[u * hidden.cols + c]! + itemHidden.data[p]! + first.bias[c]!)
        }
        for (const { weights, bias } of layers.slice(1)) {
          const next = zeros(items, weights.cols)
          gemmNN(hidden, weights, next)
          for (let p = 0; p < next.data.length; p++) next.data[p] = Math.max(0, next.data[p]! + bias[p % next.cols]!)
          hidden = next
        }
        for (let i = 0; i < items; i++) {
          let sum = constant
          for (let c = 0; c < hidden.cols; c++) sum += last[c]! * hidden.data[i * hidden.cols + c]!
          scores.data[(u - from) * items + i]! += sum
        }
      }
      return scores
    },
  }
}

/** What users and items add to the first layer: each is computed once, however many pairs share it. */
function firstLayer(weights: Matrix, users: Matrix, items: Matrix): [Matrix, Matrix] {
  return [users, items].map((table, side) => {
    const out = zeros(table.rows, weights.cols)
    gemmNN(table, rowsOf(weights, side * users.cols, side * users.cols + table.cols), out)
    return out
  }) as [Matrix, Matrix]
}

function rowsOf({ cols, data }: Matrix, from: number, to: number): Matrix {
  return { rows: to - from, cols, data: data.subarray(from * cols, to * cols) }
}

function zeros(rows: number, cols: number): Matrix {
  return { rows, cols, data: new Float32Array(rows * cols) }
}
