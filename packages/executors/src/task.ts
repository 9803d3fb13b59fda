/** @file One command that an engine runs. */

/** One command, which one worker runs in a process of its own. */
export interface Task {
  /** A letter, then lower-case letters, digits, dots and dashes; the same work has the same id. */
  readonly id: string
  /** Arguments of `indistinct`; paths in them are to mean the same on every machine. */
  readonly args: readonly string[]
  /** Ids of tasks that come first. Those that are not among the tasks handed over together are taken for done. */
  readonly after?: readonly string[]
  /** MiB that the process takes at its peak, about; 512 when absent. */
  readonly memory?: number
  /** Environment of the process, beside the worker's own. */
  readonly env?: Readonly<Record<string, string>>
}
