import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { exampleLines } from './command-help.ts'
import { commandOptions } from './command-options.ts'
import { indistinctInProcess } from '../end-to-end/in-process-cli.ts'

const goldens = new URL('./goldens/help/', import.meta.url)
const names = ['indistinct', 'data', 'grid', 'shards', 'completion', ...Object.keys(commandOptions)]
const fileOf = (name: string): string => `${name.replaceAll(' ', '-')}.txt`

describe('--help, at 100 columns', () => {
  test.each(names)('%s', async (name) => {
    const { code, stdout, stderr } = await indistinctInProcess([
      ...(name === 'indistinct' ? [] : name.split(' ')),
      '--help',
    ])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    await expect(stdout).toMatchFileSnapshot(`./goldens/help/${fileOf(name)}`)
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100)
    expect(stdout.indexOf('Examples:')).toBeLessThan(stdout.indexOf(':\n  ', stdout.indexOf('Examples:') + 10))
    expect(stdout).toMatch(/Exit codes:\n {2}0 {9}done\n/)
  })

  test('there is no text of a command that is gone', () => {
    expect(readdirSync(goldens).sort()).toEqual(names.map(fileOf).sort())
  })
})

test('every option of every command stands under a heading of its own', () => {
  for (const [command, options] of Object.entries(commandOptions)) {
    for (const [name, option] of Object.entries(options))
      expect(option.group, `${command} --${name}`).toMatch(/^[A-Z].*:$/)
  }
})

test('examples go on in lines that can be pasted', () => {
  expect(exampleLines('doctor')).toEqual(['  $ indistinct doctor'])
  expect(exampleLines(`audit t.npy --attributes ${'a'.repeat(50)} --attribute gender`)).toEqual([
    `  $ indistinct audit t.npy --attributes ${'a'.repeat(50)} \\`,
    '      --attribute gender',
  ])
})
