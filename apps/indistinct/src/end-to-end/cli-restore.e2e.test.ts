import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sha256 } from '@indistinct/core'
import { writeNpy } from '@indistinct/embeddings'
import { makeDelta } from '@indistinct/unlearners'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { indistinct, plantLeak, type Finished } from './spawned-cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-restore-'))
const at = (name: string): string => join(folder, name)
const run = (...args: string[]): Promise<Finished> => indistinct(args, { cwd: folder })
const values = Float32Array.from({ length: 60 }, (_, p) => Math.sin(p * p))

beforeAll(() => {
  plantLeak(folder, 60, 1.2)
  writeFileSync(at('original.npy'), writeNpy([20, 3], values))
  writeFileSync(
    at('unlearned.npy'),
    writeNpy(
      [20, 3],
      values.map((value, p) => (p < 30 ? value : value + 0.1)),
    ),
  )
  writeFileSync(at('users.delta'), makeDelta(readFileSync(at('original.npy')), readFileSync(at('unlearned.npy'))))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('restore', () => {
  test('writes the original, byte for byte, and its digest', async () => {
    const { code, stdout, stderr } = await run(
      'restore',
      'unlearned.npy',
      '--delta',
      'users.delta',
      '--out',
      'back.npy',
    )
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toBe(`back.npy  sha256 ${sha256(readFileSync(at('original.npy')))}\n`)
    expect(Buffer.compare(readFileSync(at('back.npy')), readFileSync(at('original.npy')))).toBe(0)
    expect(await run('restore', 'unlearned.npy', '--delta', 'users.delta', '--out', 'back.npy')).toMatchObject({
      code: 4,
    })
    const again = await run(
      'restore',
      'unlearned.npy',
      '--delta',
      'users.delta',
      '--out',
      'back.npy',
      '--force',
      '--json',
    )
    expect(JSON.parse(again.stdout)).toMatchObject({
      schema: 'indistinct/restore/1',
      output: { table: { file: 'back.npy', sha256: sha256(readFileSync(at('original.npy'))) } },
    })
  })

  test('another table, a changed delta and a file of another kind exit 3 and write nothing', async () => {
    const changed = readFileSync(at('users.delta'))
    changed[changed.length - 1]! ^= 1
    writeFileSync(at('changed.delta'), changed)
    for (const [table, delta, message] of [
      [
        'original.npy',
        'users.delta',
        /^error: original\.npy: expected the table that users\.delta was written with, .*; it is the original already\n$/,
      ],
      [
        'users.csv',
        'users.delta',
        /^error: users\.csv: expected the table that users\.delta was written with, .*; another run wrote it, or it was changed since\n$/,
      ],
      [
        'unlearned.npy',
        'changed.delta',
        /^error: changed\.delta: its content does not match its checksum; the file was changed\n$/,
      ],
      [
        'unlearned.npy',
        'people.csv',
        /^error: people\.csv: expected a delta of schema indistinct\/delta\/1, as unlearn --delta writes it, got /,
      ],
    ] as const) {
      const { code, stdout, stderr } = await run('restore', table, '--delta', delta, '--out', 'nothing.npy')
      expect([code, stdout]).toEqual([3, ''])
      expect(stderr).toMatch(message)
      expect(existsSync(at('nothing.npy'))).toBe(false)
    }
  })

  test('a missing file exits 4, the table as its own output 2', async () => {
    expect(await run('restore', 'none.npy', '--delta', 'users.delta', '--out', 'o.npy')).toMatchObject({
      code: 4,
      stderr: 'error: cannot read none.npy: no such file\n',
    })
    expect(
      await run('restore', 'unlearned.npy', '--delta', 'users.delta', '--out', 'unlearned.npy', '--force'),
    ).toMatchObject({ code: 2 })
  })
})
