/** @file `npm start` from the outside: exit codes, what goes to which stream, and going on after a stop. */

import { spawn } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { syntheticDataset } from '@indistinct/datasets'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { copyWorkspace, type WorkspaceCopy } from './workspace-copy.ts'

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

let copy: WorkspaceCopy
beforeAll(() => {
  copy = copyWorkspace()
  writeData('interactions.csv', 'users.csv', 140)
})
afterAll(() => copy?.remove())

describe('npm start', () => {
  test('an unknown flag and an unknown name are usage errors, before anything runs', async () => {
    expect(await start(['--datset', 'x'])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining("Unknown option '--datset'") as string,
    })
    expect(await start(['--dataset', 'x'])).toMatchObject({ code: 2, stdout: '' })
  })

  test('data that is not there ends with 4 and says where it was looked for', async () => {
    const { code, stdout, stderr } = await start(['--dataset', 'ml-100k', '--data', join(copy.root, 'nowhere')])
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' })
    expect(stderr).toContain(
      `MovieLens 100K not found: expected u.data, u.user, u.item in ${join(copy.root, 'nowhere', 'ml-100k')}`,
    )
  })

  test('an attribute that the data lacks ends with 3', async () => {
    const { code, stderr } = await start([
      ...own('interactions.csv', 'users.csv'),
      '--attribute',
      'age',
      '--epochs',
      '1',
    ])
    expect(code).toBe(3)
    expect(stderr).toContain('interactions.csv: expected one of its attributes (gender), got "age"')
  })

  test('stopped by a signal it ends with 130, and then goes on from the last stage that ended', async () => {
    const args = [
      ...own('interactions.csv', 'users.csv'),
      '--attacker',
      'xgb',
      '--protocol',
      'five-fold',
      '--epochs',
      '2',
    ]
    // Before the first stage, and in training; once unlearning is done, training is in the cache for certain, and
    // attacks are still to come.
    for (const moment of [
      ' stages, ',
      '] prepare-interactions.csv-',
      '] train-interactions.csv-',
      '] unlearn-interactions.csv-',
    ]) {
      const stopped = await start(args, moment)
      expect(stopped).toMatchObject({ code: 130, stdout: '' })
      expect(stopped.stderr.split('\n').filter((line) => line.startsWith('stopped by SIGINT'))).toHaveLength(1)
      expect(leftovers()).toEqual([])
    }

    const { code, stdout, stderr } = await start([...args, '--json'])
    expect(code).toBe(0)
    expect(stderr).toMatch(/prepare-interactions\.csv-\w+ cached\n/)
    expect(stderr).toMatch(/train-interactions\.csv-lightgcn-\w+ cached\n/)
    const results = JSON.parse(stdout) as {
      schema: string
      complete: boolean
      models: { attacks: unknown[]; report?: string }[]
    }
    expect(results).toMatchObject({ schema: 'indistinct.start/1', complete: true })
    // Two user tables, before and after.
    expect(results.models.map((model) => model.attacks.length)).toEqual([2, 2])
    expect(leftovers()).toEqual([])

    const again = await start([...args, '--quiet'])
    expect(again).toMatchObject({ code: 0, stderr: '' })
    expect(again.stdout).toMatch(/NDCG@10 \(full ranking\) +0\.\d{4} \[.*\] +0\.\d{4}/)
    expect(again.stdout).toMatch(/attack +\d+\.\d \(cached\)/)
    expect(again.stdout).toContain(results.models[1]!.report!)
  })

  test('where some attacks cannot be made the rest is shown, and it ends with 6', async () => {
    // 13 women: enough for five folds, too few for a tenth of them to hold two.
    writeData('small.csv', 'small-users.csv', 45)
    const { code, stdout, stderr } = await start([
      ...own('small.csv', 'small-users.csv'),
      '--attacker',
      'xgb',
      '--epochs',
      '1',
    ])
    expect(code).toBe(6)
    expect(stdout).toMatch(/layer-0, xgb, five-fold, raw +0\.\d{3}/)
    expect(stdout).not.toMatch(/xgb, paper/)
    expect(stderr).toContain('label "F" has 13 users, protocol paper needs at least 20 of each label')
  })
})

function own(interactions: string, users: string): string[] {
  return ['--interactions', join(copy.root, interactions), '--attributes', join(copy.root, users)]
}

function writeData(interactionsFile: string, usersFile: string, count: number): void {
  const { users, items, interactions, attributes } = syntheticDataset({ users: count, items: 60 })
  const gender = attributes['gender']!
  const rows = Array.from(interactions.users, (user, p) => `${users[user]},${items[interactions.items[p]!]}`)
  writeFileSync(join(copy.root, interactionsFile), `user,item\n${rows.join('\n')}\n`)
  writeFileSync(
    join(copy.root, usersFile),
    `user,gender\n${users.map((user, i) => `${user},${gender.classes[gender.codes[i]!]}`).join('\n')}\n`,
  )
}

/** Folders of unfinished artifacts. */
function leftovers(): string[] {
  return readdirSync(join(copy.root, 'artifacts'), { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.part'),
  )
}

/** Runs the copy's `npm start`, and interrupts it once `until` has come on stderr. */
function start(args: readonly string[], until?: string): Promise<Ended> {
  const env = {
    ...process.env,
    INDISTINCT_DATA: undefined,
    INIT_CWD: undefined,
    XDG_CACHE_HOME: join(copy.root, 'cache'),
  }
  const child = spawn(process.execPath, ['apps/experiments/bin/start.js', ...args], { cwd: copy.root, env })
  let stdout = ''
  let stderr = ''
  let interrupted = false
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
    if (interrupted || until === undefined || !stderr.includes(until)) return
    interrupted = true
    child.kill('SIGINT')
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}
