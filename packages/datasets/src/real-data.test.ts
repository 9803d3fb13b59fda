/** @file Exact counts of the real data sets; needs INDISTINCT_DATA. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe as suite, expect, test } from 'vitest'
import type { Dataset } from './dataset.ts'
import { describe } from './describe.ts'
import { isOfficial } from './official-file.ts'
import { kCore } from './k-core.ts'
import { knownDataset } from './known-datasets.ts'
import { loadDataset } from './load.ts'
import { findDataset } from './locate.ts'

function counts(dataset: Dataset): { users: number; items: number; interactions: number; F: number[]; M: number[] } {
  const { users, items, interactions, attributes } = describe(dataset)
  const [f, m] = attributes['gender']!.classes
  return { users, items, interactions, F: [f!.users, f!.interactions], M: [m!.users, m!.interactions] }
}

/** The suite of one data set, skipped with a reason where its files are not there. */
function withData(name: string, body: () => void): void {
  const present = process.env['INDISTINCT_DATA'] && findDataset(knownDataset(name)!)
  if (!present)
    console.warn(
      `${name}: skipped, since INDISTINCT_DATA ${process.env['INDISTINCT_DATA'] ? 'has no such files' : 'is not set'}`,
    )
  suite.skipIf(!present)(name, body)
}

withData('ml-100k', () => {
  test('has the counts of its README, before and after the 5-core filter', async () => {
    const dataset = await loadDataset('ml-100k')
    expect(counts(dataset)).toEqual({
      users: 943,
      items: 1682,
      interactions: 100_000,
      F: [273, 25_740],
      M: [670, 74_260],
    })
    expect(counts(kCore(dataset, 5))).toMatchObject({ users: 943, items: 1349, interactions: 99_287 })
    expect(describe(dataset).sparsity).toBeCloseTo(0.937, 3)
    expect(dataset.itemNames).toContain('Misérables, Les (1995)')
    expect(dataset.attributes['occupation']!.classes.length).toBe(21)
    expect(dataset.attributes['age']!.classes).toEqual(['0-17', '18-24', '25-34', '35-44', '45-49', '50-55', '56+'])
  })

  test('is made of the official files', () => {
    const known = knownDataset('ml-100k')!
    for (const file of known.files)
      expect(isOfficial(readFileSync(join(findDataset(known)!, file.name)), file), file.name).toBe(true)
  })
})

withData('ml-1m', () => {
  test('has the counts of its README, before and after the 5-core filter', async () => {
    const dataset = await loadDataset('ml-1m')
    expect(counts(dataset)).toEqual({
      users: 6040,
      items: 3706,
      interactions: 1_000_209,
      F: [1709, 246_440],
      M: [4331, 753_769],
    })
    expect(counts(kCore(dataset, 5))).toMatchObject({ users: 6040, items: 3416, interactions: 999_611 })
    expect(dataset.items.at(-1)).toBe('3952')
    expect(dataset.attributes['occupation']!.classes.length).toBe(21)
    expect(dataset.attributes['age']!.classes.length).toBe(7)
  })
})

withData('lastfm', () => {
  test('has its counts, without the two duplicates, before and after the 5-core filter', async () => {
    const dataset = await loadDataset('lastfm')
    expect(dataset.notes).toEqual(['2 duplicate user-item rows dropped'])
    expect(counts(dataset)).toMatchObject({ users: 15_000, items: 1004, interactions: 289_953 })
    expect([counts(dataset).F[0], counts(dataset).M[0]]).toEqual([3851, 11_149])
    const core = counts(kCore(dataset, 5))
    expect([core.users, core.interactions, core.F[0], core.M[0]]).toEqual([14_011, 287_276, 3618, 10_393])
  })
})

withData('oulad', () => {
  test('has the counts of its README, before and after the 5-core filter', async () => {
    const dataset = await loadDataset('oulad')
    expect(counts(dataset)).toMatchObject({ users: 23_369, items: 188, interactions: 173_912 })
    const core = describe(kCore(dataset, 5))
    expect([core.users, core.items, core.interactions]).toEqual([16_648, 188, 157_107])
    const disability = core.attributes['disability']!
    expect(disability.classes.map(({ label, users }) => [label, users])).toEqual([
      ['N', 15_189],
      ['Y', 1459],
    ])
    expect(disability.missing.users).toBe(0)
  })

  test('is made of the pinned files', () => {
    const known = knownDataset('oulad')!
    for (const file of known.files)
      expect(isOfficial(readFileSync(join(findDataset(known)!, file.name)), file), file.name).toBe(true)
  })
})

withData('lfm-2b', () => {
  test('has the published counts', async () => {
    expect(counts(kCore(await loadDataset('lfm-2b'), 5))).toMatchObject({
      users: 19_972,
      F: [4415, expect.any(Number)],
      M: [15_557, expect.any(Number)],
    })
  })
})
