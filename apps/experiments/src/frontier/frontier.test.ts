/**
 * @file The committed frontier: its page is not stale; what is condensed and averaged is what was measured; items
 * fitted anew.
 */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { battery } from '@indistinct/attackers'
import { matrix, randomStream, type Matrix } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { expandGrid } from '@indistinct/stages'
import { cellName, cells, frontierOf, rungsOf } from './cells.ts'
import type { Measured } from './measure.ts'
import { frontierPage, type FrontierResults } from './page.ts'
import { refitItems } from './refit-items.ts'
import { condensed, modelRows } from './summary.ts'

const results = fileURLToPath(new URL('../../results/frontier', import.meta.url))

describe('results/frontier', () => {
  const stored = JSON.parse(readFileSync(join(results, 'frontier.json'), 'utf8')) as FrontierResults

  test('the page is what the results give; after an edit run `npm run frontier -- --summary`', () => {
    expect(readFileSync(join(results, 'README.md'), 'utf8')).toBe(frontierPage(stored))
  })

  test('holds cells and rungs of the plan, each once, and every user table of a model side by side as well', () => {
    const names = stored.measured.map(({ cell, rung }) => `${cellName(cell)}-${rung}`)
    expect(new Set(names).size).toBe(names.length)
    const planned = cells.flatMap((cell) => rungsOf(cell).map((rung) => `${cellName(cell)}-${rung}`))
    for (const name of names) expect(planned).toContain(name)
    for (const { worst, rung, passes } of stored.measured) {
      for (const protocol of ['paper', 'five-fold'])
        expect(worst.filter((attack) => attack.protocol === protocol).map(({ table }) => table)).toHaveLength(3)
      expect(passes === undefined).toBe(rung === 'original')
    }
  })
})

test('each rung of a model is a variant of its own, attacked by all of the battery', () => {
  const cell = cells.find(({ dataset, seed }) => dataset === 'lastfm' && seed === 42)!
  const { models, nodes } = expandGrid(frontierOf([{ cell, rungs: rungsOf(cell) }]))
  expect(models.map(({ method }) => method?.name ?? 'original')).toEqual(
    rungsOf(cell).map((rung) => (rung.startsWith('flow-') ? 'flow' : rung)),
  )
  expect(nodes.filter(({ stage }) => stage === 'train')).toHaveLength(1)
  for (const { attacks } of models)
    for (const protocol of ['paper', 'five-fold'])
      expect(
        attacks
          .filter((each) => each.protocol === protocol)
          .flatMap(({ attacker, node }) =>
            (node.parameters['attacker'] as unknown as { options: { inputs: string[] } }).options.inputs.map(
              (input) => [attacker, input],
            ),
          ),
      ).toEqual(
        Object.entries(battery).flatMap(([name, { attacks: listed }]) =>
          listed.filter((each) => each.protocol === protocol).map(({ input }) => [name, input]),
        ),
      )
})

