import { describe, expect, test } from 'vitest'
import type { Matrix } from '@indistinct/core'
import { calibratedFlow } from '../flow/calibrated-flow.ts'
import { unlearners } from '../unlearners.ts'
import type { ShardedTable, ShardScratch } from './sharded-table.ts'
import { leakyTable, twoPeaks, type LeakyTable } from '../testing/leaky-tables.ts'
import { shardMethods, unlearnShards, type ShardMethod, type ShardOptions } from './unlearn-shards.ts'

function memoryScratch(cols: number, kept: Map<string, Float32Array>): ShardScratch {
  return {
    open(shard, name) {
      const data = kept.get(`${shard} ${name}`)
      return data && { readRows: (from, to, into) => into.set(data.subarray(from * cols, to * cols)) }
    },
    create(shard, name) {
      const parts: number[] = []
      return {
        write: (rows) => parts.push(...rows),
        commit: () => void kept.set(`${shard} ${name}`, Float32Array.from(parts)),
      }
    },
    keepOnly(shard, names) {
      for (const key of kept.keys())
        if (key.startsWith(`${shard} `) && !names.includes(key.slice(`${shard} `.length))) kept.delete(key)
    },
  }
}

/**
 * The table in `count` shards of about one size, all in this process; `losing` what is kept, as a machine that is
 * replaced does.
 */
function inShards({ embedding, labels }: LeakyTable, count: number, losing = false): ShardedTable {
  const { rows, cols, data } = embedding
  const shards = Array.from({ length: count }, (_, index) => {
    const [from, to] = [Math.floor((index * rows) / count), Math.floor(((index + 1) * rows) / count)]
    return {
      index,
      rows: to - from,
      codes: labels.codes.slice(from, to),
      readRows: (first: number, last: number, into: Float32Array) =>
        into.set(data.subarray((from + first) * cols, (from + last) * cols)),
    }
  })
  const kept = new Map<string, Float32Array>()
  return {
    cols,
    shards,
    sizes: labels.classes.map((_, c) => labels.codes.filter((code) => code === c).length),
    centre: Float64Array.from(data.subarray(0, cols)),
    scratch: memoryScratch(cols, kept),
    sum(_, length, own) {
      if (losing) kept.clear()
      const total = new Float64Array(length)
      for (const shard of shards) own(shard).forEach((value, p) => (total[p]! += value))
      return total
    },
  }
}

function unlearn(
  before: LeakyTable,
  count: number,
  method: ShardMethod,
  options: ShardOptions = {},
  losing = false,
): Matrix {
  const table = inShards(before, count, losing)
  const result = unlearnShards(table, method, options)
  const parts: number[] = []
  for (const shard of table.shards) result.eachBlock(shard, (block) => void parts.push(...block))
  return { ...before.embedding, data: Float32Array.from(parts) }
}

function largestDifference(a: Matrix, b: Matrix): number {
  return a.data.reduce((most, value, p) => Math.max(most, Math.abs(value - b.data[p]!)), 0)
}

describe('unlearnShards', () => {
  const before = twoPeaks(leakyTable([1300, 700], 12, 1.5, 1, 15), 5, 1)
  const options = { frequencies: 128, seed: 3 }

  test.each(shardMethods)('%s: what the method makes of the whole table, in any number of shards', (method) => {
    const whole =
      method === 'flow'
        ? calibratedFlow(before.embedding, before.labels, { ...options, kernel: 'random-fourier' })
        : unlearners[method].unlearn(before.embedding, before.labels)
    for (const count of [1, 3, 8])
      expect(largestDifference(unlearn(before, count, method, options), whole.embedding)).toBeLessThan(2e-5)
  })

  test('the flow by its parts: plain, several labels, and with every kept table lost', () => {
    const three = leakyTable([700, 500, 400], 8, 1.5, 10)
    for (const [table, more] of [
      [before, { moments: false }],
      [three, {}],
    ] as const) {
      const whole = calibratedFlow(table.embedding, table.labels, { ...options, ...more, kernel: 'random-fourier' })
      const parts = unlearn(table, 4, 'flow', { ...options, ...more })
      expect(largestDifference(parts, whole.embedding)).toBeLessThan(2e-5)
      expect(largestDifference(whole.embedding, table.embedding)).toBeGreaterThan(0.1)
    }
    expect(unlearn(before, 4, 'flow', options, true).data).toEqual(unlearn(before, 4, 'flow', options).data)
  })

  test('rows without a label stay, and one table gives one result', () => {
    const after = unlearn(before, 5, 'flow', options)
    expect(after.data.subarray(0, 15 * 12)).toEqual(before.embedding.data.subarray(0, 15 * 12))
    expect(unlearn(before, 5, 'flow', options).data).toEqual(after.data)
    expect(unlearn(before, 5, 'flow', { ...options, seed: 4 }).data).not.toEqual(after.data)
  })

  test.each(shardMethods)('refuses a class of equal rows: %s', (method) => {
    const before = leakyTable([60, 40], 4, 1.5, 2)
    before.labels.codes.forEach((code, i) => code === 1 && before.embedding.data.fill(0.3, i * 4, (i + 1) * 4))
    expect(() => unlearnShards(inShards(before, 3), method)).toThrow(
      'expected users of class 1 (from 0) that differ, got 40 equal rows',
    )
  })

  test('columns of unlike spread: the flow refuses them by name, closed forms do as in memory', () => {
    const before = leakyTable([60, 40], 4, 1.5, 2)
    const scales = [1, 1e-7, 1e7, 1]
    const unlike = {
      ...before,
      embedding: { ...before.embedding, data: before.embedding.data.map((value, p) => value * scales[p % 4]!) },
    }
    expect(() => unlearnShards(inShards(unlike, 3), 'flow')).toThrow(
      /got a spread of [\d.e+]+ in column 2 \(from 0\), over 1000 times/,
    )
    for (const method of ['leace', 'gaussian-transport'] as const) {
      const inMemory = unlearners[method].unlearn(unlike.embedding, unlike.labels).embedding
      const { data } = unlearn(unlike, 3, method)
      data.forEach((value, p) => expect(Math.abs(value - inMemory.data[p]!) / scales[p % 4]!).toBeLessThan(1e-5))
    }
  })

  test('refuses equal rows', () => {
    const flat = {
      ...before,
      embedding: { ...before.embedding, data: new Float32Array(before.embedding.data.length).fill(0.5) },
    }
    expect(() => unlearn(flat, 2, 'flow')).toThrow('equal rows')
  })
})
