/**
 * @file Writing files so that a reader sees the old bytes or all the new ones, never a part: bytes go to a temporary
 * name beside the target, are flushed, and the file gets its name at the end.
 */

import {
  basename,
  closeSync,
  createHash,
  dirname,
  fsyncSync,
  hostname,
  join,
  mayRun,
  mkdirSync,
  openSync,
  processId,
  readdirSync,
  rmSync,
  threadId,
  writeSync,
} from '@indistinct/core/platform'
import { utf8Bytes } from './bytes.ts'
import { fileError, IndistinctError } from './errors.ts'
import { placeFile, type PlacedFile } from './place-file.ts'

/** A file that is complete under its temporary name. */
export interface StagedFile {
  readonly path: string
  /** Where the bytes are until then. */
  readonly temporary: string
  /** Of the bytes. */
  readonly sha256: string
  /** Gives the file its name. @throws IndistinctError 'file', and removes the temporary file, where that is refused. */
  commit(): void
  /** The same so that it can be undone, until it is told to keep the name. */
  place(): PlacedFile
  /** Removes the temporary file; nothing after {@link commit}. */
  discard(): void
}

/** A file that is being written under its temporary name. */
export interface FileWriter {
  readonly path: string
  /** Appends; on failure the temporary file is removed. @throws IndistinctError 'file' when the disk refuses. */
  write(bytes: Uint8Array): void
  /**
   * Flushes what was written. @throws IndistinctError 'file', and removes the temporary file, when the disk refuses.
   */
  stage(): StagedFile
  /** Removes the temporary file. */
  discard(): void
}

export interface WriteOptions {
  /** Whether what stands at the path may be replaced when the file gets its name. Default: true. */
  readonly replace?: boolean | undefined
  /** Who may read and write the file, as the system has it; by default whom the process lets. */
  readonly mode?: number | undefined
}

/** Bytes written and hashed at a time: less than the 2 GiB that the system and Node take. */
const AT_ONCE = 1 << 30

/** Temporary names of this thread that are in use; others of this process are leftovers of an earlier one. */
const inUse = new Set<string>()

/**
 * Opens a file for writing; whatever stands at `path` stays until the staged file is committed. Leftovers that killed
 * processes of this machine made for the same path are removed.
 * @throws IndistinctError 'file' when the folder refuses.
 */
// eslint-disable-next-line max-lines-per-function -- one open file, whose state all of its calls share
export function createFile(path: string, { replace = true, mode }: WriteOptions = {}): FileWriter {
  const folder = dirname(path)
  const temporary = join(folder, `${partPrefix(path)}${processId}-${threadId}.part`)
  let fd: number | undefined
  let state: 'open' | 'staged' | 'done' = 'open'
  const hash = createHash('sha256')
  const discard = (): void => {
    if (state === 'done') return
    state = 'done'
    inUse.delete(temporary)
    const open = fd
    fd = undefined
    try {
      if (open !== undefined) closeSync(open)
    } catch {
      // The file is thrown away: what its last bytes met no longer matters.
    }
    rmSync(temporary, { force: true })
  }
  const attempt = <T>(step: () => T): T => {
    try {
      return step()
    } catch (cause) {
      let left = ''
      try {
        discard()
      } catch {
        left = `; ${temporary} could not be removed`
      }
      if (cause instanceof IndistinctError) throw cause
      throw fileError(`cannot write ${path}: ${(cause as Error).message}${left}`, { cause })
    }
  }
  const named = (former?: string): PlacedFile => {
    if (state !== 'staged') throw new Error(`createFile: ${path} is not staged`)
    const placed = attempt(() => placeFile(temporary, path, { replace, ...(former !== undefined && { former }) }))
    state = 'done'
    inUse.delete(temporary)
    flushFolder(folder)
    return placed
  }
  if (inUse.has(temporary)) throw new Error(`createFile: ${path} is being written already`)
  attempt(() => {
    mkdirSync(folder, { recursive: true })
    removeLeftovers(path)
    fd = openSync(temporary, 'w', mode)
    inUse.add(temporary)
  })
  return {
    path,
    discard,
    write(bytes) {
      if (fd === undefined) throw new Error(`createFile: ${path} is closed`)
      const open = fd
      attempt(() => {
        for (let at = 0; at < bytes.length;) {
          const length = writeSync(open, bytes, at, Math.min(AT_ONCE, bytes.length - at))
          // It would be tried for ever.
          if (length === 0) throw new Error('the disk takes no more bytes')
          hash.update(bytes.subarray(at, at + length))
          at += length
        }
      })
    },
    stage() {
      if (fd === undefined) throw new Error(`createFile: ${path} is closed`)
      const open = fd
      attempt(() => {
        fsyncSync(open)
        fd = undefined
        closeSync(open)
        state = 'staged'
      })
      return {
        path,
        temporary,
        sha256: hash.digest('hex'),
        discard,
        commit: () => void named(),
        place: () => named(temporary.replace(/part$/, 'former.part')),
      }
    },
  }
}

