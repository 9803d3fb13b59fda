/**
 * Loaded before a program with --import: writes its peak resident memory, in MiB, to the file that PEAK_MEMORY names.
 */

import { writeFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

if (isMainThread)
  process.on('exit', () =>
    writeFileSync(String(process.env['PEAK_MEMORY']), String(Math.round(process.resourceUsage().maxRSS / 1024))),
  )
