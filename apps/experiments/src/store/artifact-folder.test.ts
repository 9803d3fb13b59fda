import { spawn } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { csrFromPairs, matrix } from '@indistinct/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeArtifact, readCsrOf, readJsonOf, readMatricesOf, readMatrixOf, removeStopped } from './artifact-folder.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'indistinct-artifact-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

describe('makeArtifact', () => {
  test('what is written is read back', async () => {
    const table = matrix(2, 2, Float32Array.of(1, 2, 3, 4))
    const sparse = csrFromPairs(2, 3, Int32Array.of(1), Int32Array.of(2))
    await makeArtifact(root, async (artifact) => {
      artifact.json('numbers', { b: 1, a: [2] })
      artifact.matrix('tables/one', table)
      artifact.csr('train', sparse)
    })
    expect(readJsonOf(root, 'numbers')).toEqual({ a: [2], b: 1 })
    expect(readMatrixOf(root, 'tables/one')).toEqual(table)
    expect(readMatricesOf(root, 'tables')).toEqual({ one: table })
    expect(readCsrOf(root, 'train')).toEqual(sparse)
  })

  test('equal content is equal bytes, whatever the order of keys', async () => {
    const bytesOf = async (value: { [key: string]: number }): Promise<string> => {
      await makeArtifact(root, async (artifact) => artifact.json('value', value))
      return readFileSync(join(root, 'artifact', 'value.json'), 'utf8')
    }
    expect(await bytesOf({ a: 1, b: 2 })).toBe(await bytesOf({ b: 2, a: 1 }))
  })

  test('a stage that fails leaves the artifact that was there, and nothing else', async () => {
    await makeArtifact(root, async (artifact) => artifact.text('result.txt', 'old'))
    const failing = makeArtifact(root, async (artifact) => {
      artifact.text('result.txt', 'new')
      throw new Error('no more')
    })
    await expect(failing).rejects.toThrow('no more')
    expect(readFileSync(join(root, 'artifact', 'result.txt'), 'utf8')).toBe('old')
    expect(readdirSync(root)).toEqual(['artifact'])
  })

  test('files of an earlier artifact and of killed runs are gone', async () => {
    await makeArtifact(root, async (artifact) => artifact.text('earlier.txt', ''))
    mkdirSync(join(root, 'artifact.4242.part'))
    writeFileSync(join(root, 'artifact.4242.part', 'half.txt'), '')
    await makeArtifact(root, async (artifact) => artifact.text('later.txt', ''))
    expect(readdirSync(root)).toEqual(['artifact'])
    expect(readdirSync(join(root, 'artifact')).sort()).toEqual(['digests.json', 'later.txt'])
  })

  test('what a stopped stage left goes once its process is gone, and not before', async () => {
    const stopped = spawn(process.execPath, ['--eval', 'setInterval(() => 0, 1000)'])
    const part = join(root, `artifact.${stopped.pid}.part`)
    mkdirSync(part, { recursive: true })
    const removed = removeStopped(root)
    expect(existsSync(part)).toBe(true)
    stopped.kill()
    await removed
    expect(existsSync(part)).toBe(false)
  })

  test('NaN never gets into an artifact', async () => {
    await expect(makeArtifact(root, async (artifact) => artifact.json('value', { auc: NaN }))).rejects.toThrow(
      'expected a finite number',
    )
  })

  test('a missing file says what to do', () => {
    expect(() => readJsonOf(root, 'model')).toThrow(/cannot read .*model\.json.*run the grid again/)
  })

  test.each<[string, () => void]>([
    ['changed', () => writeFileSync(join(root, 'artifact', 'model.json'), '{"auc":0.5}')],
    ['put there by somebody else', () => writeFileSync(join(root, 'artifact', 'digests.json'), '{}')],
  ])('a file that was %s is not believed', async (_, poison) => {
    await makeArtifact(root, async (artifact) => {
      artifact.json('model', { auc: 0.9 })
      artifact.matrix('tables/one', matrix(1, 1, Float32Array.of(1)))
    })
    expect(readJsonOf(root, 'model')).toEqual({ auc: 0.9 })
    poison()
    expect(() => readJsonOf(root, 'model')).toThrow(
      expect.objectContaining({
        code: 'file',
        message: expect.stringMatching(
          /model\.json: expected .*as its stage wrote it, got sha256 .*run again with --fresh/,
        ),
      }),
    )
  })

  test('a table more is no part of the artifact', async () => {
    await makeArtifact(root, async (artifact) => artifact.matrix('tables/one', matrix(1, 1, Float32Array.of(1))))
    copyFileSync(join(root, 'artifact/tables/one.npy'), join(root, 'artifact/tables/two.npy'))
    expect(() => readMatricesOf(root, 'tables')).toThrow(/two\.npy: expected no such file/)
  })
})
