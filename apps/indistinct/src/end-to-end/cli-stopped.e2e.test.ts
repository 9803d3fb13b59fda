import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { indistinct, plantLeak, type Finished } from './spawned-cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'stopped-'))
beforeAll(() => plantLeak(folder, 1200, 1))
afterAll(() => rmSync(folder, { recursive: true }))

/** Runs `args`, which write into the folder `out`, and sends SIGINT once stderr has `moment`, or at once. */
function stopped(args: readonly string[], out: string, moment?: string): Promise<Finished> {
  mkdirSync(join(folder, out))
  const people = ['--attributes', 'people.csv', '--attribute', 'gender']
  return indistinct([...args, ...people], {
    cwd: folder,
    onStart: (child) => {
      if (moment === undefined) child.once('spawn', () => child.kill('SIGINT'))
      let said = ''
      child.stderr!.on('data', (text: string) => {
        said += text
        if (moment !== undefined && said.includes(moment)) child.kill('SIGINT')
      })
    },
  })
}

// A process that a signal ends has no code of its own; shells say 130.
const bySignal = { code: null, signal: 'SIGINT', stdout: '' }

describe('Ctrl-C leaves nothing behind', () => {
  test.each([
    ['as unlearn starts', undefined],
    ['before users move', 'unlearn: about '],
    ['in the self-check', 'unlearn: self-check'],
    ['while the report is made', 'unlearn: report'],
  ])('%s', async (name, moment) => {
    const out = name.replaceAll(' ', '-')
    expect(await stopped(['unlearn', 'users.csv', '--out', `${out}/new.csv`], out, moment)).toMatchObject(bySignal)
    expect(readdirSync(join(folder, out))).toEqual([])
  })

  test.each([
    ['as audit starts', undefined],
    ['once attacks are under way', 'audit: a leak shows from'],
  ])('%s', async (name, moment) => {
    const out = name.replaceAll(' ', '-')
    expect(await stopped(['audit', 'users.csv', '--report', `${out}/audit.html`], out, moment)).toMatchObject(bySignal)
    expect(readdirSync(join(folder, out))).toEqual([])
  })

  test('in certify', async () => {
    const args = ['certify', 'users.csv', '--original', '--report', 'certify/certified.html']
    expect(await stopped(args, 'certify', 'attacks: a leak shows from')).toMatchObject(bySignal)
    expect(readdirSync(join(folder, 'certify'))).toEqual([])
  })
})
