/** @file What a command works on, and what it may leave. */

export interface Workplace {
  readonly name: string
  /** Outputs go to `folder`/out. */
  readonly folder: string
  /** Arguments of Node that make a process do the same. */
  readonly process: readonly string[]
  /** Runs in this process; throws as the command does. */
  readonly run: () => Promise<void>
  /** Digest of each file as it was before the runs, and as a whole run leaves it. */
  readonly before: ReadonlyMap<string, string>
  readonly after: ReadonlyMap<string, string>
  /** The output that gets its name last, so that it is new only where all are. */
  readonly last?: string
  /** Folder whose files change together: it may be missing, and never holds some of each. */
  readonly together?: string
  /** The run finds none of its outputs there, since it would refuse to replace them. */
  readonly fresh?: boolean
  /** Tells whole new files where their bytes differ from run to run. Default: by `after`. */
  readonly isWhole?: (name: string, bytes: Uint8Array) => boolean
}
