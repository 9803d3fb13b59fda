/** @file Paths that are no files of this machine: addresses and standard input are refused with what to run instead. */

import { usageError } from '@indistinct/core'
import { quoted } from '../quoted.ts'

const hadoop = { get: 'hdfs dfs -get ADDRESS .', put: 'hdfs dfs -put FILE ADDRESS' }
const postgres = { get: 'indistinct export --from postgres --table users --out users.npy' }

/**
 * What fetches from an address of each kind, and what puts a file there; ADDRESS is where the address goes, FILE the
 * file.
 */
const TOOLS: Readonly<Record<string, { readonly get: string; readonly put?: string }>> = {
  s3: { get: 'aws s3 cp ADDRESS .', put: 'aws s3 cp FILE ADDRESS' },
  gs: { get: 'gcloud storage cp ADDRESS .', put: 'gcloud storage cp FILE ADDRESS' },
  hdfs: hadoop,
  abfs: hadoop,
  abfss: hadoop,
  dbfs: { get: 'databricks fs cp ADDRESS .', put: 'databricks fs cp FILE ADDRESS' },
  http: { get: 'curl -fLO ADDRESS' },
  https: { get: 'curl -fLO ADDRESS' },
  ftp: { get: 'curl -fO ADDRESS', put: 'curl -fT FILE ADDRESS' },
  hf: { get: 'huggingface-cli download REPOSITORY FILE --local-dir .' },
  postgres,
  postgresql: postgres,
  redis: { get: 'indistinct export --from redis --prefix user: --out users.npy' },
}

/** A Windows path such as C:\x has one letter before its colon; Databricks writes dbfs:/x too. */
const ADDRESS = /^(?:([a-z][a-z\d+.-]+):\/\/|(dbfs):\/)/i

export interface LocalFileOptions {
  /** How messages name the value: a flag; default: the value. */
  readonly name?: string | undefined
  /** The path is to be written. */
  readonly writes?: boolean | undefined
}

/**
 * Refuses a path that names no file here.
 * @throws IndistinctError 'usage' on an address such as s3://bucket/users.npy, and on "-", standard input or output.
 */
export function requireLocalFile(path: string, { name, writes = false }: LocalFileOptions = {}): void {
  if (path === '-') throw usageError(writes ? outputPiped(name) : inputPiped(name))
  const match = ADDRESS.exec(path)
  if (!match) return
  const scheme = (match[1] ?? match[2])!.toLowerCase()
  const place = name === undefined ? `${quoted(path)} is an address` : `${name}: ${quoted(path)} is an address`
  if (scheme === 'file')
    throw usageError(`${place}; give the path alone: ${quoted(path.replace(/^file:\/\/(localhost)?/i, ''))}`)
  const tool = Object.hasOwn(TOOLS, scheme) ? TOOLS[scheme]! : undefined
  const command = (writes ? tool?.put : tool?.get)?.replace('ADDRESS', () => shellWord(path))
  if (writes)
    throw usageError(
      `${place}, and only files on this machine are written; name a file, then send it${command ? `: ${command}` : ''}`,
    )
  throw usageError(
    `${place}, and only files on this machine are read; fetch it ` +
      `first${command ? `: ${command}` : ', then give the name of the file'}`,
  )
}

/**
 * Why a pipe will not do: formats need any position, runs are recorded with the digest of a file, and may be repeated.
 */
function inputPiped(name = '-'): string {
  return (
    `${name}: standard input is not read; save it to a file whose name ends in its format, ` +
    'such as: cat > users.csv'
  )
}

function outputPiped(name = '-'): string {
  return `${name}: files are not written to standard output; name a file, then send it on, as with: cat FILE`
}

/** `text` as a shell takes it for one word. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text)
    ? text
    : `'${text.replaceAll(/[\u0000-\u001f\u007f]/g, '?').replaceAll("'", "'\\''")}'`
}
