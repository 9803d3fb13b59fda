/**
 * @file When a process started, as its system tells it: process numbers are given anew, a number with its start is not.
 */

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/**
 * Start of process `pid` of this machine, in words that are only good for comparison: '' where the system does not
 * tell, undefined where there is no such process.
 */
export function processStart(pid: number): string | undefined {
  if (!mayRun(pid)) return undefined
  try {
    if (process.platform === 'linux') return `${bootOf()} ${fieldsOf(pid)[19]}`
    const { status, stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C' },
    })
    return status === 0 ? stdout.trim() : ''
  } catch {
    return ''
  }
}

/**
 * Fields of /proc/PID/stat from the third on; the second, the name, may hold blanks and brackets. The 22nd is the
 * start.
 */
function fieldsOf(pid: number): string[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return text.slice(text.lastIndexOf(')') + 2).split(' ')
}

function bootOf(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
}

/** Whether process `pid` of this machine may still be there, be it someone else's. */
export function mayRun(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}
