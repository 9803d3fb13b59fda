import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { killedRuns } from './killed-runs.ts'
import { refusedRuns } from './refused-runs.ts'
import { complaints, restore, workplace } from './unlearning-runs.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-faults-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('every step of the writing, refused in every way, leaves old files or new ones', async () => {
  const result = await refusedRuns(await workplace(join(folder, 'refused'), 30))
  expect(result.complaints).toEqual([])
  expect(result.steps).toBeGreaterThan(30)
  expect(result.exits['4']).toBeGreaterThan(result.runs / 2)
}, 300_000)

test('killed runs leave old files or new ones, and the next run clears their leftovers', async () => {
  const result = await killedRuns(await workplace(join(folder, 'killed'), 2000), 2, 1)
  expect(result).toMatchObject({ kills: 2, complaints: [] })
}, 300_000)

test('half a file, a file that is gone, a leftover and a table before its sidecar are found', async () => {
  const place = await workplace(join(folder, 'watched'), 30)
  expect(complaints(place, { strayParts: false })).toEqual([])
  writeFileSync(join(place.folder, 'out', 'o.npy.json'), '{')
  rmSync(join(place.folder, 'out', 'o.npy'))
  writeFileSync(join(place.folder, 'out', '.o.npy.x-1-0.part'), '')
  expect(complaints(place, { strayParts: false }).sort()).toEqual(['.o.npy.x-1-0.part was left', 'o.npy is gone', 'o.npy.json is neither old nor new'])
  rmSync(join(place.folder, 'out', '.o.npy.x-1-0.part'))
  restore(place)
  expect(complaints(place, { strayParts: false })).toEqual([])
})
