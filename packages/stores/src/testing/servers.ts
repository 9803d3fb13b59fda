/**
 * @file Real servers for tests: PGlite (PostgreSQL compiled to WebAssembly, with pgvector) behind a socket, PostgreSQL
 * and Redis from the system where they are installed. Each listens on a free port of the loopback interface.
 */

import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export interface TestServer {
  /** What a program sees to reach the server: DATABASE_URL or REDIS_URL. */
  readonly env: Readonly<Record<string, string>>
  /** The server's process; absent where it is this one. */
  readonly pid?: number | undefined
  stop(): Promise<void>
}

/** Starts PGlite with pgvector; it serves one transaction at a time. */
export async function startPglite(): Promise<TestServer> {
  const { PGlite } = await import('@electric-sql/pglite')
  const { vector } = await import('@electric-sql/pglite-pgvector')
  const { PGLiteSocketServer } = await import('@electric-sql/pglite-socket')
  const db = await PGlite.create({ extensions: { vector } })
  await db.exec('CREATE EXTENSION vector')
  const port = await freePort()
  const server = new PGLiteSocketServer({ db, port, host: '127.0.0.1', maxConnections: 8 })
  await server.start()
  return {
    env: { DATABASE_URL: `postgres://postgres:postgres@127.0.0.1:${port}/postgres` },
    async stop() {
      await server.stop()
      await db.close()
    },
  }
}

/** The folder of Debian's newest PostgreSQL, or undefined where there is none that this process can start. */
export function postgresPrograms(): string | undefined {
  const top = '/usr/lib/postgresql'
  const versions = existsSync(top) ? readdirSync(top).sort((a, b) => Number(b) - Number(a)) : []
  const folder = versions
    .map((version) => join(top, version, 'bin'))
    .find((bin) => existsSync(join(bin, 'initdb')) && existsSync(join(bin, 'postgres')))
  return folder !== undefined && (process.getuid?.() !== 0 || serverUser() !== undefined) ? folder : undefined
}

/** Starts a PostgreSQL of its own in a temporary folder, where passwords are asked for. */
export async function startPostgres(programs: string): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), 'indistinct-postgres-'))
  // The server refuses to run as root.
  const user = process.getuid?.() === 0 ? serverUser() : undefined
  if (user) chownSync(folder, user.uid, user.gid)
  const port = await freePort()
  const passwordFile = join(folder, 'password')
  const options = { ...user, cwd: folder, stdio: 'ignore' } as const
  execFileSync('sh', ['-c', `umask 077; echo correct-horse > ${passwordFile}`], options)
  const data = join(folder, 'data')
  execFileSync(
    join(programs, 'initdb'),
    [
      '-D',
      data,
      '-U',
      'postgres',
      '-A',
      'scram-sha-256',
      `--pwfile=${passwordFile}`,
      '-E',
      'UTF8',
      '--no-locale',
      '--no-sync',
    ],
    options,
  )
  const server = spawn(
    join(programs, 'postgres'),
    ['-D', data, '-p', String(port), '-k', folder, '-c', 'listen_addresses=127.0.0.1', '-c', 'fsync=off'],
    options,
  )
  const env = { DATABASE_URL: `postgres://postgres:correct-horse@127.0.0.1:${port}/postgres` }
  const { default: pg } = await import('pg')
  await until(server, async () => {
    const client = new pg.Client({ connectionString: env.DATABASE_URL })
    client.on('error', () => undefined)
    await client.connect()
    await client.end()
  })
  return { env, pid: server.pid, stop: () => ended(server, folder, 'SIGINT') }
}

/** Whether redis-server is on the path. */
export function hasRedis(): boolean {
  return (process.env['PATH'] ?? '')
    .split(':')
    .some((folder) => folder !== '' && existsSync(join(folder, 'redis-server')))
}

/** Starts a Redis of its own, without persistence, where a password is asked for. */
export async function startRedis(): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), 'indistinct-redis-'))
  const port = await freePort()
  const server = spawn(
    'redis-server',
    ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--requirepass', 'correct-horse'],
    { stdio: 'ignore' },
  )
  const env = { REDIS_URL: `redis://:correct-horse@127.0.0.1:${port}` }
  const { Redis } = await import('ioredis')
  await until(server, async () => {
    const redis = new Redis(env.REDIS_URL, { lazyConnect: true, retryStrategy: () => null })
    redis.on('error', () => undefined)
    try {
      await redis.connect()
      await redis.ping()
    } finally {
      redis.disconnect()
    }
  })
  return { env, pid: server.pid, stop: () => ended(server, folder, 'SIGTERM') }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}

function serverUser(): { uid: number; gid: number } | undefined {
  try {
    const id = (flag: string): number =>
      Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }))
    return { uid: id('-u'), gid: id('-g') }
  } catch {
    return undefined
  }
}

async function until(server: ChildProcess, answers: () => Promise<void>): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      return await answers()
    } catch (cause) {
      if (server.exitCode !== null || tries > 300)
        throw new Error(`the test server did not start: ${(cause as Error).message}`, { cause })
      await sleep(100)
    }
  }
}

function ended(server: ChildProcess, folder: string, signal: NodeJS.Signals): Promise<void> {
  return new Promise((resolve) => {
    const remove = (): void => {
      rmSync(folder, { recursive: true, force: true })
      resolve()
    }
    if (server.exitCode !== null) return remove()
    server.once('exit', remove)
    server.kill(signal)
  })
}
