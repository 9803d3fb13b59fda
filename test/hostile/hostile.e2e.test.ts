import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { HostileFile } from './hostile-file.ts'
import { hostileFiles } from './hostile-files.ts'
import { complaints, hostilePlace, type HostileRun } from './hostile-run.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-hostile-'))
let place: Awaited<ReturnType<typeof hostilePlace>>
beforeAll(async () => {
  place = await hostilePlace(folder)
})
afterAll(() => rmSync(folder, { recursive: true }))

// All of them are for `npm run test:hostile`: each starts a process.
test.each([
  'hdr4g.npy',
  'bomb63m.npz',
  'many63m.npz',
  'deep.safetensors',
  'proto.safetensors',
  'wide40000.csv',
  'groups64.parquet',
  'gzip_lie.parquet',
  'const_flow.npy',
])('%s ends as it should, within 256 MiB and 10 s of processor time', (name) => {
  const file = hostileFiles.find((each) => each.name === name)!
  expect(complaints(file, place.run(file), place.plain)).toEqual([])
})

test('every file has a name of its own', () => {
  expect(new Set(hostileFiles.map(({ name }) => name)).size).toBe(hostileFiles.length)
})

test('the plain table leaks, so that a table read wrongly would show', () => {
  expect(place.plain.exit).toBe(0)
  expect(place.plain.aucs.length).toBeGreaterThan(0)
  expect(Math.max(...place.plain.aucs)).toBeGreaterThan(0.8)
})

const refusedFile: HostileFile = { name: 'x.npy', make: () => new Uint8Array(0), outcome: 'refused' }
const ran: HostileRun = { name: 'x.npy', exit: 3, mib: 100, seconds: 1, message: 'error: x.npy: no', aucs: [] }
test.each<[string, Partial<HostileRun>, Partial<HostileFile>, string]>([
  ['another exit code', { exit: 1 }, {}, 'expected exit code 3, got 1'],
  ['an end by a signal', { exit: null, mib: NaN, seconds: NaN }, {}, 'expected exit code 3, got null'],
  ['a message about another file', { message: 'error: people.csv: no' }, {}, 'expected a message that names the file'],
  ['another message', {}, { says: /yes/ }, 'expected a message of yes'],
  ['other AUCs', { exit: 0, aucs: [0.5] }, { outcome: 'right' }, 'expected AUCs'],
  ['memory', { mib: 257 }, {}, 'expected at most 256 MiB, got 257'],
  ['time', { seconds: 10.1 }, {}, 'expected at most 10 s, got 10.1'],
  ['control characters', { message: 'error: x.npy: \x1b]0;t' }, {}, 'control characters'],
])('%s is told', (_, run, file, message) => {
  expect(complaints({ ...refusedFile, ...file }, { ...ran, ...run }, { ...ran, aucs: [0.9] }).join('\n')).toContain(
    message,
  )
})

test('nothing is told of a run that ends as it should', () => {
  expect(complaints(refusedFile, ran, ran)).toEqual([])
})
