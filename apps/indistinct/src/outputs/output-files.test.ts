import { linkSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { checkOutputFormat, checkOutputs } from './output-files.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-outputs-'))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string): string => join(folder, name)
writeFileSync(at('there.npy'), 'x')
mkdirSync(at('folder'))
symlinkSync(folder, at('folder/way'))
symlinkSync(at('there.npy'), at('linked.npy'))
linkSync(at('there.npy'), at('second.npy'))
symlinkSync(at('gone.npy'), at('nowhere.npy'))

test('new files in folders that are there or can be made', () => {
  checkOutputs([at('new.npy'), at('folder/new.npy'), at('deep/er/new.npy')], [at('there.npy')], false)
  expect(readdirSync(folder, { recursive: true })).not.toContainEqual(expect.stringMatching(/new|deep/))
})

test('nothing is replaced without force', () => {
  expect(() => checkOutputs([at('there.npy')], [], false)).toThrow(
    expect.objectContaining({ code: 'file', message: expect.stringContaining('pass --force') }),
  )
  checkOutputs([at('there.npy')], [], true)
})

test('an input or another output is never replaced, force or not', () => {
  expect(() => checkOutputs([at('there.npy')], [join(folder, 'folder', '..', 'there.npy')], true)).toThrow(
    expect.objectContaining({ code: 'usage', message: expect.stringContaining('an input') }),
  )
  expect(() => checkOutputs([at('a.json'), at('a.json')], [], true)).toThrow('an output')
})

describe('an input by another spelling', () => {
  const spellings = {
    'a linked folder': at('folder/way/there.npy'),
    'a link': at('linked.npy'),
    'a hard link': at('second.npy'),
    dots: join(folder, 'folder', 'way') + '/folder/../there.npy',
    relative: relative(process.cwd(), at('there.npy')),
  }
  test.each(Object.entries(spellings))('%s', (_, path) => {
    const refused = expect.objectContaining({
      code: 'usage',
      message: expect.stringMatching(/is an input of this run already, as .*; name another file$/),
    })
    expect(() => checkOutputs([path], [at('there.npy')], true)).toThrow(refused)
    expect(() => checkOutputs([at('there.npy')], [undefined, path], true)).toThrow(refused)
  })

  test('two outputs that are one file, there or not', () => {
    const refused = expect.objectContaining({
      code: 'usage',
      message: expect.stringContaining('is an output of this run already, as'),
    })
    expect(() => checkOutputs([at('there.npy'), at('second.npy')], [], true)).toThrow(refused)
    expect(() => checkOutputs([at('new/a.json'), at('folder/way/new/a.json')], [], false)).toThrow(refused)
    expect(() => checkOutputs([at('new/a.json'), at('new/A.json')], [], false)).toThrow(refused)
    checkOutputs([at('new/a.json'), at('new/b.json')], [], false)
  })

  test('a file in a folder that is read as a whole', () => {
    expect(() => checkOutputs([at('folder/new.npy')], [at('folder')], true)).toThrow(
      /lies in .*folder, which this run reads as a whole/,
    )
    checkOutputs([at('new.npy')], [at('folder')], true)
  })

  test('a link that leads nowhere is something too', () => {
    expect(() => checkOutputs([at('nowhere.npy')], [], false)).toThrow('pass --force')
    checkOutputs([at('nowhere.npy')], [], true)
  })
})

test('a file where a folder should be', () => {
  expect(() => checkOutputs([at('there.npy/x/out.npy')], [], false)).toThrow(
    expect.objectContaining({ code: 'file', message: expect.stringContaining('there.npy is not a folder') }),
  )
})

test('a format that tables are not written in is wrong usage', () => {
  checkOutputFormat('x.csv')
  expect(() => checkOutputFormat('x.xlsx')).toThrow(
    expect.objectContaining({
      code: 'usage',
      message: '--out: expected a file named .npy, .npz, .csv, .tsv, .txt, .vec, .parquet or .safetensors, got x.xlsx',
    }),
  )
})
