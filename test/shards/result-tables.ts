/** @file What `npm run shards-check` measured, as tables of docs/scale.md. */

/** One run; worker by worker where it is a list. */
export interface RunRow {
  readonly step: 'unlearn'
  readonly run: string
  readonly rows: number
  readonly cols: number
  readonly shards: number
  readonly workers: number
  readonly threads: number
  readonly killedAfterSums?: number
  readonly sums: number
  readonly bytesPerShard: number
  readonly seconds: number
  readonly waited: readonly number[]
  readonly processorSeconds: number
  readonly rowsPerSecond: number
  readonly rowsPerProcessorSecond: number
  readonly peakMb: readonly number[]
  readonly load: number
  /** As the first run of this table; absent in that one and in other tables. */
  readonly equalBytes?: boolean
}

export interface AuditRow {
  readonly step: 'audit before' | 'audit after'
  readonly sample: number
  readonly seconds: number
  /** Value and bounds of each attacker. */
  readonly foldedAuc: { readonly [attacker: string]: readonly number[] }
  readonly verdict: string
}

const grouped = (value: number): string => value.toLocaleString('en-GB')
const table = (rows: readonly (readonly string[])[]): string =>
  [rows[0]!, rows[0]!.map(() => '---'), ...rows.slice(1)].map((row) => `| ${row.join(' | ')} |\n`).join('')
const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`

/** Runs of one table by several workers. */
export function runTable(runs: readonly RunRow[]): string {
  const { rows, cols, shards, sums, bytesPerShard } = runs[0]!
  return table([
    [
      `${grouped(rows)} x ${cols}, ${plural(shards, 'shard')}, ${sums} sums of ${grouped(bytesPerShard)} bytes a shard`,
      'bytes',
      'peak memory a worker',
      'seconds',
      'processor seconds',
      'load',
    ],
    ...runs.map(({ workers, threads, killedAfterSums, equalBytes, peakMb, seconds, processorSeconds, load }) => [
      `${plural(workers, 'worker')} of ${plural(threads, 'thread')}` +
        `${killedAfterSums === undefined ? '' : `, one killed at sum ${killedAfterSums} and started again`}`,
      equalBytes === undefined ? '' : equalBytes ? 'equal' : '**differ**',
      `${peakMb.join(', ')} MiB`,
      grouped(seconds),
      grouped(processorSeconds),
      String(load),
    ]),
  ])
}

export function auditTable(audits: readonly AuditRow[]): string {
  const [before, after] = ['audit before', 'audit after'].map((step) => audits.find((each) => each.step === step)!)
  const three = (values: readonly number[]): string =>
    `${values[0]!.toFixed(3)} [${values[1]!.toFixed(3)}, ${values[2]!.toFixed(3)}]`
  return table([
    [
      `folded AUC, ${grouped(before!.sample)} sampled users`,
      `before, ${before!.seconds} s`,
      `after, ${after!.seconds} s`,
    ],
    ...Object.keys(before!.foldedAuc).map((attacker) => [
      attacker,
      three(before!.foldedAuc[attacker]!),
      three(after!.foldedAuc[attacker]!),
    ]),
  ])
}

/** Tables of several sizes in shards of one. */
export function growthTable(runs: readonly RunRow[]): string {
  const [{ cols, workers, threads, rows, shards }] = runs as readonly [RunRow]
  return table([
    [
      `N x ${cols}, ${grouped(Math.round(rows / shards))} users a shard, ${plural(workers, 'worker')} of ` +
        `${plural(threads, 'thread')}`,
      'shards',
      'sums',
      'rows a second',
      'rows a processor second',
      'the same for one sum',
      'peak memory a worker',
      'load',
    ],
    ...[...runs]
      .sort((a, b) => a.rows - b.rows)
      .map((run) => [
        grouped(run.rows),
        String(run.shards),
        String(run.sums),
        grouped(run.rowsPerSecond),
        grouped(run.rowsPerProcessorSecond),
        grouped(run.rowsPerProcessorSecond * run.sums),
        `${run.peakMb.join(', ')} MiB`,
        String(run.load),
      ]),
  ])
}
