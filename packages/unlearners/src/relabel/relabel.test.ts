import { harmCheck } from '@indistinct/attackers'
import { copyMatrix, IndistinctError, matrix, randomStream, shuffle, type Labels, type Matrix } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { centroidAuc, leakyTable, type LeakyTable } from '../testing/leaky-tables.ts'
import { unlearnTables } from '../unlearn-tables.ts'
import { dealAgain } from './deal-points.ts'
import { flowOfOne, relabel, relabelTables } from './relabel.ts'

/** Sorted rows as text: what a release is, but for whose row is whose. */
function rowsOf({ rows, cols, data }: Matrix): string[] {
  return Array.from({ length: rows }, (_, i) => data.subarray(i * cols, (i + 1) * cols).join()).sort()
}

describe('relabel', () => {
  const table = leakyTable([140, 90], 5, 2, 1, 12)

  test('an attacker succeeds before and is at chance after', () => {
    expect(centroidAuc(table, 3)).toBeGreaterThan(0.85)
    const after = [1, 2, 3].map((drawSeed) =>
      centroidAuc({ ...table, embedding: relabel(table.embedding, table.labels, { drawSeed }).embedding }, 3),
    )
    for (const auc of after) expect(Math.abs(auc - 0.5)).toBeLessThan(0.12)
    expect(Math.abs(after.reduce((sum, auc) => sum + auc / 3, 0) - 0.5)).toBeLessThan(0.06)
  })

  test('users without a label keep their bits, and change nothing for others', () => {
    const { embedding, labels } = table
    const released = relabel(embedding, labels, { drawSeed: 5 }).embedding
    expect(released.data.subarray(0, 60)).toEqual(embedding.data.subarray(0, 60))
    const without: Labels = { classes: labels.classes, codes: labels.codes.slice(12) }
    const alone = relabel(matrix(230, 5, embedding.data.slice(60)), without, { drawSeed: 5 }).embedding
    expect(alone.data).toEqual(released.data.subarray(60))
  })

  test('deals the points of users as they are, each once, to users of any number of labels', () => {
    const { embedding, labels } = leakyTable([20, 15, 5], 3, 1, 2)
    const { embedding: released, parameters } = relabel(embedding, labels, {
      drawSeed: 1,
      base: 'original',
      neighbours: 0,
    })
    expect(rowsOf(released)).toEqual(rowsOf(embedding))
    expect(released.data).not.toEqual(embedding.data)
    expect(parameters).toEqual({
      base: 'original',
      neighbours: 0,
      own: 0.3,
      nearBy: 'distance',
      drawSeed: 1,
      matching: 'optimal',
    })
  })

  test('a secret draw differs from run to run; a seed repeats it', () => {
    const draw = (drawSeed: 'secret' | number): Matrix =>
      relabel(table.embedding, table.labels, { drawSeed, base: 'original' }).embedding
    expect(draw('secret').data).not.toEqual(draw('secret').data)
    expect(draw(3).data).toEqual(draw(3).data)
    expect(draw(3).data).not.toEqual(draw(4).data)
  })

  test('where the flow refuses, points are users as they are, and the reason is kept', () => {
    const { embedding, labels } = table
    // Every user of one label has one vector: a move of both labels alike cannot hide that.
    const stuck = copyMatrix(embedding)
    labels.codes.forEach((code, i) => void (code === 1 && stuck.data.fill(0.5, i * 5, i * 5 + 5)))
    const { embedding: released, parameters } = relabel(stuck, labels, { drawSeed: 1, neighbours: 0 })
    expect(parameters).toMatchObject({ base: 'original' })
    expect(parameters['baseRefused']).toContain("expected users of 'class-1' that differ")
    expect(rowsOf(released)).toEqual(rowsOf(stuck))
    const share = (code: number): number => {
      const users = [...labels.codes.keys()].filter((i) => labels.codes[i] === code)
      return users.filter((i) => released.data[i * 5] === 0.5).length / users.length
    }
    expect(Math.abs(share(1) - share(0))).toBeLessThan(0.2)
  })

  test('what is done to a table afterwards is done to points before they are dealt', () => {
    const rounded = (m: Matrix): Matrix =>
      matrix(
        m.rows,
        m.cols,
        m.data.map((value) => Math.round(value * 4) / 4),
      )
    const { embedding: released } = relabel(table.embedding, table.labels, { drawSeed: 2, finish: rounded })
    expect(released.data.subarray(60).every((value) => Number.isInteger(value * 4))).toBe(true)
    expect(() => relabel(table.embedding, table.labels, { finish: () => matrix(1, 1) })).toThrow(
      'expected finish to keep 230 x 5 values, got 1 x 1',
    )
  })

  test('by direction, lengths are of no account', () => {
    const { embedding, labels } = table
    const random = randomStream(1, 'lengths')
    const scales = Float64Array.from({ length: embedding.rows }, () => 0.5 + random.uniform())
    const scaled = matrix(
      embedding.rows,
      5,
      embedding.data.map((value, p) => value * scales[Math.floor(p / 5)]!),
    )
    const released = (m: Matrix): Matrix =>
      relabel(m, labels, { drawSeed: 1, base: 'original', nearBy: 'direction', neighbours: 10 }).embedding
    const [one, other] = [released(embedding), released(scaled)]
    for (let i = 12; i < embedding.rows; i++) {
      const [a, b] = [one, other].map((m) => m.data.subarray(i * 5, i * 5 + 5))
      const dot = a!.reduce((sum, value, k) => sum + value * b![k]!, 0)
      expect(dot / Math.hypot(...a!) / Math.hypot(...b!)).toBeGreaterThan(0.999)
    }
  })

  test.each([
    [{ neighbours: -1 }, 'neighbours'],
    [{ own: 2 }, 'own from 0 to 1'],
    [{ drawSeed: 0.5 }, 'integer seed'],
  ])('refuses %j', (options, message) => {
    expect(() => relabel(table.embedding, table.labels, options)).toThrow(message)
  })
})

