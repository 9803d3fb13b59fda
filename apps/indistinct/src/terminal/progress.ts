/** @file Progress of long work: a bar on a terminal, otherwise a line after 2 seconds and every 30 after it. */

export interface Progress {
  /** `total` is undefined where nobody knows it, and 1 where `done` is a share. */
  update(done: number, total: number | undefined, note?: string): void
  /** Removes the bar; to be called once the work is over, failed or not. */
  end(): void
}

export type ProgressStyle = 'bar' | 'lines' | 'none'

const barInterval = 100
const firstLine = 2000
const lineInterval = 30_000
/** Share of the work before which its speed says nothing of the rest. */
const telling = 0.05

/**
 * Starts to show progress under `label`.
 * @param write receives text as it is to appear
 * @param now milliseconds, for the estimate of the time left
 */
export function startProgress(
  label: string,
  style: ProgressStyle,
  write: (text: string) => void,
  now: () => number = () => performance.now(),
): Progress {
  const start = now()
  let due = style === 'bar' ? -Infinity : start + firstLine
  // Named at once: the first part of the work may take long, and nothing else is drawn while it runs.
  let drawn = style === 'bar'
  if (drawn) write(`\r\x1b[K${label}`)
  return {
    update(done, total, note = '') {
      const time = now()
      if (style === 'none' || time < due) return
      due = time + (style === 'bar' ? barInterval : lineInterval)
      const share = total ? Math.min(1, done / total) : undefined
      const left = share && share >= telling ? `, about ${duration(((time - start) / share) * (1 - share))} left` : ''
      const count = total === 1 ? `${Math.floor(100 * share!)} %` : total ? `${done} of ${total}` : `${done}`
      const tail = `${count}${left}${note && `, ${note}`}`
      if (style === 'lines') {
        write(`${label}: ${tail}\n`)
        return
      }
      const filled = Math.round((share ?? 0) * 20)
      const bar = share === undefined ? '' : `[${'#'.repeat(filled)}${'.'.repeat(20 - filled)}] `
      write(`\r\x1b[K${label} ${bar}${tail}`)
      drawn = true
    },
    end() {
      if (drawn) write('\r\x1b[K')
      drawn = false
    },
  }
}

/** "45 s", "3 min", "2 h 5 min". */
export function duration(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000)
  if (seconds < 100) return `${seconds} s`
  const minutes = Math.ceil(seconds / 60)
  return minutes < 100 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
