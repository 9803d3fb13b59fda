import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { randomStream } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { pglite, postgres, redis } from './testing/places.ts'
import { batchRows, numberedTable, plain, vectorsOf } from './testing/tables.ts'

const publisher = fileURLToPath(new URL('testing/publisher.ts', import.meta.url))
const kills = 20

interface Ended {
  readonly killed: boolean
  readonly lines: number
}

/** Starts a publisher and kills it `delay` milliseconds after it has written `after` lines. */
function publisherKilled(
  kind: string,
  number: number,
  after: number,
  delay: number,
  env: Readonly<Record<string, string>>,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', '@indistinct/loader', publisher, kind, String(number)], {
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let lines = 0
    let stderr = ''
    child.stdout.on('data', (text: Buffer) => {
      lines += text.toString().split('\n').length - 1
      if (lines >= after) setTimeout(() => child.kill('SIGKILL'), delay)
    })
    child.stderr.on('data', (text: Buffer) => (stderr += text.toString()))
    child
      .on('error', reject)
      .on('close', (code, signal) =>
        signal === 'SIGKILL' || code === 0 ? resolve({ killed: signal !== null, lines }) : reject(new Error(stderr)),
      )
  })
}

describe.each([
  { kind: 'postgres', place: postgres.missing === undefined ? postgres : pglite },
  { kind: 'redis', place: redis },
])(`a run killed at ${kills} points: $place.name`, ({ kind, place: { name, missing, start } }) => {
  if (missing !== undefined) {
    console.warn(`${name}: skipped, since ${missing}`)
    return test.skip(missing, () => undefined)
  }

  test('readers have the old vectors or the new ones, and the next run cleans up', async () => {
    const place = await start()
    try {
      await place.fill(vectorsOf(numberedTable(0)))
      const states = [0, 1].map((number) => JSON.stringify([...plain(numberedTable(number))].sort()))
      const state = async (): Promise<number> => states.indexOf(JSON.stringify([...(await place.seen())].sort()))
      const random = randomStream(11, 'kills', kind)
      const before = await place.open()
      let steps = 0
      await before.publish(numberedTable(1), { batchRows })
      await before.publish(numberedTable(0), { batchRows, onProgress: () => void steps++ })
      await before.close()
      const points: string[] = []
      for (let kill = 0; kill < kills; kill++) {
        const old = await state()
        // Every fourth falls into the switch, or right behind it.
        const inSwitch = kill % 4 === 3
        const after = inSwitch ? steps : 1 + Math.floor(random.uniform() * (steps - 1))
        const { killed, lines } = await publisherKilled(
          kind,
          1 - old,
          after,
          inSwitch ? random.uniform() * 60 : 0,
          place.env,
        )
        const now = await state()
        points.push(`${lines}${killed ? '' : ' ended'} ${now === old ? 'old' : now === 1 - old ? 'new' : 'MIXTURE'}`)
        expect(now, `after ${points.join(', ')}`).toBeGreaterThanOrEqual(0)
        const open = await place.open()
        const versions = await open.versions()
        expect(versions.filter(({ live }) => live)).toHaveLength(1)
        await open.close()
      }
      expect(points.filter((point) => point.endsWith('old')).length, points.join(', ')).toBeGreaterThan(kills / 2)

      const store = await place.open()
      const number = 1 - (await state())
      await store.publish(numberedTable(number))
      expect(await state()).toBe(number)
      expect((await place.beside()).filter((one) => /staged|before|owner/.test(one))).toEqual([])
      const versions = await store.versions()
      expect(await place.beside()).toHaveLength(versions.length)
      await store.rollBack()
      expect(await state()).toBe(1 - number)
      await store.close()
    } finally {
      await place.stop()
    }
  })
})
