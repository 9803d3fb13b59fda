/**
 * @file One process at a time: a file that names its holder. The file appears whole or not at all, so that a full disk
 * or a killed process leaves none that says nothing; a holder that is gone loses it to the next who asks.
 *
 * Locks that live by a heartbeat (proper-lockfile) are no use here: work that keeps its thread busy, and a machine that
 * sleeps, miss beats and lose a lock that they still hold.
 */

import {
  hostname,
  mkdirSync,
  processId,
  processStart,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
} from '@indistinct/core/platform'
import { jsonText } from './canonical-json.ts'
import { fileError } from './errors.ts'
import { writeFileAtomic } from './write-file.ts'

interface LockHolder {
  readonly pid: number
  readonly host: string
  /** As `processStart` tells it. */
  readonly started: string
  /** When it took the lock, for people. */
  readonly since: string
}

export interface LockOptions {
  /** Called once where somebody else has the lock: who, and what to do if that is not so. */
  readonly onWait?: ((text: string) => void) | undefined
  /** Milliseconds between looks; default 300. */
  readonly poll?: number
}

/** Milliseconds for which a file that names nobody is taken for one that is being written. */
const MOMENT = 2000

/**
 * Waits until nobody holds the lock file `path`, takes it, and returns the function that gives it back.
 * @throws IndistinctError 'file' where the file cannot be written.
 */
export async function takeLock(path: string, { onWait, poll = 300 }: LockOptions = {}): Promise<() => void> {
  const own = jsonText({
    pid: processId,
    host: hostname(),
    started: processStart(processId) ?? '',
    since: new Date().toISOString(),
  })
  let told = false
  for (;;) {
    if (taken(path, own)) {
      return () => {
        if (contentOf(path) === own) rmSync(path, { force: true })
      }
    }
    const content = contentOf(path)
    if (content === undefined || removeStale(path, content)) continue
    if (!told) onWait?.(`${holderText(content)}; waiting for it. If it has ended, remove ${path}`)
    told = true
    await new Promise((resolve) => setTimeout(resolve, poll))
  }
}

function taken(path: string, content: string): boolean {
  try {
    writeFileAtomic(path, content, { replace: false })
    return true
  } catch (error) {
    const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException
    if (code === 'EEXIST') return false
    throw error
  }
}

/** True where the lock that says `content` was nobody's, and is gone. */
function removeStale(path: string, content: string): boolean {
  if (!isStale(path, content)) return false
  // Two who find it stale must not remove the lock that one of them then takes: one at a time, and it looks again.
  const guard = `${path}.takeover`
  try {
    mkdirSync(guard)
  } catch {
    // Its owner may have been killed in between.
    if (olderThan(guard, 5 * MOMENT)) rmdirSync(guard)
    return false
  }
  try {
    if (contentOf(path) === content) rmSync(path, { force: true })
    return true
  } catch (cause) {
    throw fileError(`cannot remove ${path}, which nobody holds: ${(cause as Error).message}`, { cause })
  } finally {
    rmdirSync(guard)
  }
}

function isStale(path: string, content: string): boolean {
  const holder = parsedHolder(content)
  if (holder === undefined) return olderThan(path, MOMENT)
  // A process of another machine cannot be asked for.
  if (holder.host !== hostname()) return false
  const started = processStart(holder.pid)
  return started === undefined || (started !== '' && holder.started !== '' && started !== holder.started)
}

function parsedHolder(content: string): LockHolder | undefined {
  try {
    const holder = JSON.parse(content) as LockHolder | null
    const whole =
      Number.isSafeInteger(holder?.pid) &&
      holder!.pid > 0 &&
      [holder!.host, holder!.started, holder!.since].every((text) => typeof text === 'string')
    return whole ? holder! : undefined
  } catch {
    return undefined
  }
}

function holderText(content: string): string {
  const holder = parsedHolder(content)
  return holder
    ? `process ${holder.pid} on ${holder.host} is at work since ${holder.since}`
    : 'somebody is about to start'
}

/** Undefined where nothing is there, '' where it cannot be read. */
function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : ''
  }
}

function olderThan(path: string, age: number): boolean {
  const stats = statSync(path, { throwIfNoEntry: false })
  return stats !== undefined && Date.now() - stats.mtimeMs > age
}
