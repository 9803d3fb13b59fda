/** @file Artifacts in a bucket of an S3-compatible store. The client is optional: loaded when asked for. */

import { mkdirSync, mkdtempSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileError, usageError } from '@indistinct/core'
import type { StageNode } from '@indistinct/stages'
import { unequalBytes, type ArtifactStore } from './artifact-store.ts'
import { parsedRecord, recordText, requireArtifact, type CellRecord } from './cell-record.ts'
import { scratchFolder } from './folder-store.ts'

/**
 * Artifacts under s3://BUCKET/PREFIX. Files go below `<root>/<digest of the artifact>/`; the record,
 * `<root>/cell.json`, is put last and names that digest, so that an artifact is seen whole or not at all, and one that
 * is replaced stays whole for who reads it. Address and credentials come from the environment alone:
 * AWS_ENDPOINT_URL_S3, AWS_REGION, AWS_ACCESS_KEY_ID and whatever else the client of AWS knows.
 * @throws IndistinctError 'usage' for another address, or where the client is not installed.
 */
export async function s3Store(place: string): Promise<ArtifactStore> {
  const address = /^s3:\/\/([a-z0-9][a-z0-9.-]+)(?:\/(.*?))?\/?$/.exec(place)
  if (!address) throw usageError(`--store: expected a folder or s3://BUCKET/PREFIX, got ${place}`)
  const [, bucket, prefix = ''] = address
  const { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } = await loadClient()
  const client = new S3Client({
    region: process.env['AWS_REGION'] ?? 'us-east-1',
    // Buckets as host names need a name server that knows them, which stores of one's own mostly lack.
    forcePathStyle: process.env['AWS_ENDPOINT_URL_S3'] !== undefined || process.env['AWS_ENDPOINT_URL'] !== undefined,
    // Stores other than AWS's may not know the newer checksums.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  })
  const keyOf = (...parts: string[]): string => [prefix, ...parts].filter((part) => part !== '').join('/')
  const guarded = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (cause) {
      const { name, message } = cause as Error
      throw fileError(
        `${what}: ${name}${message && message !== name ? `: ${message.split('\n')[0]}` : ''}; address and ` +
          'credentials come from the environment (AWS_ENDPOINT_URL_S3, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY)',
      )
    }
  }
  const get = (key: string): Promise<Uint8Array> =>
    guarded(`cannot read s3://${bucket}/${key}`, async () =>
      (await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }))).Body!.transformToByteArray(),
    )
  const put = (key: string, body: Uint8Array | string): Promise<unknown> =>
    guarded(`cannot write s3://${bucket}/${key}`, () =>
      client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body })),
    )

  /** Entity tags of the records of one stage, by key. */
  const list = (stage: string): Promise<Map<string, string>> =>
    guarded(`cannot list s3://${bucket}/${keyOf('artifacts', stage)}`, async () => {
      const found = new Map<string, string>()
      let token: string | undefined
      do {
        const page = await client.send(
          new ListObjectsV2Command({
            Bucket: bucket,
            Prefix: `${keyOf('artifacts', stage)}/`,
            ...(token !== undefined && { ContinuationToken: token }),
          }),
        )
        for (const { Key, ETag } of page.Contents ?? []) if (Key?.endsWith('/cell.json')) found.set(Key, ETag ?? '')
        token = page.NextContinuationToken
      } while (token !== undefined)
      return found
    })
  const known = new Map<string, { tag: string; record: CellRecord | undefined }>()
  const records = async (nodes: readonly StageNode[]): Promise<Map<string, CellRecord>> => {
    const out = new Map<string, CellRecord>()
    const tags = new Map(
      (await Promise.all([...new Set(nodes.map(({ stage }) => stage))].map(list))).flatMap((found) => [...found]),
    )
    for (const node of nodes) {
      const key = keyOf(node.root, 'cell.json')
      const tag = tags.get(key)
      if (tag === undefined) continue
      if (known.get(key)?.tag !== tag)
        known.set(key, { tag, record: parsedRecord(Buffer.from(await get(key)).toString('utf8')) })
      const { record } = known.get(key)!
      if (record) out.set(node.id, record)
    }
    return out
  }
  const work = join(process.env['INDISTINCT_SCRATCH'] || tmpdir(), 'indistinct-cells')
  return {
    place,
    records,
    scratch: (node) => scratchFolder(join(work, 'scratch'), node),
    async fetch(node, record) {
      const folder = join(work, 'fetched', `${node.id}-${record.artifact}`)
      if (existsSync(folder) && isWhole(folder, record)) return folder
      rmSync(folder, { recursive: true, force: true })
      mkdirSync(dirname(folder), { recursive: true })
      const part = mkdtempSync(`${folder}.part-`)
      for (const file of [...record.files.map((name) => `artifact/${name}`), 'timing/seconds.json']) {
        mkdirSync(dirname(join(part, file)), { recursive: true })
        writeFileSync(join(part, file), await get(keyOf(node.root, record.artifact, file)))
      }
      try {
        requireArtifact(part, record, `s3://${bucket}/${keyOf(node.root, 'cell.json')}`)
      } catch (error) {
        rmSync(part, { recursive: true, force: true })
        throw error
      }
      try {
        renameSync(part, folder)
      } catch {
        // Another cell of this machine has fetched it meanwhile.
        rmSync(part, { recursive: true, force: true })
      }
      return folder
    },
    async publish(node, folder, record) {
      const there = (await records([node])).get(node.id)
      if (there?.input === record.input) {
        if (there.artifact !== record.artifact) throw unequalBytes(node)
        return
      }
      for (const file of [...record.files.map((name) => `artifact/${name}`), 'timing/seconds.json'])
        await put(keyOf(node.root, record.artifact, file), readFileSync(join(folder, file)))
      await put(keyOf(node.root, 'cell.json'), recordText(record))
    },
    close: () => client.destroy(),
  }
}

/** A folder that an earlier cell fetched, and nobody has touched since. */
function isWhole(folder: string, record: CellRecord): boolean {
  try {
    requireArtifact(folder, record, folder)
    return true
  } catch {
    return false
  }
}

async function loadClient(): Promise<typeof import('@aws-sdk/client-s3')> {
  // It would tell users of Node 20 that versions later than the one they have installed need Node 22.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'
  try {
    return await import('@aws-sdk/client-s3')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause
    throw usageError('--store s3://…: needs one more package: npm install @aws-sdk/client-s3', { cause })
  }
}
