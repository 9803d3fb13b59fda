/**
 * @file What is shown on stderr while a grid runs: a line for each finished stage; on a terminal also a line that says
 * what is running, elsewhere the same after 2 seconds and every 30 after it.
 */

import type { ExpandedGrid, Stage } from '@indistinct/stages'
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

/** A display of the run of `expanded`, `parallel` stages at a time, on `sink`. */
// eslint-disable-next-line max-lines-per-function -- one line on the terminal, whose state all of its calls share
export function runDisplay(expanded: ExpandedGrid, sink: Sink, parallel = 2): RunDisplay {
  const total = expanded.nodes.length
  const started = performance.now()
  const running = new Map<string, ProgressLine>()
  const ended = new Set<string>()
  const stageOf = new Map(expanded.nodes.map((node) => [node.id, node.stage]))
  const measured = new Map<Stage, number[]>()
  let drawn = false
  const clear = (): void => {
    if (drawn) sink.write('\r\x1b[2K')
    drawn = false
  }
  const status = (): string => {
    const elapsed = Math.round((performance.now() - started) / 1000)
    const parts = [...running.values()].map(
      ({ id, share, words }) => `${id} ${Math.round(100 * (share ?? 0))} %${words === undefined ? '' : ` (${words})`}`,
    )
    const left = secondsLeft(
      expanded.nodes.filter((node) => !ended.has(node.id)).map((node) => node.stage),
      measured,
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
      const stage = stageOf.get(line.id)
      if (line.state === 'done' && stage !== undefined && line.seconds !== undefined)
        measured.set(stage, [...(measured.get(stage) ?? []), line.seconds])
      if (line.state === 'running') running.set(line.id, line)
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

/** Mean seconds of each kind on ML-100K: what a kind that has not run yet takes beside those that have. */
const TYPICAL: { readonly [stage in Stage]: number } = {
  prepare: 1,
  train: 15,
  retrain: 40,
  unlearn: 10,
  smooth: 2,
  join: 1,
  observe: 1,
  attack: 3,
  held: 15,
  evaluate: 2,
  figure: 3,
  report: 1,
  calibrate: 12,
}

/**
 * Seconds until stages of the kinds `left` have run, if none of them is in the cache: each takes the mean of those of
 * its kind that ran; where none did, its typical time, scaled as those that ran were.
 */
export function secondsLeft(
  left: readonly Stage[],
  measured: ReadonlyMap<Stage, readonly number[]>,
  parallel: number,
): number {
  const ran = [...measured].flatMap(([stage, seconds]) => seconds.map((each) => ({ stage, each })))
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
  const scale = ran.length === 0 ? 1 : sum(ran.map(({ each }) => each)) / sum(ran.map(({ stage }) => TYPICAL[stage]))
  const expected = (stage: Stage): number => {
    const own = measured.get(stage)
    return own ? sum(own) / own.length : scale * TYPICAL[stage]
  }
  return sum(left.map((stage) => START + expected(stage))) / parallel
}