describe('relabelTables', () => {
  const first = leakyTable([60, 40], 4, 2, 1, 5)
  const second = leakyTable([60, 40], 3, 2, 1, 5)
  const tables = { first: first.embedding, second: second.embedding }

  test('a user has one draw in all tables', () => {
    const { results, pointOf } = relabelTables(tables, first.labels, flowOfOne, {
      drawSeed: 1,
      base: 'original',
      neighbours: 0,
    })
    expect([...pointOf.subarray(0, 5)]).toEqual([-1, -1, -1, -1, -1])
    expect(new Set(pointOf.subarray(5)).size).toBe(100)
    for (const [name, { embedding }] of Object.entries(results)) {
      const own = tables[name as keyof typeof tables]
      pointOf.forEach((point, row) => {
        const from = point < 0 ? row : point
        expect(embedding.data.subarray(row * own.cols, (row + 1) * own.cols)).toEqual(
          own.data.subarray(from * own.cols, (from + 1) * own.cols),
        )
      })
    }
  })

  test('unlearnTables makes points of all tables together, and says nothing of the draw', () => {
    const results = unlearnTables(tables, first.labels, 'relabel', { drawSeed: 1 })
    expect(Object.keys(results)).toEqual(['first', 'second'])
    expect(Object.keys(results['first']!.parameters).sort()).toEqual([
      'base',
      'drawSeed',
      'matching',
      'nearBy',
      'neighbours',
      'own',
    ])
    expect(() => unlearnTables({ ...tables, other: matrix(3, 2) }, first.labels, 'relabel')).toThrow(
      "expected 105 rows in table 'other'",
    )
  })
})