/**
 * Writes `chunks` under a temporary name and flushes them; on failure nothing is left.
 * @throws IndistinctError 'file' when the folder or the disk refuses, and whatever `chunks` throws, wrapped in one.
 */
export function stageFile(
  path: string,
  chunks: string | Uint8Array | Iterable<Uint8Array>,
  options: WriteOptions = {},
): StagedFile {
  const file = createFile(path, options)
  try {
    const parts = typeof chunks === 'string' ? [utf8Bytes(chunks)] : chunks instanceof Uint8Array ? [chunks] : chunks
    for (const part of parts) file.write(part)
    return file.stage()
  } catch (cause) {
    file.discard()
    if (cause instanceof IndistinctError) throw cause
    throw fileError(`cannot write ${path}: ${(cause as Error).message}`, { cause })
  }
}

/**
 * Gives several staged files their names, in their order, or none of them: where one is refused, what stood at the
 * names of those before it comes back. A process that is killed half way leaves the files before the one it was at.
 * @throws IndistinctError 'file'.
 */
export function commitFiles(files: readonly StagedFile[]): void {
  const placed: PlacedFile[] = []
  try {
    for (const file of files) placed.push(file.place())
  } catch (error) {
    for (const each of placed.reverse()) {
      try {
        each.undo()
      } catch {
        // A disk that refuses this too leaves the new file.
      }
    }
    throw error
  } finally {
    for (const file of files) file.discard()
  }
  for (const each of placed) each.keep()
}

/**
 * Writes `chunks` to a temporary file beside `path`, flushes it and renames it into place; on failure the temporary
 * file is removed and whatever stood at `path` is untouched.
 * @throws IndistinctError 'file' when the folder or the disk refuses.
 */
export function writeFileAtomic(
  path: string,
  chunks: string | Uint8Array | Iterable<Uint8Array>,
  options: WriteOptions = {},
): void {
  stageFile(path, chunks, options).commit()
}

/** Writes those of `files` that have a path, all of them or none. @throws IndistinctError 'file'. */
export function writeFiles(
  files: readonly (readonly [path: string | undefined, content: string | Uint8Array])[],
  options: WriteOptions = {},
): void {
  const staged: StagedFile[] = []
  try {
    for (const [path, content] of files) if (path !== undefined) staged.push(stageFile(path, content, options))
    commitFiles(staged)
  } finally {
    for (const file of staged) file.discard()
  }
}

/** Temporary names carry the machine, since a process number says nothing about processes elsewhere. */
function partPrefix(path: string): string {
  return `.${basename(path)}.${hostname()
    .replace(/[^\w-]/g, '_')
    .slice(0, 24)}-`
}

function removeLeftovers(path: string): void {
  const folder = dirname(path)
  const prefix = partPrefix(path)
  let names: string[]
  try {
    names = readdirSync(folder)
  } catch {
    // A folder that can be written and not listed keeps its leftovers.
    return
  }
  for (const name of names) {
    if (!name.startsWith(prefix) || !name.endsWith('.part')) continue
    const owner = /^(\d+)-(\d+)(?:\.former)?\.part$/.exec(name.slice(prefix.length))
    if (!owner || isRunning(Number(owner[1]), Number(owner[2]), join(folder, name))) continue
    try {
      rmSync(join(folder, name), { force: true })
    } catch {
      // Somebody else's leftover: it is in nobody's way.
    }
  }
}

function isRunning(pid: number, thread: number, temporary: string): boolean {
  if (pid === processId) return thread !== threadId || inUse.has(temporary)
  return mayRun(pid)
}

/**
 * A new name outlives a power cut once its folder is flushed too; not every file system or platform lets folders be.
 */
function flushFolder(folder: string): void {
  let fd: number | undefined
  try {
    fd = openSync(folder, 'r')
    fsyncSync(fd)
  } catch {
    // The file itself is flushed and has its name.
  }
  try {
    if (fd !== undefined) closeSync(fd)
  } catch {
    // As above.
  }
}
