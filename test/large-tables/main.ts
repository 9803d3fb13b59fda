/**
 * @file `npm run large-tables -- --rows 10000000 --cols 64 --folder DIR [--format npy]`: writes a table of two classes
 * with different means and covariances block by block, takes the moments of its classes in one pass, gives every class
 * the mean and the scales of all in a second, and checks the moments of the result in a third. Prints seconds and the
 * peak memory of the process as JSON; the files, rows x cols x 4 bytes twice, are removed.
 */

import { rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { randomStream } from '@indistinct/core'
import { createTable, openTable } from '@indistinct/embeddings'
import { streamAffine, streamClassMoments, type StreamedMap, type StreamedMoments } from '@indistinct/embeddings/stream'

const { values } = parseArgs({
  options: { rows: { type: 'string', default: '1000000' }, cols: { type: 'string', default: '64' }, folder: { type: 'string', default: 'artifacts' }, format: { type: 'string', default: 'npy' } },
})
const [rows, cols] = [Number(values.rows), Number(values.cols)]
const paths = [join(values.folder, `large.${values.format}`), join(values.folder, `large-out.${values.format}`)] as const
const seconds: Record<string, number> = {}
const peak = (): number => Math.round(process.resourceUsage().maxRSS / 1024)

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
  const output = createTable(paths[0], { rows, cols, force: true })
  for (let first = 0; first < rows; first += 8192) {
    const count = Math.min(8192, rows - first)
    const block = new Float32Array(count * cols)
    const shift = random.integer(noise.length)
    for (let p = 0; p < block.length; p++) {
      const female = codes[first + Math.floor(p / cols)] === 0
      block[p] = noise[(p + shift) & (noise.length - 1)]! * (female ? 1.2 : 1) + (female ? 0.3 : 0)
    }
    output.writeRows(block)
  }
  output.stage().commit()
}

/** Takes the mean and the standard deviations of one class to those of both together. */
function towards({ mean, covariance }: StreamedMoments, target: { mean: Float64Array; scale: Float64Array }): StreamedMap {
  const change = new Float64Array(cols * cols)
  for (let k = 0; k < cols; k++) change[k * cols + k] = target.scale[k]! / Math.sqrt(covariance[k * cols + k]!) - 1
  return { centre: mean, change, shift: target.mean.map((value, k) => value - mean[k]!) }
}

try {
  await timed('write', write)
  const fileMb = Math.round(statSync(paths[0]).size / 2 ** 20)
  const input = openTable(paths[0])
  const before = await timed('moments', () => streamClassMoments(input, labels))
  const [F, M] = [before[0]!, before[1]!]
  const share = F.count / (F.count + M.count)
  const target = {
    mean: F.mean.map((value, k) => share * value + (1 - share) * M.mean[k]!),
    scale: F.mean.map((_, k) => Math.sqrt(share * F.covariance[k * cols + k]! + (1 - share) * M.covariance[k * cols + k]!)),
  }
  const output = createTable(paths[1], { rows, cols, like: input, force: true })
  const { file, moved, rmsChange } = await timed('map', () => streamAffine(input, output, labels, [towards(F, target), towards(M, target)]))
  file.commit()
  input.close()
  const peakMb = peak()
  const result = openTable(paths[1])
  const after = await timed('check', () => streamClassMoments(result, labels))
  result.close()
  const gap = (moments: readonly StreamedMoments[]): number => Math.max(...moments[0]!.mean.map((value, k) => Math.abs(value - moments[1]!.mean[k]!)))
  console.log(JSON.stringify({ rows, cols, format: values.format, fileMb, seconds, peakRssMb: peakMb, moved, rmsChange, meanGapBefore: gap(before), meanGapAfter: gap(after) }))
} finally {
  for (const path of paths) rmSync(path, { force: true })
}