describe('a later release', () => {
  const view = matrix(8, 1, Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7))
  const codes = Int32Array.of(0, 1, 0, 1, 0, 1, 0, 1)

  test('deals the points of users who are still here as before, whatever labels are; others are drawn', () => {
    // Rows 0, 1, 2 pass points round; the points of 3 and 4 came from users who are gone; 5, 6, 7 are new.
    const earlier = Int32Array.of(1, 2, 0, -2, -2, -1, -1, -1)
    const draws = Array.from({ length: 60 }, (_, seed) => [
      ...dealAgain(view, codes, earlier, randomStream(seed, 'again')),
    ])
    for (const draw of draws) {
      expect(draw.slice(0, 3)).toEqual([1, 2, 0])
      expect(draw.slice(3, 5).sort()).toEqual([3, 4])
      expect(draw.slice(5).sort()).toEqual([5, 6, 7])
    }
    const share = draws.filter((draw) => draw[3] === 3).length / 60
    expect(Math.abs(share - 0.5)).toBeLessThan(0.25)
    expect([...dealAgain(view, codes, new Int32Array(8).fill(-1), randomStream(1, 'x'))].sort()).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7,
    ])
  })

  test.each([[[0, 0, 1]], [[2, 1, -1]], [[3, 1, 0]]])('refuses %j, which is no draw', (earlier) => {
    const bad = (): Int32Array =>
      dealAgain(matrix(3, 1), Int32Array.of(0, 1, 1), Int32Array.from(earlier), randomStream(1, 'x'))
    expect(bad).toThrow('expected an earlier draw that deals the points of its users once each')
  })

  test('of other vectors, by a fit: side by side both are one draw', () => {
    const first = leakyTable([60, 40], 4, 2, 1, 5)
    const second = leakyTable([60, 40], 3, 2, 1, 5)
    const options = { base: 'original', neighbours: 0 } as const
    const { pointOf } = relabelTables({ table: first.embedding }, first.labels, flowOfOne, { ...options, drawSeed: 1 })
    const { results, pointOf: again } = relabelTables({ table: second.embedding }, first.labels, flowOfOne, {
      ...options,
      drawSeed: 2,
      earlier: pointOf,
    })
    expect(again).toEqual(pointOf)
    expect(results['table']!.parameters).toMatchObject({ again: { kept: 100, redrawn: 0, new: 0 } })
  })
})

describe('exchangeability', () => {
  // Four users share one vector; the others tell their label at once. K = 2.
  const points = [
    [0, 0],
    [0, 0],
    [0, 0],
    [0, 0],
    [3, 1],
    [3.5, -1],
    [-3, 0.5],
    [-4, -0.5],
  ]
  const codes = [1, 1, 0, 0, 1, 1, 0, 0]
  const labellings = Array.from({ length: 256 }, (_, bits) => codes.map((_, i) => (bits >> i) & 1)).filter(
    (each) => each.reduce((sum, code) => sum + code, 0) === 4,
  )
  const statistics: Readonly<Record<string, (z: Matrix, labels: readonly number[]) => number>> = {
    means: (z, labels) => labels.reduce((sum, code, i) => sum + (code === 1 ? 1 : -1) * z.data[2 * i]!, 0),
    'nearest user': (z, labels) => labels.filter((code, i) => code === labels[nearestTo(z, i)]).length,
    // Ties that go by the order of rows would sort users of a label.
    'order of rows': (z, labels) => {
      let ascending = 0
      for (let i = 0; i < 8; i++)
        for (let j = 0; j < i; j++)
          if (
            labels[i] === labels[j] &&
            z.data[2 * j]! + z.data[2 * j + 1]! / 8 < z.data[2 * i]! + z.data[2 * i + 1]! / 8
          )
            ascending++
      return ascending
    },
    'label of the first user': (_, labels) => labels[0]!,
  }

  function nearestTo(z: Matrix, i: number): number {
    const away = (j: number): number =>
      j === i ? Infinity : (z.data[2 * i]! - z.data[2 * j]!) ** 2 + (z.data[2 * i + 1]! - z.data[2 * j + 1]!) ** 2
    return points.map((_, j) => j).reduce((best, j) => (away(j) < away(best) ? j : best))
  }

  /**
   * Chi square, 6 degrees of freedom, of the rank of the true labelling among all 70, by a statistic of the release;
   * ranks in seven bins.
   */
  function chiSquare(
    release: (embedding: Matrix, labels: Labels, round: number) => Matrix,
    rounds = 1500,
  ): Record<string, number> {
    const bins = Object.fromEntries(Object.keys(statistics).map((name) => [name, new Float64Array(7)]))
    const random = randomStream(1, 'exchangeability')
    for (let round = 0; round < rounds; round++) {
      // To the attacker, users differ by the release alone.
      const order = shuffle(
        Int32Array.from({ length: 8 }, (_, i) => i),
        random,
      )
      const labels: Labels = { classes: ['0', '1'], codes: order.map((i) => codes[i]!) }
      const z = release(matrix(8, 2, Float32Array.from([...order].flatMap((i) => points[i]!))), labels, round)
      for (const [name, statistic] of Object.entries(statistics)) {
        const own = statistic(z, [...labels.codes])
        const all = labellings.map((each) => statistic(z, each))
        const [below, ties] = [all.filter((value) => value < own).length, all.filter((value) => value === own).length]
        bins[name]![Math.floor((below + random.integer(ties)) / 10)]!++
      }
    }
    return Object.fromEntries(
      Object.entries(bins).map(([name, counts]) => [
        name,
        counts.reduce((sum, count) => sum + (count - rounds / 7) ** 2 / (rounds / 7), 0),
      ]),
    )
  }

  // The chance that 6 degrees of freedom exceed 27.9 is 1 in 10,000.
  const rare = 27.9

  test.each([
    ['users as they are', 1500, { base: 'original', neighbours: 0 }],
    ['smoothed, by direction', 1500, { base: 'original', neighbours: 3, nearBy: 'direction' }],
    ['the flow', 210, { base: 'flow', neighbours: 3 }],
  ] as const)('the true labelling is like any other, points being %s', (_, rounds, options) => {
    const found = chiSquare(
      (embedding, labels, round) => relabel(embedding, labels, { ...options, drawSeed: round }).embedding,
      rounds,
    )
    for (const [name, value] of Object.entries(found)) expect(value, name).toBeLessThan(rare)
  })

  test('the same test tells the labels of users who are not moved, or moved in the order of rows', () => {
    expect(chiSquare((embedding) => embedding)['means']).toBeGreaterThan(1000)
    const sorted = chiSquare((embedding, labels, round) => {
      const dealt = shuffle(
        Int32Array.from({ length: 8 }, (_, i) => i),
        randomStream(round, 'control'),
      )
      const next = [dealt.subarray(0, 4).slice().sort(), dealt.subarray(4).slice().sort()].map((own) => own.values())
      const out = copyMatrix(embedding)
      const space = [...points].sort((a, b) => a[0]! + a[1]! / 8 - b[0]! - b[1]! / 8)
      labels.codes.forEach((code, i) => out.data.set(space[next[code]!.next().value!]!, 2 * i))
      return out
    })
    expect(sorted['means']).toBeLessThan(rare)
    expect(sorted['order of rows']).toBeGreaterThan(1000)
  })
})

