/** @file A Slurm of one node for tests: munged, slurmctld and slurmd of the system, on the loopback interface. */

import { execFileSync, spawn, type ChildProcess, type StdioOptions } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { appendFileSync, chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { hostname, tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export interface TestSlurm {
  /** What commands see to reach it: SLURM_CONF. */
  readonly env: Readonly<Record<string, string>>
  /** Ends the controller as a crash would. */
  killController(): Promise<void>
  /**
   * Starts the controller again; `empty` with its state lost, and job numbers that no node knows, as its administrator
   * would see to.
   */
  restartController(empty?: boolean): Promise<void>
  stop(): Promise<void>
}

/** Why there can be no Slurm here; undefined where there can. */
export function slurmMissing(): string | undefined {
  const places = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin']
  const absent = ['munged', 'slurmctld', 'slurmd', 'sbatch', 'squeue'].filter(
    (name) => !places.some((place) => existsSync(join(place, name))),
  )
  if (absent.length > 0) return `not installed: ${absent.join(', ')} (Debian: slurm-wlm, munge)`
  return process.getuid?.() === 0 ? undefined : 'slurmd has to be started by root'
}

/** @param cores that the node claims to have */
export async function startSlurm(cores = 2): Promise<TestSlurm> {
  const folder = mkdtempSync(join(tmpdir(), 'indistinct-slurm-'))
  chmodSync(folder, 0o755)
  const at = (name: string): string => join(folder, name)
  for (const name of ['state', 'spool', 'munge']) mkdirSync(at(name), { mode: 0o755 })
  writeFileSync(at('munge/key'), randomBytes(128), { mode: 0o600 })
  const host = hostname().split('.')[0]!
  const [controller, node] = [await freePort(), await freePort()]
  writeFileSync(at('slurm.conf'), configuration({ at, host, controller, node, cores }))
  writeFileSync(at('cgroup.conf'), 'CgroupPlugin=cgroup/v1\n')
  const env = { SLURM_CONF: at('slurm.conf') }
  const full = { ...process.env, ...env, PATH: `${process.env['PATH']}${delimiter}/usr/sbin` }
  const start = (command: string, ...args: string[]): ChildProcess =>
    spawn(command, args, { env: full, stdio: 'ignore' })
  const munge = start('munged', '--foreground', '--force', ...mungeFiles(at))
  await until(munge, () => existsSync(at('munge/socket')))
  let firstJob = 0
  let control = start('slurmctld', '-D', '-L', at('slurmctld.log'))
  const state = (): string => {
    const stdio: StdioOptions = ['ignore', 'pipe', 'ignore']
    const text = execFileSync('sinfo', ['--noheader', '--format=%T'], { env: full, stdio, timeout: 20_000 })
    return text.toString().trim()
  }
  const daemon = start('slurmd', '-D', '-L', at('slurmd.log'), '-N', host)
  await until(control, () => state() === 'idle')
  return {
    env,
    killController: () => ended(control, 'SIGKILL'),
    async restartController(empty = false) {
      if (empty) {
        rmSync(at('state'), { recursive: true })
        // A node drains that is given a job of the number of one that still runs there.
        appendFileSync(at('slurm.conf'), `FirstJobId=${(firstJob += 10_000)}\n`)
      }
      mkdirSync(at('state'), { recursive: true })
      control = start('slurmctld', '-D', '-L', at('slurmctld.log'))
      await until(control, () => state() !== '')
    },
    async stop() {
      await ended(daemon, 'SIGTERM')
      await ended(control, 'SIGTERM')
      await ended(munge, 'SIGTERM')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The text of slurm.conf: one node, with ports of its own. */
function configuration({
  at,
  host,
  controller,
  node,
  cores,
}: {
  readonly at: (name: string) => string
  readonly host: string
  readonly controller: number
  readonly node: number
  readonly cores: number
}): string {
  return [
    'ClusterName=indistinct',
    `SlurmctldHost=${host}(127.0.0.1)`,
    `SlurmctldPort=${controller}`,
    `SlurmdPort=${node}`,
    'SlurmUser=root',
    'SlurmdUser=root',
    'AuthType=auth/munge',
    `AuthInfo=socket=${at('munge/socket')}`,
    'CredType=cred/munge',
    `StateSaveLocation=${at('state')}`,
    `SlurmdSpoolDir=${at('spool')}`,
    `SlurmctldPidFile=${at('slurmctld.pid')}`,
    `SlurmdPidFile=${at('slurmd.pid')}`,
    // Loopback alone; no control groups, which a container may not have.
    'CommunicationParameters=NoCtldInAddrAny,NoInAddrAny',
    'ProctrackType=proctrack/linuxproc',
    'TaskPlugin=task/none',
    'JobAcctGatherType=jobacct_gather/none',
    'SelectType=select/cons_tres',
    'SelectTypeParameters=CR_Core_Memory',
    'SchedulerParameters=sched_interval=1,sched_min_interval=100000,bf_interval=1',
    'ReturnToService=2',
    'MpiDefault=none',
    'MailProg=/bin/true',
    'SlurmctldTimeout=10',
    'SlurmdTimeout=60',
    'MessageTimeout=20',
    'KillWait=2',
    'MinJobAge=300',
    `NodeName=${host} NodeAddr=127.0.0.1 CPUs=${cores} RealMemory=8000 State=UNKNOWN`,
    'PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP',
  ]
    .map((line) => `${line}\n`)
    .join('')
}

function mungeFiles(at: (name: string) => string): string[] {
  const files = { 'key-file': 'key', socket: 'socket', 'pid-file': 'pid', 'seed-file': 'seed', 'log-file': 'log' }
  return Object.entries(files).flatMap(([flag, name]) => [`--${flag}`, at(`munge/${name}`)])
}

async function until(server: ChildProcess, answers: () => boolean): Promise<void> {
  for (let tries = 0; ; tries++) {
    let cause: unknown
    try {
      if (answers()) return
    } catch (error) {
      cause = error
    }
    if (server.exitCode !== null || tries > 300) throw new Error(`${server.spawnfile} did not start`, { cause })
    await sleep(200)
  }
}

function ended(server: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  return new Promise((resolve) => {
    if (server.exitCode !== null || server.signalCode !== null) return resolve()
    server.once('exit', () => resolve())
    server.kill(signal)
  })
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
