/**
 * @file What node.ts gives in Node, in a browser: files lie in memory or are `Blob`s that somebody chose, and nothing
 * else of the system is there.
 */

import { md5 } from '@noble/hashes/legacy.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { utf8Bytes } from '../bytes.ts'

export {
  accessSync,
  appendFileSync,
  closeSync,
  existsSync,
  fileConstants,
  fstatSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  open,
  openSync,
  readdirSync,
  readFile,
  readFileSync,
  readSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeSync,
  type FileHandle,
} from './memory-files.ts'
export { basename, delimiter, dirname, extname, join, relative, resolve, sep } from './memory-paths.ts'
export { crc32, deflateRaw, inflateRaw, inflateStart } from './deflate-in-javascript.ts'

interface Hash {
  update(bytes: string | Uint8Array): Hash
  digest(encoding: 'hex'): string
  copy(): Hash
}

/** SHA-256, or MD5 as data sets publish it. */
export function createHash(name: string): Hash {
  if (name !== 'sha256' && name !== 'md5') throw new RangeError(`createHash: expected sha256 or md5, got ${name}`)
  return hashOf(name === 'sha256' ? sha256.create() : md5.create())
}

type Digester = ReturnType<typeof sha256.create> | ReturnType<typeof md5.create>

function hashOf(state: Digester): Hash {
  const hash: Hash = {
    update(bytes) {
      state.update(typeof bytes === 'string' ? utf8Bytes(bytes) : bytes)
      return hash
    },
    digest: () => bytesToHex(state.digest()),
    copy: () => hashOf(state.clone() as Digester),
  }
  return hash
}

export const environment: Readonly<Record<string, string | undefined>> = {}
export const processId = 1
export const threadId = 0
export const mostBytes: number = 2 ** 31 - 1

export function hostname(): string {
  return 'browser'
}

export function homedir(): string {
  return '/'
}

export function mayRun(pid: number): boolean {
  return pid === processId
}

export function processStart(pid: number): string | undefined {
  return pid === processId ? '' : undefined
}

/** A message comes after all that waits, and sooner than a timer. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(0)
  })
}
