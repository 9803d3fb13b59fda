/**
 * @file `npm run large-tables -- --rows 10000000 --cols 64 --folder DIR [--method leace] [--stream always] [--format
 * npy]`: writes a table of two classes with different means and spreads and a CSV file of its labels, runs `indistinct
 * unlearn` on them in a process of its own, and compares the moments of the classes before and after. Prints seconds
 * and the peak memory of the command as JSON; the files, rows x cols x 4 bytes twice, are removed. Methods that are not
 * streamed need a multiple of the table in memory.
 */

import { spawnSync } from 'node:child_process'
import { closeSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { randomStream } from '@indistinct/core'
import { createTable, openTable } from '@indistinct/embeddings'
import { streamClassMoments, type StreamedMoments } from '@indistinct/embeddings/stream'

const text = { type: 'string' } as const
const { values } = parseArgs({
  options: {
    rows: { ...text, default: '1000000' },
    cols: { ...text, default: '64' },
    folder: { ...text, default: 'artifacts' },
    format: { ...text, default: 'npy' },
    method: { ...text, default: 'gaussian-transport' },
    stream: { ...text, default: 'auto' },
  },
})
const [rows, cols] = [Number(values.rows), Number(values.cols)]
const place = (name: string): string => resolve(join(values.folder, name))
const [input, output, people, peak] = [
  place(`large.${values.format}`),
  place(`large-out.${values.format}`),
  place('large.csv'),
  place('large-peak.txt'),
]
const seconds: Record<string, number> = {}

async function timed<T>(name: string, work: () => T | Promise<T>): Promise<T> {
  const start = performance.now()
  const result = await work()
  seconds[name] = Math.round((performance.now() - start) / 100) / 10
  return result
}

const codes = Int32Array.from({ length: rows }, (_, i) => (i % 20 === 0 ? -1 : i % 3 === 0 ? 0 : 1))
const labels = { classes: ['F', 'M'], codes }

function write(): void {
  const random = randomStream(1, 'large-tables')
  const noise = Float32Array.from({ length: 1 << 20 }, () => random.normal())
  const table = createTable(input, { rows, cols, force: true })
  const file = openSync(people, 'w')
  writeSync(file, 'user,gender\n')
  for (let first = 0; first < rows; first += 8192) {
    const count = Math.min(8192, rows - first)
    const block = new Float32Array(count * cols)
    const shift = random.integer(noise.length)
    for (let p = 0; p < block.length; p++) {
      const female = codes[first + Math.floor(p / cols)] === 0
      block[p] = noise[(p + shift) & (noise.length - 1)]! * (female ? 1.2 : 1) + (female ? 0.3 : 0)
    }
    table.writeRows(block)
    writeSync(
      file,
      Array.from({ length: count }, (_, i) => `${first + i},${labels.classes[codes[first + i]!] ?? ''}\n`).join(''),
    )
  }
  closeSync(file)
  table.stage().commit()
}

/** The real command line, whose progress goes to this one's stderr. */
function unlearn(): Record<string, unknown> {
  const own = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
  const { status, signal, stdout } = spawnSync(
    process.execPath,
    [
      '--import',
      own('peak-memory.mjs'),
      own('../../apps/indistinct/bin/indistinct.js'),
      'unlearn',
      input,
      '--attributes',
      people,
      '--attribute',
      'gender',
      '--method',
      values.method,
      '--stream',
      values.stream,
      '--out',
      output,
      '--force',
      '--json',
    ],
    {
      env: { ...process.env, PEAK_MEMORY: peak },
      stdio: ['ignore', 'pipe', 'inherit'],
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    },
  )
  if (status !== 0) throw new Error(`indistinct unlearn: expected exit code 0, got ${status ?? signal}`)
  return JSON.parse(stdout) as Record<string, unknown>
}

async function gapOf(path: string): Promise<{ mean: number; deviation: number }> {
  const table = openTable(path)
  const [F, M] = (await streamClassMoments(table, labels)) as [StreamedMoments, StreamedMoments]
  table.close()
  const largest = (of: (moments: StreamedMoments, k: number) => number): number =>
    Math.max(...F.mean.map((_, k) => Math.abs(of(F, k) - of(M, k))))
  return {
    mean: largest(({ mean }, k) => mean[k]!),
    deviation: largest(({ covariance }, k) => Math.sqrt(covariance[k * cols + k]!)),
  }
}

try {
  await timed('write', write)
  const fileMb = Math.round(statSync(input).size / 2 ** 20)
  const { streamed = false, moved } = await timed('unlearn', unlearn)
  const [before, after] = await timed('check', async () => [await gapOf(input), await gapOf(output)])
  console.log(
    JSON.stringify({
      rows,
      cols,
      format: values.format,
      method: values.method,
      streamed,
      fileMb,
      seconds,
      peakRssMb: Number(readFileSync(peak, 'utf8')),
      moved,
      gapBefore: before,
      gapAfter: after,
    }),
  )
} finally {
  for (const path of [input, output, `${output}.json`, `${output}.html`, people, peak]) rmSync(path, { force: true })
}
