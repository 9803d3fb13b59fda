import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { IndistinctError, writeFileAtomic } from './index.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'indistinct-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('writes text, bytes and chunks, makes folders, leaves nothing beside', () => {
  writeFileAtomic(join(folder, 'a', 'text'), 'é')
  writeFileAtomic(join(folder, 'a', 'chunks'), [Uint8Array.of(65, 66), Uint8Array.of(67)])
  expect(readFileSync(join(folder, 'a', 'text'), 'utf8')).toBe('é')
  expect(readFileSync(join(folder, 'a', 'chunks'), 'utf8')).toBe('ABC')
  expect(readdirSync(join(folder, 'a')).sort()).toEqual(['chunks', 'text'])
})

test('a failure half way leaves the old file whole and no part behind', () => {
  const path = join(folder, 'kept')
  writeFileSync(path, 'old')
  function* failing(): Generator<Uint8Array> {
    yield Uint8Array.of(1, 2, 3)
    throw new Error('boom')
  }
  expect(() => writeFileAtomic(path, failing())).toThrow(IndistinctError)
  expect(readFileSync(path, 'utf8')).toBe('old')
  expect(readdirSync(folder)).toEqual(['kept'])
})

test('an unusable folder is an error of code file that names the path', () => {
  writeFileSync(join(folder, 'plain'), '')
  const path = join(folder, 'plain', 'below')
  try {
    writeFileAtomic(path, 'x')
    expect.unreachable()
  } catch (error) {
    expect((error as IndistinctError).code).toBe('file')
    expect((error as IndistinctError).message).toContain(path)
  }
})
