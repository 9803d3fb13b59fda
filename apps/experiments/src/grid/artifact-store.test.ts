/**
 * @file Both stores by one suite: a folder, and S3 as s3rver, an S3-compatible server on the loopback interface, speaks
 * it.
 */

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { StageNode } from '@indistinct/stages'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { ArtifactStore } from './artifact-store.ts'
import { openStore } from './open-store.ts'
import { parsedRecord, recordOf, type CellRecord } from './cell-record.ts'

interface Server {
  run(): Promise<AddressInfo>
  close(): Promise<void>
}
type ServerClass = new (options: object) => Server

const node: StageNode = {
  id: 'train-data-0123456789',
  stage: 'train',
  root: 'artifacts/train/data-0123456789',
  parameters: {},
  upstream: {},
}
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
      server = new S3rver({
        port: 0,
        address: '127.0.0.1',
        silent: true,
        directory: join(folder, 'buckets'),
        configureBuckets: [{ name: 'grid' }],
      })
      const { port } = await server.run()
      const env = {
        AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
        AWS_ACCESS_KEY_ID: 'S3RVER',
        AWS_SECRET_ACCESS_KEY: 'S3RVER',
        AWS_REGION: 'us-east-1',
        INDISTINCT_SCRATCH: join(folder, 'local'),
      }
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
  async function publish(
    text: string,
    input: string,
    by: ArtifactStore = store,
    files = ['model.json', 'tables/users.npy'],
  ): Promise<void> {
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
    return {
      input: record.input,
      text: record.files.map((file) => readFileSync(join(fetched, 'artifact', file), 'utf8')).join(', '),
    }
  }

  test('publishes whole, keeps what is there from the same inputs, replaces what is from others', async () => {
    expect(await look()).toBeUndefined()
    await publish('one', 'input-1')
    const one = { input: 'input-1', text: 'model.json one, tables/users.npy one' }
    expect(await look()).toEqual(one)
    const other = await openStore(place)
    expect(await look(other)).toEqual(one)
    await publish('one', 'input-1', other)
    await expect(publish('other bytes', 'input-1', other)).rejects.toThrow(
      /train-data-0123456789: expected the bytes that another worker has published/,
    )
    expect(await look()).toEqual(one)
    await publish('two', 'input-2', other)
    expect(await look()).toEqual({ input: 'input-2', text: 'model.json two, tables/users.npy two' })
    other.close()
  })

  test('an artifact that was changed in the store, or here after it was fetched, is not believed', async () => {
    await publish('three', 'input-3')
    const record = (await store.records([node])).get(node.id)!
    const fetched = await store.fetch(node, record)
    writeFileSync(join(fetched, 'artifact', 'model.json'), 'poison')
    const refused = expect.objectContaining({
      code: 'file',
      message: expect.stringMatching(
        /^train-data-0123456789: expected the artifact with digest [0-9a-f]{64} that its record names, got [0-9a-f]{64}; it was damaged/,
      ),
    })
    if (kind === 'folder') await expect(store.fetch(node, record)).rejects.toThrow(refused)
    else await poisonedBucket(fetched, record, refused)
    await publish('four', 'input-4')
    expect(await look()).toMatchObject({ input: 'input-4' })
  })

  async function poisonedBucket(fetched: string, record: CellRecord, refused: unknown): Promise<void> {
    // What was fetched before is fetched again.
    expect(readFileSync(join(await store.fetch(node, record), 'artifact', 'model.json'), 'utf8')).toBe(
      'model.json three',
    )
    rmSync(fetched, { recursive: true })
    const objects = readdirSync(join(folder, 'buckets'), { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.includes(record.artifact) && name.includes('users.npy') && name.endsWith('_object'),
    )
    expect(objects).toHaveLength(1)
    writeFileSync(join(folder, 'buckets', objects[0]!), 'poison')
    await expect(store.fetch(node, record)).rejects.toThrow(refused)
    expect(existsSync(fetched)).toBe(false)
  }

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
    await expect(away.records([node])).rejects.toThrow(
      /^cannot list s3:\/\/grid\/some\/prefix\/artifacts\/train: (?!.*S3RVER)/,
    )
    away.close()
  })

  test.runIf(kind === 'folder')(
    'what a killed worker of this machine left is removed by the next that makes the cell',
    () => {
      const scratch = store.scratch(node)
      const left = scratch.replace(/\d+$/, '4194304')
      mkdirSync(left)
      store.scratch(node)
      expect(readdirSync(join(place, 'scratch'))).toEqual([basename(scratch)])
    },
  )

  test('what killed workers of this machine left is swept, of the nodes named alone', () => {
    const scratch = store.scratch(node)
    const another = { ...node, id: 'train-other-0123456789' }
    const leftOf = (path: string): string => path.replace(/\d+$/, '4194304')
    const [left, kept] = [leftOf(scratch), leftOf(store.scratch(another))]
    const elsewhere = left.replace(/@.*@/, '@another-machine@')
    for (const path of [left, kept, elsewhere]) mkdirSync(path)
    store.sweep([node])
    expect([left, kept, elsewhere, scratch].map((path) => existsSync(path))).toEqual([false, true, true, true])
  })
})

test('a record that cannot be read, or of another version, is none', () => {
  expect(parsedRecord('{"schema":"indistinct/cell/1"')).toBeUndefined()
  expect(parsedRecord('{"schema":"indistinct/cell/99"}')).toBeUndefined()
  const whole = {
    schema: 'indistinct/cell/1',
    artifact: 'a'.repeat(64),
    input: 'b'.repeat(64),
    files: ['tables/one.npy'],
  }
  expect(parsedRecord(JSON.stringify(whole))).toEqual(whole)
  for (const files of [
    ['../../evil'],
    ['/etc/passwd'],
    ['a/../../b'],
    ['C:\\x'],
    ['a\\..\\b'],
    [''],
    'text',
    undefined,
  ])
    expect(parsedRecord(JSON.stringify({ ...whole, files }))).toBeUndefined()
  expect(parsedRecord(JSON.stringify({ ...whole, artifact: '../x' }))).toBeUndefined()
})

test('other addresses are refused', async () => {
  await expect(openStore('http://host/bucket')).rejects.toThrow(
    '--store: expected a folder or s3://BUCKET/PREFIX, got http://host/bucket',
  )
})
