/**
 * @file Slurm: a job array for each wave of tasks, one after the other. Everything is submitted at once, so that nobody
 * has to stay logged in; a wave starts when the one before has ended, well or not, since one failure is no reason to
 * leave out what does not need it.
 */

import { execFile } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { checkOptions, fileError, writeFileAtomic } from '@indistinct/core'
import { memoryOf, wavesOf, type Executor, type Failure } from './executor.ts'
import { shellLine, shellQuoted } from './shell-line.ts'
import { lastLines } from './spawn-task.ts'
import { checkTask } from './task-names.ts'
import type { Task } from './task.ts'

export interface SlurmOptions {
  /** How `indistinct` is called on the nodes: interpreter and script. */
  readonly program: readonly string[]
  /** A folder that the nodes see under the same path: scripts, and the output of every task. */
  readonly folder: string
  /** Names the jobs. */
  readonly label: string
  /** Tasks of an array at a time (its throttle); as many as the cluster gives when absent. */
  readonly workers?: number | undefined
  /** Cores a task; default 1. */
  readonly threads?: number | undefined
}

/** Elements of an array: one less than Slurm's MaxArraySize unless an administrator has raised it. */
const LARGEST_ARRAY = 1000

/** Reasons of jobs that wait for their turn alone. */
const patient = new Set(['None', 'Dependency', 'JobArrayTaskLimit', 'Priority', 'Resources', 'BeginTime'])

/**
 * Partition, account and time limit come from sbatch's own variables: SBATCH_PARTITION, SBATCH_ACCOUNT,
 * SBATCH_TIMELIMIT.
 */
export function slurmExecutor(options: SlurmOptions): Executor {
  checkOptions<SlurmOptions>('slurmExecutor', options, {
    program: 'list',
    folder: 'string',
    label: 'string',
    workers: 'number',
    threads: 'number',
  })
  const { program, folder, label, workers, threads = 1 } = options
  const name = `indistinct-${label}`
  const scripts = join(folder, 'slurm')
  const logs = join(folder, 'logs')

  /** Why jobs wait that no other job of ours holds up, as of the last look. */
  let reasons = new Set<string>()
  /** Jobs of ours in the queue, element by element. */
  const queued = async (): Promise<{ job: string; id: string }[]> => {
    const text = await slurm('squeue', ['--noheader', '--array', `--name=${name}`, '--format=%F|%K|%r|%o'])
    reasons = new Set()
    return text.split('\n').flatMap((line) => {
      const [job = '', element, reason = '', ...path] = line.trim().split('|')
      const script = path.join('|')
      const list = script.replace(/\.sbatch$/, '.ids')
      if (!script.startsWith(scripts) || !existsSync(list)) return []
      if (!patient.has(reason)) reasons.add(reason)
      return [{ job, id: readFileSync(list, 'utf8').split('\n')[Number(element) - 1]! }]
    })
  }
  return {
    name: 'slurm',
    warnings: () => Promise.resolve([]),
    obstacles: () =>
      [...reasons].map((reason) => `Slurm holds jobs back: ${reason}; see squeue --name=${name} and sinfo`),
    held: async () => new Set((await queued()).map(({ id }) => id)),
    failures() {
      const found = new Map<string, Failure>()
      for (const file of existsSync(logs) ? readdirSync(logs) : []) {
        const text = lastLines(join(logs, file))
        const ended = /^(.*?)\n?exit code (\d+)$/s.exec(text)
        if (ended) found.set(file.replace(/\.log$/, ''), { code: Number(ended[2]), text: ended[1]! })
      }
      return Promise.resolve(found)
    },
    async submit(tasks) {
      // Before anything is handed over: of a wave that is refused none may run.
      for (const task of tasks) checkTask(task)
      mkdirSync(logs, { recursive: true })
      for (const { id } of tasks) rmSync(join(logs, `${id}.log`), { force: true })
      // What an earlier submission still holds may be what these come after.
      let before = [...new Set((await queued()).map(({ job }) => job))]
      const stamp = `${Date.now().toString(36)}-${process.pid}`
      for (const [depth, wave] of wavesOf(tasks).entries()) {
        const jobs: string[] = []
        for (let start = 0; start < wave.length; start += LARGEST_ARRAY) {
          const part = wave.slice(start, start + LARGEST_ARRAY)
          const path = join(scripts, `${stamp}-${depth}-${start / LARGEST_ARRAY}`)
          jobs.push(await submitArray(part, path, { program, name, logs, workers, threads, before }))
        }
        before = jobs
      }
    },
    close: () => Promise.resolve(),
  }
}

interface ArraySettings extends Pick<SlurmOptions, 'program' | 'workers'> {
  readonly threads: number
  /** Of the jobs. */
  readonly name: string
  /** Folder of what tasks say. */
  readonly logs: string
  /** Jobs that these come after. */
  readonly before: readonly string[]
}

/** Hands `tasks` over as one array, whose script and lists begin with `path`; returns the job. */
async function submitArray(
  tasks: readonly Task[],
  path: string,
  { program, name, logs, workers, threads, before }: ArraySettings,
): Promise<string> {
  writeFileAtomic(`${path}.ids`, tasks.map(({ id }) => `${id}\n`).join(''))
  writeFileAtomic(
    `${path}.commands`,
    tasks
      .map(({ args, env }) => `${shellLine(program, args, { INDISTINCT_THREADS: String(threads), ...env })}\n`)
      .join(''),
  )
  writeFileAtomic(`${path}.sbatch`, script(path, logs))
  chmodSync(`${path}.sbatch`, 0o755)
  const flags = [
    '--parsable',
    `--job-name=${name}`,
    `--array=1-${tasks.length}${workers === undefined ? '' : `%${workers}`}`,
    '--requeue',
    '--open-mode=append',
    `--output=${join(logs, 'slurm-%A.out')}`,
    `--cpus-per-task=${threads}`,
    `--mem=${Math.max(...tasks.map(memoryOf))}M`,
    ...(before.length > 0 ? [`--dependency=afterany:${before.join(':')}`] : []),
  ]
  return (await slurm('sbatch', [...flags, `${path}.sbatch`])).trim().split(';')[0]!
}

/**
 * The script of an array. A command that a signal ended (the system's, when memory ran out) is started again here:
 * Slurm requeues what a lost node ran, and takes everything else for a failure.
 */
function script(path: string, logs: string): string {
  return `#!/bin/sh
line() { sed -n "\${SLURM_ARRAY_TASK_ID}p" "$1"; }
log=${shellQuoted(logs)}/$(line ${shellQuoted(`${path}.ids`)}).log
for try in 1 2 3; do
  eval "$(line ${shellQuoted(`${path}.commands`)})" > "$log" 2>&1
  code=$?
  [ $code -le 128 ] && break
done
[ $code -eq 0 ] || echo "exit code $code" >> "$log"
exit $code
`
}

/** @throws IndistinctError 'file' where the command is not there, or its controller does not answer. */
async function slurm(command: string, args: readonly string[]): Promise<string> {
  try {
    return (await promisify(execFile)(command, [...args], { maxBuffer: 1 << 28 })).stdout
  } catch (cause) {
    const { code, stderr = '', message } = cause as NodeJS.ErrnoException & { stderr?: string }
    if (code === 'ENOENT')
      throw fileError(
        `cannot run ${command}: it is not on the PATH; --executor slurm runs on a machine from which jobs are ` +
          'submitted',
        { cause },
      )
    throw fileError(`Slurm: ${command}: ${stderr.trim().split('\n').at(-1) || message}`, { cause })
  }
}
