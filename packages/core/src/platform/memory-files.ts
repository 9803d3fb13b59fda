/**
 * @file Files of a browser's thread, under the names and with the errors that Node's have: those that somebody chose,
 * read piece by piece where they lie, and those that were written, in memory. Folders are there by their files alone.
 */

import { concatBytes, utf8Bytes, utf8Text } from '../bytes.ts'
import { basename, dirname, resolve } from './memory-paths.ts'

interface MemoryFile {
  readonly number: number
  readonly modified: number
  /** Of a file that was written; longer than it. */
  bytes: Uint8Array
  size: number
  /** Of a file that was chosen. */
  readonly blob?: Blob
}

interface OpenFile {
  readonly file: MemoryFile
  at: number
}

const files = new Map<string, MemoryFile>()
const opened = new Map<number, OpenFile>()
let numbers = 0

/** Puts a file there, in place of what stood under the name. A `Blob` can be read in worker threads alone. */
export function provideFile(path: string, content: Uint8Array | Blob): void {
  const isBlob = content instanceof Blob
  files.set(resolve(path), {
    number: ++numbers,
    modified: 0,
    bytes: isBlob ? new Uint8Array(0) : content,
    size: isBlob ? content.size : content.length,
    ...(isBlob && { blob: content }),
  })
}

/** Paths of all files. */
export function providedFiles(): string[] {
  return [...files.keys()].sort()
}

