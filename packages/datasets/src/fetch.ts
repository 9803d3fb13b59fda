/**
 * @file Getting a data set into the cache: downloaded or from a file that the user downloaded, checked against pinned
 * digests, unpacked. Nothing is visible under its final name before it is whole and checked.
 */

import { badData, checkOptions, fileError, usageError, writeFileAtomic } from '@indistinct/core'
import { createHash, join, mkdirSync, open, readFile, renameSync, rmSync } from '@indistinct/core/platform'
import { unzipSync } from 'fflate'
import type { KnownDataset, KnownDownload } from './known-dataset.ts'
import { knownDataset, knownDatasets } from './known-datasets.ts'
import { cacheFolder, type Places } from './locate.ts'
import { isOfficial } from './official-file.ts'

export interface FetchOptions extends Pick<Places, 'cacheFolder'> {
  /** Must be true: the user has read the licence that `knownDatasets` names. */
  readonly acceptLicence: boolean
  /** The official download, already on this machine. */
  readonly fromFile?: string
  /** Called as bytes arrive; `total` is undefined where the server does not say. */
  readonly onProgress?: (received: number, total: number | undefined) => void
  readonly signal?: AbortSignal
  /** Makes the request. Default: the global `fetch`. */
  readonly request?: (url: string, init: { signal?: AbortSignal }) => Promise<Response>
}

export interface Fetched {
  readonly folder: string
  readonly files: readonly string[]
}

/**
 * Puts the files of a data set into the cache folder, where `loadDataset` finds them.
 * @param which its name, or the description of another one.
 * @throws RangeError on options of another name or kind; IndistinctError 'usage' when the name is unknown, the set is
 * generated or the licence is not accepted;
 * 'file' when there is no download, the network or the disk fails, or the download is damaged; 'bad-data' when
 * `fromFile` is not the official file.
 */
export async function fetchDataset(which: string | KnownDataset, options: FetchOptions): Promise<Fetched> {
  checkOptions<FetchOptions>('fetchDataset', options, {
    acceptLicence: 'boolean',
    fromFile: 'string',
    onProgress: 'function',
    signal: 'object',
    request: 'function',
    cacheFolder: 'string',
  })
  const known = typeof which === 'string' ? knownDataset(which) : which
  if (!known)
    throw usageError(
      `unknown data set ${JSON.stringify(which)}: expected one of ${knownDatasets.map((each) => each.name).join(', ')}`,
    )
  if (known.kind === 'generated')
    throw usageError(`${known.name} is generated: it needs no files and can be used at once`)
  const folder = join(cacheFolder(options), known.folder ?? known.name)
  if (!known.download)
    throw fileError(
      `${known.title} has no download: ${known.withdrawn ?? known.derived}. If you have a copy, put ` +
        `${known.files.map((file) => file.name).join(', ')} into ${folder}`,
    )
  if (!options.acceptLicence) {
    throw usageError(
      `${known.title} has its own licence: ${known.licence}. Read it at ${known.page} and repeat with ` +
        '--accept-licence if you accept it',
    )
  }
  const bytes =
    options.fromFile === undefined
      ? await downloaded(known.download, folder, options)
      : await given(options.fromFile, known.download)
  const contents = unpack(bytes, known, options.fromFile ?? known.download.url)
  for (const [name, content] of contents) writeFileAtomic(join(folder, name), content)
  // An unpacked archive is not needed any more; a download that is the data set itself stays.
  if (options.fromFile === undefined && !contents.has(known.download.file)) rmSync(join(folder, known.download.file))
  return { folder, files: [...contents.keys()] }
}

/** Downloads to `.part`, checks the digest, renames. */
async function downloaded(download: KnownDownload, folder: string, options: FetchOptions): Promise<Uint8Array> {
  const path = join(folder, download.file)
  const part = `${path}.part`
  try {
    mkdirSync(folder, { recursive: true })
    const response = await request(download, options)
    const total = Number(response.headers.get('content-length')) || undefined
    const file = await open(part, 'w')
    const hash = createHash('md5')
    try {
      let received = 0
      const reader = response.body!.getReader()
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        hash.update(next.value)
        await file.write(next.value)
        options.onProgress?.((received += next.value.length), total)
      }
      await file.sync()
    } finally {
      await file.close()
    }
    const digest = hash.digest('hex')
    if (digest !== download.md5) {
      throw fileError(
        `${download.url}: expected a file with md5 ${download.md5}, got ${digest}: the download is damaged or ` +
          'the file has changed; try again',
      )
    }
    renameSync(part, path)
    return await readFile(path)
  } catch (cause) {
    rmSync(part, { force: true })
    throw cause instanceof Error && cause.name === 'IndistinctError'
      ? cause
      : fileError(`cannot download ${download.url}: ${reason(cause)}; ${byHand(download)}`, { cause })
  }
}

async function request(download: KnownDownload, { request = fetch, signal }: FetchOptions): Promise<Response> {
  let response: Response
  try {
    response = await request(download.url, signal ? { signal } : {})
  } catch (cause) {
    const code = String(((cause as Error).cause as { code?: unknown } | undefined)?.code ?? '')
    // Every code of a failed check has CERT in it, or is one of OpenSSL's two names for an unverifiable chain.
    if (!/CERT|UNABLE_TO_VERIFY/.test(code)) throw cause
    throw fileError(
      `cannot download ${download.url}: the certificate of ${new URL(download.url).host} does not pass (${code}). ` +
        `Certificate checks are never turned off here; ${byHand(download)}`,
      { cause },
    )
  }
  if (!response.ok || !response.body) {
    throw fileError(
      `cannot download ${download.url}: expected status 200, got ${response.status} ${response.statusText}; ` +
        `${byHand(download)}`,
    )
  }
  return response
}

function byHand(download: KnownDownload): string {
  return `download it by other means, and pass it with --from-file ${download.file}: its digest is checked`
}

function reason(cause: unknown): string {
  const error = cause as Error
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message
}

async function given(path: string, download: KnownDownload): Promise<Uint8Array> {
  const bytes = await readFile(path).catch((cause: Error) => {
    throw fileError(`cannot read ${path}: ${cause.message}`, { cause })
  })
  const digest = createHash('md5').update(bytes).digest('hex')
  if (digest !== download.md5) {
    throw badData(
      `${path}: expected the official ${download.file} with md5 ${download.md5}, got md5 ${digest}; download it ` +
        `again from ${download.url}`,
    )
  }
  return bytes
}

/** The files of the set and, where there is one, the README with the licence; names without the archive's folder. */
function unpack(bytes: Uint8Array, known: KnownDataset, source: string): Map<string, Uint8Array> {
  const contents = new Map<string, Uint8Array>()
  if (known.download!.file.endsWith('.zip')) {
    const wanted = new Set(['README', ...known.files.map((file) => file.name)])
    const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
    let entries: Record<string, Uint8Array>
    try {
      entries = unzipSync(bytes, { filter: (entry) => wanted.has(baseName(entry.name)) })
    } catch (cause) {
      throw badData(`${source}: expected a zip archive, got: ${(cause as Error).message}; download it again`, { cause })
    }
    for (const [path, content] of Object.entries(entries)) contents.set(baseName(path), content)
  } else {
    contents.set(known.download!.file, bytes)
  }
  for (const file of known.files) {
    const content = contents.get(file.name)
    if (!content) throw badData(`${source}: expected a file ${file.name} in it, got none; download it again`)
    if (!isOfficial(content, file))
      throw badData(`${source}: expected the official ${file.name}, got a file with another digest; download it again`)
  }
  return contents
}