describe('condensed, modelRows', () => {
  const attack = (table: string, attacker: string, auc: number): Measured['attacks'][number] => ({
    table,
    attacker,
    protocol: 'paper',
    input: 'raw',
    auc,
    foldedAuc: { value: Math.max(auc, 1 - auc), lower: 0.5, upper: 0.9 },
    smallestDetectable: 0.6,
  })
  const run = (seed: number, aucs: readonly number[], change: number): Measured => ({
    cell: { dataset: 'd', recommender: 'r', factors: 4, seed },
    rung: 'flow',
    ndcg: 0.3,
    change: { value: change, lower: change - 1, upper: change + 1 },
    passes: 10 * seed,
    seconds: 1,
    attacks: aucs.map((auc, a) => attack(a < 2 ? 'one' : 'two', `a${a}`, auc)),
  })

  test('keeps the largest folded AUC of each table: one below one half counts as one above', () => {
    const { worst, attacked } = condensed(run(1, [0.52, 0.45, 0.6, 0.35], 0))
    expect(worst.map(({ table, attacker }) => [table, attacker])).toEqual([
      ['one', 'a1'],
      ['two', 'a3'],
    ])
    expect(attacked).toEqual({ paper: 4 })
  })

  test('averages over seeds, with Student’s interval; one seed keeps its own', () => {
    const [both] = modelRows([run(1, [0.5, 0.54, 0.5], -0.01), run(2, [0.44, 0.5, 0.5], -0.03)].map(condensed))
    const [row] = both!.rows
    expect(row!.seeds).toEqual([1, 2])
    expect(row!.leak['paper']!.value).toBeCloseTo(0.55, 10)
    expect(row!.passes).toBe(15)
    expect(row!.change!.value).toBeCloseTo(-0.02, 10)
    // Half the difference times the 97.5 % point of one degree of freedom.
    expect(row!.change!.upper - row!.change!.value).toBeCloseTo(0.01 * 12.706, 3)
    expect(modelRows([condensed(run(1, [0.5], -0.01))])[0]!.rows[0]!.change).toEqual({
      value: -0.01,
      lower: -1.01,
      upper: 0.99,
    })
  })

  test('models that were tuned are apart from those that were not, and the page says which are which', () => {
    const tuned: Measured = { ...run(1, [0.51], -0.05), rung: 'leace' }
    const both = [run(1, [0.56], -0.02), { ...tuned, cell: { ...tuned.cell, tuned: true as const } }].map(condensed)
    expect(modelRows(both).map(({ tuned: is, rows }) => [is, rows.map(({ rung }) => rung)])).toEqual([
      [false, ['flow']],
      [true, ['leace']],
    ])
    const page = frontierPage({ schema: 'indistinct.frontier/1', measured: both })
    expect(page).toContain('## d, r, K = 4, tuned\n')
    expect(page).toContain('None of these.')
    expect(page).not.toContain('None of these do')
    expect(frontierPage({ schema: 'indistinct.frontier/1', measured: both.slice(0, 1) })).toContain('None of these do')
    expect(cellName({ dataset: 'd', recommender: 'r', factors: 4, seed: 1, tuned: true })).toBe('d-r-4-tuned-1')
  })

  test('a row where another rung leaves less is listed as lost by the flow', () => {
    const other: Measured = { ...run(1, [0.51], -0.05), rung: 'leace' }
    // The flow's second seed, which the other lacks, is left out.
    const page = frontierPage({
      schema: 'indistinct.frontier/1',
      measured: [run(1, [0.56], -0.02), run(2, [0.7], -0.9), other].map(condensed),
    })
    expect(page).toContain('| d, r, K = 4 | worst, 10 % known | 1 | 0.560 | 0.510 | leace |')
    expect(page).not.toContain('| d, r, K = 4 | loss of NDCG@10, % |')
  })
})

describe('refitItems', () => {
  const random = randomStream(3, 'refit')
  const normals = (rows: number, cols: number): Matrix =>
    matrix(
      rows,
      cols,
      Float32Array.from({ length: rows * cols }, () => random.normal()),
    )
  const [users, items] = [normals(80, 4), normals(30, 4)]
  const error = (moved: Matrix, fitted: Matrix): number => {
    let sum = 0
    for (let u = 0; u < 80; u++) {
      for (let i = 0; i < 30; i++) {
        let difference = 0
        for (let k = 0; k < 4; k++)
          difference +=
            users.data[u * 4 + k]! * items.data[i * 4 + k]! - moved.data[u * 4 + k]! * fitted.data[i * 4 + k]!
        sum += difference ** 2
      }
    }
    return sum
  }

  test('undoes a map that is common to all users, and leaves items of users that did not move', () => {
    const moved = matrix(
      80,
      4,
      users.data.map((value, p) => value * (1 + (p % 4)) + (p % 4 === 0 ? users.data[p + 1]! : 0)),
    )
    expect(error(moved, refitItems(users, moved, items, { top: 0, others: 1 }))).toBeLessThan(
      1e-4 * error(moved, items),
    )
    for (const options of [
      { top: 0, others: 1 },
      { top: 5, others: 0.1 },
    ]) {
      refitItems(users, users, items, options).data.forEach((value, p) => expect(value).toBeCloseTo(items.data[p]!, 2))
    }
  })

  test('no other items are closer to the scores as trained', () => {
    const moved = matrix(
      80,
      4,
      users.data.map((value, p) => value + (p % 8 < 4 ? 0.7 : -0.3)),
    )
    const fitted = refitItems(users, moved, items, { top: 0, others: 1 })
    const least = error(moved, fitted)
    expect(least).toBeLessThan(error(moved, items))
    for (let trial = 0; trial < 10; trial++) {
      expect(
        error(
          moved,
          matrix(
            30,
            4,
            fitted.data.map((value) => value + 0.01 * random.normal()),
          ),
        ),
      ).toBeGreaterThan(least)
    }
  })
})
