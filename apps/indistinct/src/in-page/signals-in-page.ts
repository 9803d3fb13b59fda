/** @file A page has no signals: its thread is ended, and what it had in memory with it. */

export function writingFiles<T>(write: () => Promise<T>): Promise<T> {
  return write()
}

export function abortable<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  return work(new AbortController().signal)
}
