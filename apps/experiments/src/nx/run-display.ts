/**
 * @file What is shown on stderr while a grid runs: a line for each finished stage; on a terminal also a line that says
 * what is running, elsewhere the same after 2 seconds and every 30 after it.
 */

import type { ExpandedGrid, StageNode } from '@indistinct/stages'
import { kindOf } from '../grid/cell-costs.ts'
import type { ProgressLine } from '../store/progress-log.ts'
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
/** Until the first, in seconds. */
const FIRST = 2

/**
 * A display of the run of `expanded`, `parallel` stages at a time, on `sink`.
 * @param secondsOf what a stage is expected to take
 */
// eslint-disable-next-line max-lines-per-function -- one line on the terminal, whose state all of its calls share
export function runDisplay(
  expanded: ExpandedGrid,
  sink: Sink,
  secondsOf: (node: StageNode) => number,
  parallel = 2,
): RunDisplay {
  const total = expanded.nodes.length
  const started = performance.now()
  const running = new Map<string, ProgressLine & { readonly since: number }>()
  const ended = new Set<string>()
  const expectedOf = new Map(expanded.nodes.map((node) => [node.id, { kind: kindOf(node), expected: secondsOf(node) }]))
  const ran: Ran[] = []
  let drawn = false
  const clear = (): void => {
    if (drawn) sink.write('\r\x1b[2K')
    drawn = false
  }
  const sofar = (id: string): Pick<Left, 'share' | 'passed'> => {
    const line = running.get(id)
    return line ? { share: line.share ?? 0, passed: (performance.now() - line.since) / 1000 } : {}
  }
  const status = (): string => {
    const elapsed = Math.round((performance.now() - started) / 1000)
    const parts = [...running.values()].map(
      ({ id, share, words }) => `${id} ${Math.round(100 * (share ?? 0))} %${words === undefined ? '' : ` (${words})`}`,
    )
    const left = secondsLeft(
      [...expectedOf].filter(([id]) => !ended.has(id)).map(([id, expected]) => ({ ...expected, ...sofar(id) })),
      ran,
      parallel,
    )
    const toGo = left < 100 ? `${Math.ceil(left)} s` : `${Math.ceil(left / 60)} min`
    return (
      `${ended.size} of ${total} stages, ${elapsed} s, about ${toGo} left` +
      `${parts.length > 0 ? `: ${parts.join(', ')}` : ''}`
    )
  }
  const end = (id: string, text: string): void => {
    if (ended.has(id)) return
    ended.add(id)
    running.delete(id)
    clear()
    sink.write(`[${String(ended.size).padStart(String(total).length)}/${total}] ${id} ${text}\n`)
  }
  const show = (): void => {
    clear()
    const line = status()
    if (sink.isTTY) {
      sink.write(line.slice(0, Math.max(1, (sink.columns ?? 80) - 1)))
      drawn = true
    } else {
      sink.write(`${line}\n`)
    }
  }
  const first = setTimeout(show, FIRST * 1000)
  const timer = setInterval(show, sink.isTTY ? 500 : REMINDER * 1000)
  return {
    waiting(text) {
      clear()
      sink.write(`another run is under way in this workspace: ${text}\n`)
    },
    cached: (id) => end(id, 'cached'),
    progress(line) {
      const expected = expectedOf.get(line.id)
      if (line.state === 'done' && expected !== undefined && line.seconds !== undefined)
        ran.push({ ...expected, seconds: line.seconds })
      if (line.state === 'running')
        running.set(line.id, { ...line, since: running.get(line.id)?.since ?? performance.now() })
      else end(line.id, line.state === 'done' ? `${line.seconds?.toFixed(1)} s` : 'failed')
    },
    close() {
      clearTimeout(first)
      clearInterval(timer)
      clear()
    },
  }
}

/** Seconds that a stage takes besides its work: Node and the TypeScript loader start anew. */
const START = 1

/** What stages of one kind were expected to take, and have taken. */
export interface Ran {
  readonly kind: string
  readonly expected: number
  readonly seconds: number
}

/** A stage that has not ended. */
export interface Left {
  readonly kind: string
  readonly expected: number
  /** Of one that runs: the share of its work that is done, and the seconds it took. */
  readonly share?: number
  readonly passed?: number
}

/**
 * Seconds until the stages `left` have run, `parallel` at a time, if none of them is in the cache: each takes what is
 * expected of it, scaled as those of its kind were that ran; where none did, as all that ran. The more of a running one
 * is done, the more its own pace counts: shares are of the most that it may take, and it may end earlier. Nothing else
 * counts from three times the expected time on.
 */
export function secondsLeft(left: readonly Left[], ran: readonly Ran[], parallel: number): number {
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
  const scaleOf = (of: readonly Ran[]): number =>
    sum(of.map(({ seconds }) => seconds)) / sum(of.map(({ expected }) => expected))
  return (
    sum(
      left.map(({ kind, expected, share = 0, passed = 0 }) => {
        const same = ran.filter((each) => each.kind === kind)
        const near = same.length > 0 ? same : ran
        const whole = near.length > 0 ? scaleOf(near) * expected : expected
        if (share === 0) return START + Math.max(0, whole - passed)
        const trust = Math.min(1, Math.max(share, (passed / Math.max(1, whole) - 1) / 2))
        return START + (1 - share) * ((1 - trust) * whole + (trust * passed) / share)
      }),
    ) / parallel
  )
}
