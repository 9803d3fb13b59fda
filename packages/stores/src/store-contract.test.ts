import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { IdentifiedVectors, Store } from './store.ts'
import { pglite, postgres, redis, type PlaceKind, type TestPlace } from './testing/places.ts'
import { numberedTable, plain, vectorsOf } from './testing/tables.ts'

const users = 50
const dimensions = 4
const table = (number: number, ids = Array.from({ length: users }, (_, i) => String(i))): IdentifiedVectors =>
  numberedTable(number, ids)

describe.each<PlaceKind>([pglite, postgres, redis])('$name', ({ name, missing, start }) => {
  if (missing !== undefined) {
    console.warn(`${name}: skipped, since ${missing}`)
    return test.skip(missing, () => undefined)
  }
  const first = table(1)
  const second = table(2)
  let place: TestPlace
  let store: Store
  beforeAll(async () => {
    place = await start()
  })
  afterAll(() => place?.stop())
  beforeEach(async () => {
    await store?.close()
    await place.fill(new Map([...vectorsOf(first), ['900', null]]))
    store = await place.open()
  })
  afterAll(() => store?.close())

  test('reads every value exactly, in the order of ids, and counts users without a vector', async () => {
    const got = await store.read({ batchRows: 7 })
    expect([...got.ids].sort()).toEqual([...first.ids].sort())
    expect(plain(got)).toEqual(plain(first))
    expect(got.withoutVector).toBe(1)
    expect((await store.read()).ids).toEqual(got.ids)
  })

  test('publishes exactly, keeps other columns and users without a vector, and remembers both versions', async () => {
    const done = await store.publish(second, { batchRows: 7, file: 'abc' })
    expect(done).toMatchObject({
      version: 2,
      before: 1,
      others: 0,
      leftovers: false,
      record: { rows: users, dimensions, before: 1, file: 'abc' },
    })
    expect(done.changed).toBe(users)
    expect(await place.seen()).toEqual(plain(second))
    const names = await place.names()
    expect(names.size).toBe(users + 1)
    for (const [id, written] of names) expect(written).toBe(`name of ${id}`)
    const versions = await store.versions()
    expect(versions.map(({ version, live, file }) => [version, live, file])).toEqual([
      [1, false, undefined],
      [2, true, 'abc'],
    ])
    expect(versions[0]!.checksum).not.toBe(versions[1]!.checksum)
    expect((await place.beside()).filter((one) => /staged|before|owner/.test(one))).toEqual([])
  })

  test('publishing what is live changes nothing', async () => {
    const { version, record } = await store.publish(second)
    const again = await store.publish(second)
    expect(again).toMatchObject({ version, before: version, changed: 0, record })
    expect(await store.versions()).toHaveLength(2)
  })

  test('a rehearsal names the version that publishing makes, refuses what it refuses, and writes nothing', async () => {
    const before = await place.beside()
    expect(await store.rehearse(second)).toEqual({ version: 2, others: 0 })
    await expect(store.rehearse(table(2, ['unknown']))).rejects.toMatchObject({ code: 'bad-data' })
    expect(await place.beside()).toEqual(before)
    expect(await place.seen()).toEqual(plain(first))
    expect((await store.publish(second)).version).toBe(2)
    expect(await store.rehearse(second)).toEqual({ version: 2, live: 2, others: 0 })
    expect((await store.rehearse(first)).version).toBe((await store.publish(first)).version)
  })

  test('rows that did not change are not written', async () => {
    const moved = vectorsOf(first)
    moved.set('3', Float32Array.of(1, 2, 3, 4))
    const data = Float32Array.from([...moved.values()].flatMap((vector) => [...vector]))
    expect(
      (await store.publish({ ids: [...moved.keys()], matrix: { rows: users, cols: dimensions, data } })).changed,
    ).toBe(1)
  })

  test('rolls back, forward again, and publishes on from there', async () => {
    await store.publish(second)
    expect(await store.rollBack()).toMatchObject({ version: 1, before: 2, changed: users })
    expect(await place.seen()).toEqual(plain(first))
    await expect(store.rollBack()).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('none before it'),
    })
    await expect(store.rollBack({ to: 9 })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('no version 9; the store keeps 1, 2'),
    })
    expect(await store.rollBack({ to: 2 })).toMatchObject({ version: 2, before: 1 })
    await store.rollBack()
    // Version 2 was taken back, so the way back from 3 leads to 1.
    expect(await store.publish(table(3))).toMatchObject({ version: 3, before: 1 })
    await store.rollBack()
    expect(await place.seen()).toEqual(plain(first))
  })

  test('what others wrote since the last version is kept as one, and comes back', async () => {
    await store.publish(second)
    await place.put('3', Float32Array.of(9, 8, 7, 6))
    expect(await store.publish(table(3))).toMatchObject({ version: 4, before: 3 })
    expect(await store.rollBack()).toMatchObject({ version: 3 })
    expect((await place.seen()).get('3')).toEqual([9, 8, 7, 6])
  })

  test('a rollback neither revives users who were deleted nor touches new ones', async () => {
    await store.publish(second)
    await place.remove('5')
    await place.put('901', Float32Array.of(1, 1, 1, 1))
    expect(await store.rollBack()).toMatchObject({ version: 1, others: 1 })
    const seen = await place.seen()
    expect(seen.has('5')).toBe(false)
    expect(seen.get('901')).toEqual([1, 1, 1, 1])
    expect(seen.get('6')).toEqual(plain(first).get('6'))
  })

  test('prune leaves the live version alone, and the live vectors as they are', async () => {
    await store.publish(second)
    await store.publish(table(3))
    expect(await store.prune()).toEqual([1, 2])
    expect((await store.versions()).map(({ version, live, before }) => [version, live, before])).toEqual([
      [3, true, undefined],
    ])
    expect(await place.beside()).toHaveLength(1)
    expect(await place.seen()).toEqual(plain(table(3)))
    await expect(store.rollBack()).rejects.toMatchObject({ code: 'usage' })
    expect(await store.prune()).toEqual([])
    expect(await store.publish(first)).toMatchObject({ version: 4, before: 3 })
  })

  test('refuses other dimensions before anything is written', async () => {
    const wide = { ids: first.ids, matrix: { rows: users, cols: 5, data: new Float32Array(users * 5) } }
    await expect(store.publish(wide)).rejects.toMatchObject({
      code: 'bad-data',
      message: expect.stringContaining('expected vectors of 4 dimensions, as the store holds them, got a table of 5'),
    })
    expect(await place.beside()).toEqual([])
  })

  test('refuses users that the store does not hold, or holds without a vector', async () => {
    const ids = [...first.ids.slice(1), '777']
    await expect(store.publish(table(2, ids), { partial: true })).rejects.toMatchObject({
      code: 'bad-data',
      message: expect.stringContaining('1 user of the table has no vector there: "777"'),
    })
    await expect(store.publish(table(2, [...first.ids, '900']))).rejects.toMatchObject({
      code: 'bad-data',
      message: expect.stringContaining('"900"'),
    })
    expect(await place.seen()).toEqual(plain(first))
  })

  test('refuses to leave users behind, unless told so', async () => {
    const some = table(2, first.ids.slice(3))
    await expect(store.publish(some)).rejects.toMatchObject({
      code: 'bad-data',
      message: expect.stringMatching(/3 users there are not in the table: .*"0".*--partial/),
    })
    expect(await store.publish(some, { partial: true })).toMatchObject({ others: 3, changed: users - 3 })
    const seen = await place.seen()
    expect(seen.get('0')).toEqual(plain(first).get('0'))
    expect(seen.get('4')).toEqual(plain(some).get('4'))
    await store.rollBack()
    expect(await place.seen()).toEqual(plain(first))
  })

  test('removes what an interrupted run left behind', async () => {
    await place.abandonDraft()
    expect(await store.publish(second)).toMatchObject({ version: 2, leftovers: true })
    expect((await place.beside()).filter((one) => /staged|before|owner/.test(one))).toEqual([])
    expect(await place.seen()).toEqual(plain(second))
  })

  test.each([0, 3])('a write by others while a run is at work undoes the switch (batch %d)', async (batch) => {
    let batches = 0
    // PGlite serves one transaction at a time, so the write is let in behind the run's, before the switch.
    const pending: (Promise<void> | void)[] = []
    const others = (step: string): void => {
      if (step === 'write' && batches++ === batch) pending.push(place.putAtOnce('3', Float32Array.of(5, 5, 5, 5)))
    }
    await expect(store.publish(second, { batchRows: 7, onProgress: ({ step }) => others(step) })).rejects.toMatchObject(
      {
        code: 'file',
        message: expect.stringContaining('changed while this run was at work; nothing was switched'),
      },
    )
    await Promise.all(pending)
    expect(await place.seen()).toEqual(new Map([...plain(first), ['3', [5, 5, 5, 5]]]))
    expect(await place.beside()).toEqual([])
  })

  test('readers see all old or all new vectors', async () => {
    let reading = true
    const states: string[] = []
    const known = new Map([
      [JSON.stringify([...plain(first)].sort()), 'old'],
      [JSON.stringify([...plain(second)].sort()), 'new'],
    ])
    const reader = (async () => {
      while (reading) states.push(known.get(JSON.stringify([...(await place.seen())].sort())) ?? 'mixture')
    })()
    // On a busy machine few readings fall into one switch: until there are enough it goes back and forth.
    do {
      await store.publish(second, { batchRows: 3 })
      await store.rollBack()
    } while (states.length <= 3)
    await store.publish(second, { batchRows: 3 })
    reading = false
    await reader
    expect(new Set(states).has('mixture')).toBe(false)
    expect(await place.seen()).toEqual(plain(second))
  })

  test('an empty place is told', async () => {
    await place.fill(new Map([['900', null]]))
    const empty = await place.open()
    await expect(empty.read()).rejects.toMatchObject({
      code: 'bad-data',
      message: expect.stringContaining('found none'),
    })
    await expect(empty.publish(second)).rejects.toMatchObject({ code: 'bad-data' })
    await empty.close()
  })
})
