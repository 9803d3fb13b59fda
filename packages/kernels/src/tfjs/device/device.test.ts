import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { backendNames } from '../backend-names.ts'
import { openDevice } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-device-'))
afterAll(() => rmSync(folder, { recursive: true }))

type Counter = {
  add(by: number): Promise<number>
  refuse(code: string): never
  close(): void
}

function counter(): URL {
  const path = join(folder, 'counter.mjs')
  const core = new URL('../../../../core/src/index.ts', import.meta.url).href
  const tfjs = new URL('../index.ts', import.meta.url).href
  writeFileSync(
    path,
    `import { badData } from '${core}'
    import { tf } from '${tfjs}'
    export function open({ start }) {
      const total = tf.tidy(() => tf.variable(tf.scalar(start)))
      return {
        async add(by) {
          tf.tidy(() => total.assign(tf.add(total, by)))
          return (await total.data())[0]
        },
        refuse(code) {
          throw code === 'range' ? new RangeError('out of range') : badData('no use')
        },
        close: () => total.dispose(),
      }
    }`,
  )
  return pathToFileURL(path)
}

test('programs hold their tensors between calls, apart from each other, and give them back', () => {
  const device = openDevice()
  expect(openDevice()).toBe(device)
  expect(backendNames).toContain(device.backend.name)
  const before = device.memory()
  const [one, two] = [1, 10].map((start) => device.open<Counter>(counter(), { start }))
  expect([one!.call('add', 2), two!.call('add', 2), one!.call('add', 3)]).toEqual([3, 12, 6])
  expect(device.memory().tensors).toBeGreaterThan(before.tensors)
  one!.close()
  two!.close()
  expect(() => one!.call('add', 1)).toThrow('device: expected a program that is open')
  expect(device.memory()).toEqual(before)
})

test('errors there are errors here', () => {
  const program = openDevice().open<Counter>(counter(), { start: 0 })
  expect(() => program.call('refuse', 'range')).toThrow(RangeError)
  expect(() => program.call('refuse', 'data')).toThrow(expect.objectContaining({ code: 'bad-data', message: 'no use' }))
  expect(program.call('add', 1)).toBe(1)
  program.close()
  expect(() => openDevice().open(new URL('nowhere.js', pathToFileURL(`${folder}/`)), {})).toThrow('Cannot find')
})