describe('fine structure', () => {
  const tables: Readonly<Record<string, () => LeakyTable>> = {
    'one vector for a tenth of all users': () => {
      const { embedding, labels } = leakyTable([360, 240], 6, 1.5, 3)
      for (let i = 0; i < 600; i += 10) embedding.data.fill(0.3, i * 6, i * 6 + 6)
      return { embedding, labels }
    },
    'twins of one label': () => {
      const { embedding, labels } = leakyTable([360, 240], 6, 0, 4)
      const own = [...labels.codes.keys()].filter((i) => labels.codes[i] === 1)
      own.slice(0, 120).forEach((row, at) =>
        embedding.data.set(
          embedding.data.subarray(own[120 + at]! * 6, own[120 + at]! * 6 + 6).map((value) => value + 1e-3),
          row * 6,
        ),
      )
      return { embedding, labels }
    },
    'rounded to a step of 1/16': () => {
      const { embedding, labels } = leakyTable([360, 240], 6, 1.5, 5)
      return {
        embedding: matrix(
          600,
          6,
          embedding.data.map((value) => Math.round(value * 16) / 16),
        ),
        labels,
      }
    },
  }

  test.each(Object.keys(tables))('tells nothing to attackers of it: %s', async (name) => {
    const { embedding, labels } = tables[name]!()
    const { embedding: released } = relabel(embedding, labels, { drawSeed: 7, neighbours: 20 })
    const check = await harmCheck(embedding, released, labels, { seed: 1 })
    expect(check.worse).toBe(false)
    expect(Math.max(...check.findings.map(({ before }) => before.foldedAuc))).toBeGreaterThan(0.65)
    for (const { attacker, after } of check.findings) expect(after.foldedAuc, attacker).toBeLessThan(0.58)
  })

  test('refuses what no unlearner can work with', () => {
    expect(() =>
      relabel(matrix(4, 1, Float32Array.of(1, 2, 3, 4)), { classes: ['f'], codes: Int32Array.of(0, 0, 0, 0) }),
    ).toThrow(IndistinctError)
  })
})