function failure(code: string, what: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${what}, '${path}'`), { code })
}

function isFolder(path: string): boolean {
  const folder = resolve(path)
  return folder === '/' || [...files.keys()].some((name) => name.startsWith(`${folder}/`))
}

function fileAt(path: string): MemoryFile {
  const file = files.get(resolve(path))
  if (file) return file
  throw isFolder(path)
    ? failure('EISDIR', 'illegal operation on a directory', path)
    : failure('ENOENT', 'no such file or directory', path)
}

export const fileConstants = { W_OK: 2 }

export function existsSync(path: string): boolean {
  return files.has(resolve(path)) || isFolder(path)
}

export function accessSync(path: string): void {
  if (!existsSync(path)) throw failure('ENOENT', 'no such file or directory', path)
}

function statsOf(file: MemoryFile | undefined, bigint: boolean | undefined): object {
  const size = file?.size ?? 0
  const [number, modified] = [file?.number ?? 0, file?.modified ?? 0]
  return {
    isFile: () => file !== undefined,
    isDirectory: () => file === undefined,
    ...(bigint
      ? { size: BigInt(size), ino: BigInt(number), dev: 0n, mtimeMs: BigInt(modified), mtimeNs: BigInt(modified) }
      : { size, ino: number, dev: 0, mtimeMs: modified }),
  }
}

export interface StatOptions {
  readonly bigint?: boolean
  readonly throwIfNoEntry?: boolean
}

export function statSync(path: string, { bigint, throwIfNoEntry = true }: StatOptions = {}): object | undefined {
  const file = files.get(resolve(path))
  if (file || isFolder(path)) return statsOf(file, bigint)
  if (throwIfNoEntry) throw failure('ENOENT', 'no such file or directory', path)
  return undefined
}

export const lstatSync = statSync

export function fstatSync(fd: number): object {
  return statsOf(opened.get(fd)!.file, false)
}

export function openSync(path: string, flags: string): number {
  const place = resolve(path)
  if (flags === 'wx' && files.has(place)) throw failure('EEXIST', 'file already exists', path)
  if (flags !== 'r') provideFile(place, new Uint8Array(0))
  const fd = ++numbers
  // A folder is opened to be flushed.
  const file = files.get(place) ?? (isFolder(place) ? undefined : fileAt(path))
  if (file) opened.set(fd, { file, at: 0 })
  return fd
}

export function closeSync(fd: number): void {
  opened.delete(fd)
}

export function fsyncSync(): void {
  // Memory has no disk behind it.
}

export function readSync(fd: number, target: Uint8Array, at: number, length: number, position: number): number {
  const { file } = opened.get(fd)!
  const found = contentOf(file, position, Math.min(position + length, file.size))
  target.set(found, at)
  return found.length
}

/** What browsers have in worker threads, so that work there need not be cut into promises. */
declare const FileReaderSync: new () => { readAsArrayBuffer(blob: Blob): ArrayBuffer }

function contentOf({ blob, bytes }: MemoryFile, from: number, to: number): Uint8Array {
  if (!blob) return bytes.subarray(from, Math.max(from, to))
  return new Uint8Array(new FileReaderSync().readAsArrayBuffer(blob.slice(from, to)))
}

export function writeSync(fd: number, bytes: Uint8Array, at: number, length: number): number {
  const { file } = opened.get(fd)!
  if (file.size + length > file.bytes.length) {
    const longer = new Uint8Array(Math.max(2 * file.bytes.length, file.size + length))
    longer.set(file.bytes.subarray(0, file.size))
    file.bytes = longer
  }
  file.bytes.set(bytes.subarray(at, at + length), file.size)
  file.size += length
  return length
}

export function appendFileSync(path: string, text: string): void {
  const before = files.has(resolve(path)) ? (readFileSync(path) as Uint8Array) : new Uint8Array(0)
  provideFile(path, concatBytes([before, utf8Bytes(text)]))
}

export function readFileSync(path: string, encoding?: 'utf8'): Uint8Array | string {
  const file = fileAt(path)
  const bytes = contentOf(file, 0, file.size).slice()
  return encoding === undefined ? bytes : utf8Text(bytes)
}

export async function readFile(path: string): Promise<Uint8Array> {
  return readFileSync(path) as Uint8Array
}

/** Bytes of a stream at a time. */
const CHUNK = 1 << 16

export interface FileHandle {
  stat(): Promise<object>
  createReadStream(): AsyncGenerator<Uint8Array>
  write(bytes: Uint8Array): Promise<void>
  sync(): Promise<void>
  close(): Promise<void>
}

/** A file for asynchronous work; one that is not there is refused. */
export async function open(path: string, flags: string): Promise<FileHandle> {
  const fd = openSync(path, flags)
  const file = opened.get(fd)?.file
  async function* stream(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < file!.size; at += CHUNK) yield contentOf(file!, at, Math.min(at + CHUNK, file!.size))
  }
  return {
    stat: async () => statsOf(file, false),
    createReadStream: stream,
    write: async (bytes) => void writeSync(fd, bytes, 0, bytes.length),
    sync: async () => undefined,
    close: async () => closeSync(fd),
  }
}

export function readdirSync(folder: string): string[] {
  if (files.has(resolve(folder))) throw failure('ENOTDIR', 'not a directory', folder)
  if (!isFolder(folder)) throw failure('ENOENT', 'no such file or directory', folder)
  const start = resolve(folder).replace(/\/?$/, '/')
  const inside = [...files.keys()].filter((name) => name.startsWith(start))
  return [...new Set(inside.map((name) => name.slice(start.length).split('/')[0]!))].sort()
}

export function mkdirSync(): undefined {
  // A folder is there once a file is in it.
}

export function rmdirSync(): void {
  // As above.
}

export function rmSync(path: string, { force = false }: { readonly force?: boolean } = {}): void {
  if (!files.delete(resolve(path)) && !force) throw failure('ENOENT', 'no such file or directory', path)
}

export function renameSync(from: string, to: string): void {
  const file = fileAt(from)
  files.delete(resolve(from))
  files.set(resolve(to), file)
}

export function linkSync(from: string, to: string): void {
  const file = fileAt(from)
  if (files.has(resolve(to))) throw failure('EEXIST', 'file already exists', to)
  files.set(resolve(to), file)
}

function realPath(path: string): string {
  if (!existsSync(path)) throw failure('ENOENT', 'no such file or directory', path)
  return resolve(dirname(resolve(path)), basename(resolve(path)))
}

export const realpathSync = Object.assign(realPath, { native: realPath })
