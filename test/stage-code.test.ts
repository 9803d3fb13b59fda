import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { codeDigest } from '../tools/stages/src/stage-code.ts'
import { stages, type Stage } from '../tools/stages/src/stage.ts'

const workspace = fileURLToPath(new URL('..', import.meta.url))
let root: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'indistinct-code-'))
  for (const part of ['packages', 'tools', 'apps/experiments', 'package-lock.json']) {
    cpSync(join(workspace, part), join(root, part), {
      recursive: true,
      filter: (from) => !/node_modules|results|goldens/.test(from.slice(workspace.length)),
    })
  }
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** Stages whose digest changes when `edit` does its work. */
function changedBy(edit: () => void): Stage[] {
  const before = stages.map((stage) => codeDigest(stage, root))
  edit()
  return stages.filter((stage, at) => codeDigest(stage, root) !== before[at])
}

describe('codeDigest', () => {
  test('changes with the code that a stage runs, and with no other', () => {
    const write = (path: string) => () => {
      mkdirSync(join(root, path, '..'), { recursive: true })
      writeFileSync(join(root, path), '// changed\n')
    }
    expect(changedBy(write('packages/core/src/matrix.ts'))).toEqual(stages)
    expect(changedBy(write('apps/experiments/src/store/results.ts'))).toEqual(stages)
    expect(changedBy(write('apps/experiments/src/stages/attack-mean-roc.ts'))).toEqual(['attack'])
    expect(changedBy(write('apps/experiments/src/stages/train.ts'))).toEqual(['train'])
    expect(changedBy(write('packages/attackers/src/a-new-file.ts'))).toEqual(['attack', 'held', 'figure'])
    expect(changedBy(write('packages/datasets/src/csv.ts'))).toEqual(['prepare'])
    for (const path of [
      'packages/core/src/matrix.test.ts',
      'packages/embeddings/src/formats/npy/goldens/npy.json',
      'packages/core/README.md',
      'apps/experiments/src/start/start.ts',
      'apps/experiments/src/store/artifact-folder.test.ts',
    ]) {
      expect(changedBy(write(path)), path).toEqual([])
    }
  })

  test('changes with the locked version of a registry package of that stage, brought by another or not', () => {
    const path = join(root, 'package-lock.json')
    const edit = (name: string) => () => {
      const lock = JSON.parse(readFileSync(path, 'utf8')) as { packages: { [path: string]: { version: string } } }
      lock.packages[`node_modules/${name}`]!.version = '99.0.0'
      writeFileSync(path, JSON.stringify(lock))
    }
    expect(changedBy(edit('koffi'))).toEqual(['attack', 'held', 'figure'])
    expect(changedBy(edit('typescript'))).toEqual(stages)
    expect(changedBy(edit('vitest'))).toEqual([])
  })
})
