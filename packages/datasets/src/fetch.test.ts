import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sha256 } from '@indistinct/core'
import { strToU8, zipSync } from 'fflate'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { fetchDataset } from './fetch.ts'
import type { KnownDataset } from './known-dataset.ts'
import { findDataset } from './locate.ts'

const md5 = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex')
const data = strToU8('1\t2\t3\t4\n')
const archive = zipSync({
  'tiny/u.data': data,
  'tiny/README': strToU8('terms'),
  'tiny/other': strToU8('x'),
  '../evil': strToU8('x'),
})

let server: Server
let known: KnownDataset
let cache: string
let body: Uint8Array
let status: number

beforeAll(async () => {
  server = createServer((_, response) => response.writeHead(status).end(body))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/tiny.zip`
  known = {
    name: 'tiny',
    title: 'Tiny',
    kind: 'real',
    licence: 'research only',
    page: 'https://example.org/tiny',
    folder: 'tiny',
    files: [{ name: 'u.data', sha256: sha256(data) }],
    download: { url, file: 'tiny.zip', md5: md5(archive) },
  }
})
afterAll(() => server.close())
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'indistinct-fetch-'))
  body = archive
  status = 200
})
afterEach(() => rmSync(cache, { recursive: true }))

const left = (): string[] => (existsSync(join(cache, 'tiny')) ? readdirSync(join(cache, 'tiny')).sort() : [])

describe('fetchDataset', () => {
  test('downloads, checks and unpacks only what is known', async () => {
    const seen: number[] = []
    const fetched = await fetchDataset(known, {
      acceptLicence: true,
      cacheFolder: cache,
      onProgress: (received) => seen.push(received),
    })
    expect(fetched.folder).toBe(join(cache, 'tiny'))
    expect(left()).toEqual(['README', 'u.data'])
    expect(existsSync(join(cache, 'evil'))).toBe(false)
    expect(readFileSync(join(cache, 'tiny', 'u.data'))).toEqual(Buffer.from(data))
    expect(seen.at(-1)).toBe(archive.length)
    expect(findDataset(known, { dataFolder: '/nonexistent', cacheFolder: cache })).toBe(join(cache, 'tiny'))
  })

  test('takes a file that is already here', async () => {
    const path = join(cache, 'mine.zip')
    writeFileSync(path, archive)
    await fetchDataset(known, { acceptLicence: true, cacheFolder: cache, fromFile: path })
    expect(left()).toEqual(['README', 'u.data'])
    expect(existsSync(path)).toBe(true)
  })

  test('takes a single file that is no archive', async () => {
    const single: KnownDataset = { ...known, download: { ...known.download!, file: 'u.data', md5: md5(data) } }
    body = data
    await fetchDataset(single, { acceptLicence: true, cacheFolder: cache })
    expect(left()).toEqual(['u.data'])
  })

  test('refuses misspelt options before anything is downloaded', async () => {
    await expect(fetchDataset('ml-100k', { acceptLicense: true } as never)).rejects.toThrow(
      /^fetchDataset: expected options among acceptLicence, .*, got acceptLicense$/,
    )
  })

  test('asks for the licence first', async () => {
    await expect(fetchDataset(known, { acceptLicence: false, cacheFolder: cache })).rejects.toMatchObject({
      code: 'usage',
      message:
        'Tiny has its own licence: research only. Read it at https://example.org/tiny and repeat with ' +
        '--accept-licence if you accept it',
    })
    expect(left()).toEqual([])
  })

  test('leaves nothing behind when the download is damaged or refused', async () => {
    body = archive.slice(0, -3)
    await expect(fetchDataset(known, { acceptLicence: true, cacheFolder: cache })).rejects.toMatchObject({
      code: 'file',
      message: expect.stringContaining(`expected a file with md5 ${md5(archive)}, got ${md5(body)}`) as string,
    })
    status = 404
    await expect(fetchDataset(known, { acceptLicence: true, cacheFolder: cache })).rejects.toMatchObject({
      code: 'file',
      message: expect.stringContaining('expected status 200, got 404 Not Found; download it by other means') as string,
    })
    const gone: KnownDataset = { ...known, download: { ...known.download!, url: 'http://127.0.0.1:1/tiny.zip' } }
    await expect(fetchDataset(gone, { acceptLicence: true, cacheFolder: cache })).rejects.toMatchObject({
      code: 'file',
      message: expect.stringContaining('--from-file tiny.zip') as string,
    })
    expect(left()).toEqual([])
  })

  test('points at --from-file when a certificate does not pass', async () => {
    const request = (): Promise<Response> =>
      Promise.reject(
        new TypeError('fetch failed', {
          cause: Object.assign(new Error('certificate has expired'), { code: 'CERT_HAS_EXPIRED' }),
        }),
      )
    await expect(fetchDataset(known, { acceptLicence: true, cacheFolder: cache, request })).rejects.toMatchObject({
      code: 'file',
      message: expect.stringMatching(
        /does not pass \(CERT_HAS_EXPIRED\)\. Certificate checks are never turned off here; download it by other means, and pass it with --from-file tiny\.zip/,
      ) as string,
    })
    expect(left()).toEqual([])
  })

  test('refuses a file that is not the official one, or is none', async () => {
    const path = join(cache, 'mine.zip')
    writeFileSync(path, 'not a zip')
    await expect(
      fetchDataset(known, { acceptLicence: true, cacheFolder: cache, fromFile: path }),
    ).rejects.toMatchObject({
      code: 'bad-data',
      message: expect.stringContaining('expected the official tiny.zip with md5') as string,
    })
    await expect(
      fetchDataset(known, { acceptLicence: true, cacheFolder: cache, fromFile: join(cache, 'none') }),
    ).rejects.toMatchObject({ code: 'file' })
    const changed: KnownDataset = { ...known, files: [{ name: 'u.data', sha256: sha256('else') }] }
    writeFileSync(path, archive)
    await expect(
      fetchDataset(changed, { acceptLicence: true, cacheFolder: cache, fromFile: path }),
    ).rejects.toMatchObject({
      code: 'bad-data',
      message: expect.stringContaining('expected the official u.data, got a file with another digest') as string,
    })
    const more: KnownDataset = { ...known, files: [{ name: 'u.user' }] }
    await expect(fetchDataset(more, { acceptLicence: true, cacheFolder: cache, fromFile: path })).rejects.toMatchObject(
      { code: 'bad-data', message: expect.stringContaining('expected a file u.user in it') as string },
    )
    expect(left()).toEqual([])
  })

  test('knows which data sets have nothing to fetch', async () => {
    await expect(fetchDataset('synthetic', { acceptLicence: true })).rejects.toMatchObject({ code: 'usage' })
    await expect(fetchDataset('lfm-2b', { acceptLicence: true })).rejects.toMatchObject({
      code: 'file',
      message: expect.stringContaining('withdrawn from public access') as string,
    })
    await expect(fetchDataset('ml-10m', { acceptLicence: true })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('expected one of synthetic, ml-100k') as string,
    })
  })
})
