import { expect, test } from 'vitest'
import { openCsv } from './csv-records.ts'

/** Text of many pieces, and whether its reader has let go of it. */
function pieces(count: number): { bytes: AsyncGenerator<Uint8Array>; isClosed: () => boolean } {
  let closed = false
  async function* bytes(): AsyncGenerator<Uint8Array> {
    try {
      yield Buffer.from('id,gender\n')
      for (let i = 0; i < count; i++) yield Buffer.from(`u${i},F\n`.repeat(4000))
    } finally {
      closed = true
    }
  }
  return { bytes: bytes(), isClosed: () => closed }
}

test.each([1, 40])('who wants the header of %i pieces alone leaves no file open', async (count) => {
  const { bytes, isClosed } = pieces(count)
  const { header, records } = await openCsv('people.csv', bytes)
  expect(header).toEqual(['id', 'gender'])
  await records[Symbol.asyncIterator]().return?.()
  expect(isClosed()).toBe(true)
})

test('a loop that is left half way leaves none open either', async () => {
  const { bytes, isClosed } = pieces(40)
  const { records } = await openCsv('people.csv', bytes)
  for await (const { cells } of records) {
    expect(cells).toEqual(['u0', 'F'])
    break
  }
  expect(isClosed()).toBe(true)
})
