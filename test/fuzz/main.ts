/**
 * @file `npm run fuzz -- --format npy --cases 1000000 [--seed 1] [--minutes 20] [--out FOLDER]`. A thread of its own
 * parses; this one watches that it goes on. Exit code 1, and the file that did it, where a parser crashes, hangs or
 * fills memory.
 */

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { numberFlag } from '../number-flag.ts'
import { fuzz, type FuzzResult } from './fuzz.ts'
import { targets } from './targets.ts'

const LARGEST = 1 << 18
/** Seconds of processor time for one file, and of any time: on a busy machine a parser waits for its turn. */
const PATIENCE = { processor: 60, clock: 1800 }
/** Seconds between two lines on how far it has come. */
const TELL_EVERY = 60
const MOST_RSS = 2 ** 31

interface Job {
  readonly format: string
  readonly cases: number
  readonly seed: number
  readonly minutes: number | undefined
  readonly state: SharedArrayBuffer
}

if (isMainThread) await watch()
else {
  const { state, ...job } = workerData as Job
  const [counter, file] = [new Int32Array(state, 0, 4), new Uint8Array(state, 16)]
  const result = await fuzz({
    ...job,
    onCase(bytes, number) {
      file.set(bytes.subarray(0, LARGEST))
      Atomics.store(counter, 1, Math.min(bytes.length, LARGEST))
      Atomics.store(counter, 0, number)
      // Files are also run again, under the number they had.
      Atomics.add(counter, 2, 1)
    },
  })
  const { failure, ...facts } = result
  parentPort!.postMessage({
    ...facts,
    ...(failure && { failure: { bytes: failure.bytes, error: failure.error.stack ?? String(failure.error) } }),
  })
}

async function watch(): Promise<void> {
  const { values } = parseArgs({
    options: {
      format: { type: 'string', multiple: true },
      cases: { type: 'string', default: '100000' },
      seed: { type: 'string', default: '1' },
      minutes: { type: 'string' },
      out: { type: 'string', default: 'artifacts/fuzz' },
    },
  })
  const asked = {
    cases: numberFlag('cases', values.cases, 1),
    seed: numberFlag('seed', values.seed),
    minutes: values.minutes === undefined ? undefined : numberFlag('minutes', values.minutes),
  }
  for (const format of values.format ?? Object.keys(targets)) {
    if (!Object.hasOwn(targets, format))
      throw new Error(`--format: expected one of ${Object.keys(targets).join(', ')}, got ${format}`)
    const started = now()
    const outcome = await watched({
      format,
      ...asked,
      state: new SharedArrayBuffer(16 + LARGEST),
    })
    const { failure, ...facts } = outcome
    console.log(
      JSON.stringify({
        format,
        seed: asked.seed,
        seconds: Math.round(now().clock - started.clock),
        processorSeconds: Math.round(now().processor - started.processor),
        peakRssMb: Math.round(process.resourceUsage().maxRSS / 1024),
        ...facts,
        failure: failure?.error,
      }),
    )
    if (!failure) continue
    mkdirSync(values.out, { recursive: true })
    const path = join(values.out, `${format}-${values.seed}.bin`)
    writeFileSync(path, failure.bytes)
    console.error(`${path}: ${failure.error}`)
    process.exitCode = 1
  }
}

type Outcome = Omit<Partial<FuzzResult>, 'failure'> & { failure?: { bytes: Uint8Array; error: string } }

function watched(job: Job): Promise<Outcome> {
  const [counter, file] = [new Int32Array(job.state, 0, 4), new Uint8Array(job.state, 16)]
  const current = (error: string): Outcome => ({
    cases: Atomics.load(counter, 0),
    failure: { bytes: file.slice(0, Atomics.load(counter, 1)), error },
  })
  return new Promise((resolve) => {
    const worker = new Worker(new URL('./worker.mjs', import.meta.url), { workerData: job })
    let last = -1
    let since = now()
    let told = since.clock
    const end = (outcome: Outcome): void => {
      clearInterval(timer)
      void worker.terminate()
      resolve(outcome)
    }
    const timer = setInterval(() => {
      const count = Atomics.load(counter, 2)
      if (count !== last) since = now()
      last = count
      const { processor, clock } = now()
      if (clock - told > TELL_EVERY) {
        told = clock
        console.error(`${job.format}: ${Atomics.load(counter, 0)} of ${job.cases}`)
      }
      if (processor - since.processor > PATIENCE.processor || clock - since.clock > PATIENCE.clock)
        end(current(`no answer within ${Math.round(processor - since.processor)} s of processor time`))
      else if (process.memoryUsage.rss() > MOST_RSS) end(current(`more than ${MOST_RSS / 2 ** 20} MiB`))
    }, 250)
    worker.on('message', end)
    worker.on('error', (error) => end(current(error.stack ?? String(error))))
  })
}

/** Seconds: of this process on its processors, and on the clock. */
function now(): { processor: number; clock: number } {
  const { user, system } = process.cpuUsage()
  return { processor: (user + system) / 1e6, clock: performance.now() / 1000 }
}
