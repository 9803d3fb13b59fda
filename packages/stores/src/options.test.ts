import { expect, test } from 'vitest'
import { openPostgres, openRedis } from './index.ts'
import type { StoreDriver } from './store-driver.ts'
import { versionedStore } from './versioned-store.ts'

/** A driver that nothing may be asked of. */
const untouched = new Proxy({} as StoreDriver, {
  get: (_, name) => {
    if (name === 'place') return 'nowhere'
    throw new Error(`the server was asked: ${String(name)}`)
  },
})
const table = { ids: ['a'], matrix: { rows: 1, cols: 1, data: Float32Array.of(1) } }
/** As programs without types hand it over. */
const untyped = <T>(value: unknown): T => value as T

test('misspelt options are refused before the server is asked', async () => {
  const store = versionedStore(untouched)
  await expect(store.read(untyped({ batchrows: 5 }))).rejects.toThrow(
    'read: expected options among batchRows, onProgress, got batchrows',
  )
  await expect(store.publish(table, untyped({ partal: true }))).rejects.toThrow(/^publish: .* got partal$/)
  await expect(store.publish(table, untyped({ partial: 'no' }))).rejects.toThrow('expected partial as a boolean')
  await expect(store.rehearse(table, untyped({ fil: 'x' }))).rejects.toThrow(/^rehearse: .* got fil$/)
  await expect(store.rollBack(untyped({ version: 3 }))).rejects.toThrow(/^rollBack: .* got version$/)
  await expect(store.rollBack({ batchRows: 0 })).rejects.toThrow('expected batchRows as a positive integer, got 0')
})

test('misspelt places are refused before a server is looked for', async () => {
  await expect(openPostgres(untyped({ table: 'users', column: 'v' }))).rejects.toThrow(/^openPostgres: .* got column$/)
  await expect(openRedis(untyped({ prefix: 'user:', field: 'v' }))).rejects.toThrow(/^openRedis: .* got field$/)
})
