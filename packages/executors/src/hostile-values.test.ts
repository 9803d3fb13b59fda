/** @file Values that would run a command if a shell read them: they reach the program as they are, or are refused. */

import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { IConfigMap } from 'kubernetes-models/v1/ConfigMap'
import type { IJob } from 'kubernetes-models/batch/v1/Job'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { runTasks } from './executor.ts'
import type { Task } from './task.ts'
import { kubernetesManifests } from './kubernetes.ts'
import { localExecutor } from './local.ts'
import { shellLine } from './shell-line.ts'
import { slurmExecutor } from './slurm.ts'
import { spawnTask } from './spawn-task.ts'

const oneLine = [
  '$(touch MARK)',
  '`touch MARK`',
  "'; touch MARK; '",
  '"; touch MARK #',
  '& touch MARK',
  '| touch MARK',
  '> MARK',
  '${IFS}',
  '\\',
  '~',
  '*',
  '!!',
  '%A',
  'a b',
  '',
]
const broken = ['a\ntouch MARK\n', '\n$(touch MARK)', 'a\r', 'a\0b', '\u001b[2J', 'a\u2028b']

let folder: string
let program: readonly string[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'indistinct-hostile-'))
  const script = join(folder, 'say.mjs')
  writeFileSync(
    script,
    `import { writeFileSync } from 'node:fs'\nwriteFileSync(${JSON.stringify(join(folder, 'said.json'))}, ` +
      'JSON.stringify([process.argv.slice(2), process.env.GIVEN]))',
  )
  program = [process.execPath, script]
})
afterEach(() => {
  vi.unstubAllEnvs()
  expect(readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('MARK'))).toEqual([])
  rmSync(folder, { recursive: true, force: true })
})

const task = (value: string): Task => ({ id: 'a', args: ['cell', '--store', value], env: { GIVEN: value } })
const said = (): unknown =>
  existsSync(join(folder, 'said.json')) ? JSON.parse(readFileSync(join(folder, 'said.json'), 'utf8')) : undefined
const whole = (value: string): unknown => [['cell', '--store', value], value]
const sh = (line: string, env: Record<string, string> = {}): void =>
  void execFileSync('sh', ['-c', line], { cwd: folder, env: { PATH: process.env['PATH'], ...env } })

/** Commands of Slurm that accept everything and hold nothing. */
function pretendSlurm(): void {
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  for (const [name, text] of [
    ['squeue', ''],
    ['sbatch', 'echo 1'],
  ] as const)
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 })
  vi.stubEnv('PATH', `${bin}:${process.env['PATH']}`)
}

describe.each(oneLine)('%j', (value) => {
  test('in a line of shell', () => {
    sh(shellLine(program, task(value).args, task(value).env!))
    expect(said()).toEqual(whole(value))
  })

  test('in a job array of Slurm', async () => {
    pretendSlurm()
    await slurmExecutor({ program, folder, label: 'test' }).submit([task(value)])
    const script = readdirSync(join(folder, 'slurm')).find((name) => name.endsWith('.sbatch'))!
    sh(join(folder, 'slurm', script), { SLURM_ARRAY_TASK_ID: '1' })
    expect(said()).toEqual(whole(value))
  })

  test('in a Job of Kubernetes', () => {
    const [commands, job] = (
      kubernetesManifests([task(value)], { program, label: 'test', image: 'x' })[0]!.list as unknown as {
        items: [IConfigMap, IJob]
      }
    ).items
    writeFileSync(join(folder, 'commands'), commands.data!['commands']!)
    sh(job.spec!.template.spec!.containers[0]!.command![2]!.replace('/tasks/commands', join(folder, 'commands')), {
      JOB_COMPLETION_INDEX: '0',
    })
    expect(said()).toEqual(whole(value))
  })

  test('in a process of this machine', async () => {
    await spawnTask(program, task(value), join(folder, 'logs')).ended
    expect(said()).toEqual(whole(value))
  })
})

describe.each(broken)('%j', (value) => {
  const refused = expect.objectContaining({ code: 'usage', message: expect.stringContaining('without') })

  test('is refused by every engine before anything is handed over', async () => {
    pretendSlurm()
    const done = (): Promise<Set<string>> => Promise.resolve(new Set())
    for (const executor of [localExecutor({ program, folder }), slurmExecutor({ program, folder, label: 'test' })]) {
      await expect(runTasks(executor, [{ id: 'good', args: [] }, task(value)], { done })).rejects.toThrow(refused)
      await executor.close()
    }
    await expect(slurmExecutor({ program, folder, label: 'test' }).submit([task(value)])).rejects.toThrow(refused)
    expect(() => kubernetesManifests([task(value)], { program, label: 'test', image: 'x' })).toThrow(refused)
    expect(() => spawnTask(program, task(value), folder)).toThrow(refused)
    expect(() => shellLine([...program, value], [], {})).toThrow(refused)
    expect(said()).toBeUndefined()
  })
})

test('a folder with a line break is refused before its scripts say so', async () => {
  pretendSlurm()
  await expect(
    slurmExecutor({ program, folder: join(folder, 'a\ntouch MARK\n'), label: 'test' }).submit([task('x')]),
  ).rejects.toThrow(expect.objectContaining({ code: 'usage' }))
})

test('ids and variables that are no names are refused, from whatever queue they come', () => {
  expect(() => spawnTask(program, { ...task('x'), id: '../../MARK' }, folder)).toThrow('expected an id')
  expect(() => spawnTask(program, { ...task('x'), env: { 'A;touch MARK;': 'x' } }, folder)).toThrow(
    'expected variables',
  )
  expect(() => kubernetesManifests([task('x')], { program, label: 'a; touch MARK', image: 'x' })).toThrow(
    'expected a label',
  )
  expect(() => shellLine(['/a=b/node'], [], {})).toThrow('without =')
})
