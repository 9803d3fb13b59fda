/** @file Artifacts in a bucket of an S3-compatible store. */

import { mkdirSync, mkdtempSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { StageNode } from '@indistinct/stages'
import { unequalBytes, type ArtifactStore } from './artifact-store.ts'
import { parsedRecord, recordText, requireArtifact, type CellRecord } from './cell-record.ts'
import { scratchFolders } from './folder-store.ts'
import { s3Bucket, type S3Bucket } from './s3-bucket.ts'

/**
 * Artifacts under s3://BUCKET/PREFIX. Files go below `<root>/<digest of the artifact>/`; the record,
 * `<root>/cell.json`, is put last and names that digest, so that an artifact is seen whole or not at all, and one that
 * is replaced stays whole for who reads it. Address and credentials come from the environment alone:
 * AWS_ENDPOINT_URL_S3, AWS_REGION, AWS_ACCESS_KEY_ID and whatever else the client of AWS knows.
 * @throws IndistinctError 'usage' for another address, or where the client is not installed.
 */
export async function s3Store(place: string): Promise<ArtifactStore> {
  const bucket = await s3Bucket(place)
  const { keyOf } = bucket
  const known = new Map<string, { tag: string; record: CellRecord | undefined }>()
  const records = async (nodes: readonly StageNode[]): Promise<Map<string, CellRecord>> => {
    const out = new Map<string, CellRecord>()
    const tags = new Map(
      (
        await Promise.all(
          [...new Set(nodes.map(({ stage }) => stage))].map((stage) =>
            bucket.list(keyOf('artifacts', stage), '/cell.json'),
          ),
        )
      ).flatMap((found) => [...found]),
    )
    for (const node of nodes) {
      const key = keyOf(node.root, 'cell.json')
      const tag = tags.get(key)
      if (tag === undefined) continue
      if (known.get(key)?.tag !== tag)
        known.set(key, { tag, record: parsedRecord(Buffer.from(await bucket.get(key)).toString('utf8')) })
      const { record } = known.get(key)!
      if (record) out.set(node.id, record)
    }
    return out
  }
  const work = join(process.env['INDISTINCT_SCRATCH'] || tmpdir(), 'indistinct-cells')
  return {
    place,
    records,
    ...scratchFolders(join(work, 'scratch')),
    fetch: (node, record) => fetched(bucket, node, record, join(work, 'fetched')),
    async publish(node, folder, record) {
      const there = (await records([node])).get(node.id)
      if (there?.input === record.input) {
        if (there.artifact !== record.artifact) throw unequalBytes(node)
        return
      }
      for (const file of [...record.files.map((name) => `artifact/${name}`), 'timing/seconds.json'])
        await bucket.put(keyOf(node.root, record.artifact, file), readFileSync(join(folder, file)))
      await bucket.put(keyOf(node.root, 'cell.json'), recordText(record))
    },
    close: bucket.close,
  }
}

/** The artifact of `record`, whole, in a folder under `parent`. */
async function fetched(
  { keyOf, nameOf, get }: S3Bucket,
  node: StageNode,
  record: CellRecord,
  parent: string,
): Promise<string> {
  const folder = join(parent, `${node.id}-${record.artifact}`)
  if (existsSync(folder) && isWhole(folder, record)) return folder
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(dirname(folder), { recursive: true })
  const part = mkdtempSync(`${folder}.part-`)
  for (const file of [...record.files.map((name) => `artifact/${name}`), 'timing/seconds.json']) {
    mkdirSync(dirname(join(part, file)), { recursive: true })
    writeFileSync(join(part, file), await get(keyOf(node.root, record.artifact, file)))
  }
  try {
    requireArtifact(part, record, nameOf(keyOf(node.root, 'cell.json')))
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
