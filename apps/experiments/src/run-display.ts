/**
 * @file What is shown on stderr while a grid runs: a line for each finished stage; on a terminal also a line that says
 * what is running, elsewhere the same every 30 seconds.
 */

import type { ExpandedGrid } from '@indistinct/stages'
import type { ProgressLine } from './store/progress-log.ts'
import type { RunListener } from './nx-run.ts'

export interface RunDisplay extends RunListener {
  close(): void
}

interface Sink {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

/** Seconds between reminders where there is no terminal to redraw. */
const REMINDER = 30

/** A display of the run of `expanded` on `sink`. */
export function runDisplay(expanded: ExpandedGrid, sink: Sink): RunDisplay {
  const total = expanded.nodes.length
  const started = performance.now()
  const running = new Map<string, ProgressLine>()
  const ended = new Set<string>()
  let drawn = false
  const clear = (): void => {
    if (drawn) sink.write('\r\x1b[2K')
    drawn = false
  }
  const status = (): string => {
    const elapsed = Math.round((performance.now() - started) / 1000)
    const parts = [...running.values()].map(({ id, share, words }) => `${id} ${Math.round(100 * (share ?? 0))} %${words === undefined ? '' : ` (${words})`}`)
    return `${ended.size} of ${total} stages, ${elapsed} s${parts.length > 0 ? `: ${parts.join(', ')}` : ''}`
  }
  const end = (id: string, text: string): void => {
    if (ended.has(id)) return
    ended.add(id)
    running.delete(id)
    clear()
    sink.write(`[${String(ended.size).padStart(String(total).length)}/${total}] ${id} ${text}\n`)
  }
  const timer = setInterval(
    () => {
      clear()
      const line = status()
      if (sink.isTTY) {
        sink.write(line.slice(0, Math.max(1, (sink.columns ?? 80) - 1)))
        drawn = true
      } else {
        sink.write(`${line}\n`)
      }
    },
    sink.isTTY ? 500 : REMINDER * 1000,
  )
  return {
    waiting(pid) {
      clear()
      sink.write(`another run is under way in this workspace (process ${pid}); this one starts when it ends\n`)
    },
    cached: (id) => end(id, 'cached'),
    progress(line) {
      if (line.state === 'running') running.set(line.id, line)
      else end(line.id, line.state === 'done' ? `${line.seconds?.toFixed(1)} s` : 'failed')
    },
    close() {
      clearInterval(timer)
      clear()
    },
  }
}
