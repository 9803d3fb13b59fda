import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { CommandName } from './commands.ts'
import { cannotMount, onFullDisks } from './full-disk.ts'
import { killedRuns } from './killed-runs.ts'
import { refusedRuns } from './refused-runs.ts'
import { complaints, restore, workplace } from './workplace.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-faults-'))
afterAll(() => rmSync(folder, { recursive: true }))

test.each<CommandName>(['unlearn npy', 'unlearn npy, nothing there', 'unlearn parquet', 'artifact', 'fetch'])(
  '%s: every step of the writing, refused, leaves old files or new ones',
  async (name) => {
    const result = await refusedRuns(await workplace(join(folder, 'refused', name), name, 30), { every: false })
    expect(result.complaints).toEqual([])
    expect(result.steps).toBeGreaterThan(10)
    expect(result.exits['4']).toBeGreaterThan(result.runs / 2)
  },
)

test('killed runs leave old files or new ones, and the next run clears their leftovers', async () => {
  const result = await killedRuns(await workplace(join(folder, 'killed'), 'unlearn npy', 2000), 2, 1)
  expect(result).toMatchObject({ kills: 2, complaints: [] })
  expect(result.writing).toBeGreaterThan(0)
})

test('a disk that is really full, and one that is read-only', async (context) => {
  const point = join(folder, 'point')
  mkdirSync(point)
  const reason = cannotMount(point)
  if (reason !== undefined) {
    console.warn(`skipped: ${reason}`)
    return context.skip()
  }
  const result = await onFullDisks(await workplace(join(folder, 'full'), 'unlearn npy', 500), [24, 96, 1024])
  expect(result).toMatchObject({ complaints: [], exits: { 0: 1, 4: 5 } })
})

test('half a file, a file that is gone, a leftover and a table before its sidecar are found', async () => {
  const place = await workplace(join(folder, 'watched'), 'unlearn npy', 30)
  expect(complaints(place, { strayParts: false })).toEqual([])
  writeFileSync(join(place.folder, 'out', 'o.npy.json'), '{')
  rmSync(join(place.folder, 'out', 'o.npy'))
  writeFileSync(join(place.folder, 'out', '.o.npy.x-1-0.part'), '')
  expect(complaints(place, { strayParts: false }).sort()).toEqual([
    '.o.npy.x-1-0.part was left',
    'o.npy is gone',
    'o.npy.json is neither old nor new',
  ])
  rmSync(join(place.folder, 'out', '.o.npy.x-1-0.part'))
  restore(place)
  expect(complaints(place, { strayParts: false })).toEqual([])
})
