/**
 * Loaded before a program with --import: writes its peak resident memory and its time on processors to the file USAGE.
 */

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

if (isMainThread) {
  process.on('exit', () => {
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
    // Linux counts the process that started this one into maxRSS.
    const status = existsSync('/proc/self/status') ? readFileSync('/proc/self/status', 'utf8') : ''
    const kib = Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1] ?? maxRSS)
    writeFileSync(
      String(process.env['USAGE']),
      JSON.stringify({ mib: Math.ceil(kib / 1024), processor: (userCPUTime + systemCPUTime) / 1e6 }),
    )
  })
}
