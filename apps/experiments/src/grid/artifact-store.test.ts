/** @file Both stores by one suite: a folder, and S3 as s3rver, an S3-compatible server on the loopback interface, speaks it. */

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StageNode } from '@indistinct/stages'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openStore, type ArtifactStore } from './artifact-store.ts'
import { parsedRecord, recordOf } from './cell-record.ts'

interface Server {
  run(): Promise<AddressInfo>
  close(): Promise<void>
}
type ServerClass = new (options: object) => Server

const node: StageNode = { id: 'train-data-0123456789', stage: 'train', root: 'artifacts/train/data-0123456789', parameters: {}, upstream: {} }
const cost = { seconds: 1, cpuSeconds: 1, memory: 100 }

describe.each(['folder', 's3'])('%s store', (kind) => {
  let folder: string
  let server: Server | undefined
  let place: string
  let store: ArtifactStore
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'indistinct-store-'))
    if (kind === 's3') {
      const S3rver = createRequire(import.meta.url)('s3rver') as ServerClass
      server = new S3rver({ port: 0, address: '127.0.0.1', silent: true, directory: join(folder, 'buckets'), configureBuckets: [{ name: 'grid' }] })
      const { port } = await server.run()
      const env = { AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`, AWS_ACCESS_KEY_ID: 'S3RVER', AWS_SECRET_ACCESS_KEY: 'S3RVER', AWS_REGION: 'us-east-1', INDISTINCT_SCRATCH: join(folder, 'local') }
      for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
    }
    place = kind === 's3' ? 's3://grid/some/prefix' : join(folder, 'store')
    store = await openStore(place)
  })
  afterAll(async () => {
    store.close()
    await server?.close()
    vi.unstubAllEnvs()
    rmSync(folder, { recursive: true, force: true })
  })

  /** Publishes `text` as made from `input`. */
  async function publish(text: string, input: string, by: ArtifactStore = store, files = ['model.json', 'tables/users.npy']): Promise<void> {
    const made = join(by.scratch(node), 'made')
    for (const file of files) {
      mkdirSync(join(made, 'artifact', file, '..'), { recursive: true })
      writeFileSync(join(made, 'artifact', file), `${file} ${text}`)
    }
    mkdirSync(join(made, 'timing'))
    writeFileSync(join(made, 'timing', 'seconds.json'), '{}')
    await by.publish(node, made, recordOf(made, node.id, input, cost))
  }
  async function look(by: ArtifactStore = store): Promise<{ input: string; text: string } | undefined> {
    const record = (await by.records([node])).get(node.id)
    if (record === undefined) return undefined
    const fetched = await by.fetch(node, record)
    return { input: record.input, text: record.files.map((file) => readFileSync(join(fetched, 'artifact', file), 'utf8')).join(', ') }
  }

  test('publishes whole, keeps what is there from the same inputs, replaces what is from others', async () => {
    expect(await look()).toBeUndefined()
    await publish('one', 'input-1')
    const one = { input: 'input-1', text: 'model.json one, tables/users.npy one' }
    expect(await look()).toEqual(one)
    const other = await openStore(place)
    expect(await look(other)).toEqual(one)
    await publish('one', 'input-1', other)
    await expect(publish('other bytes', 'input-1', other)).rejects.toThrow(/train-data-0123456789: expected the bytes that another worker has published/)
    expect(await look()).toEqual(one)
    await publish('two', 'input-2', other)
    expect(await look()).toEqual({ input: 'input-2', text: 'model.json two, tables/users.npy two' })
    other.close()
  })

  test.runIf(kind === 's3')('an upload that is broken off is not seen', async () => {
    const made = join(store.scratch(node), 'made')
    mkdirSync(join(made, 'artifact'), { recursive: true })
    writeFileSync(join(made, 'artifact', 'model.json'), 'three')
    const record = recordOf(made, node.id, 'input-3', cost)
    const before = await look()
    await expect(store.publish(node, made, { ...record, files: ['model.json', 'gone.npy'] })).rejects.toThrow('ENOENT')
    expect(await look()).toEqual(before)
  })

  test.runIf(kind === 's3')('a server that is away is named without credentials', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_S3', 'http://127.0.0.1:9')
    vi.stubEnv('AWS_MAX_ATTEMPTS', '1')
    const away = await openStore(place)
    await expect(away.records([node])).rejects.toThrow(/^cannot list s3:\/\/grid\/some\/prefix\/artifacts\/train: (?!.*S3RVER)/)
    away.close()
  })

  test.runIf(kind === 'folder')('what a killed worker of this machine left is removed by the next that makes the cell', () => {
    const scratch = store.scratch(node)
    const left = scratch.replace(/\d+$/, '4194304')
    mkdirSync(left)
    store.scratch(node)
    expect(readdirSync(join(place, 'scratch'))).toEqual([scratch.slice(scratch.lastIndexOf('/') + 1)])
  })
})

test('a record that cannot be read, or of another version, is none', () => {
  expect(parsedRecord('{"schema":"indistinct/cell/1"')).toBeUndefined()
  expect(parsedRecord('{"schema":"indistinct/cell/99"}')).toBeUndefined()
})

test('other addresses are refused', async () => {
  await expect(openStore('http://host/bucket')).rejects.toThrow('--store: expected a folder or s3://BUCKET/PREFIX, got http://host/bucket')
})
