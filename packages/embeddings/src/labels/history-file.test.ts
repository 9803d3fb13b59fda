import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { isHistoryFile, itemColumnOf, readHistory } from './history-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-history-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}
const table = { name: 'users.csv', rows: 3, ids: ['b', 'a', 'c'] }

test.each([
  ['ratings.csv', 'userId,movieId,rating\na,10,5\nb,10,4\na,11,3\na,10,1\nzz,12,1\n'],
  ['plays.inter', 'user_id:token\tartist_id:token\na\t10\nb\t10\na\t11\nzz\t12\n'],
  ['visits.csv', 'user;item\na;10\nb;10\na;11\nzz;12\n'],
])('%s is a history of the rows of the table', async (name, text) => {
  const path = file(name, text)
  expect(await isHistoryFile(path)).toBe(true)
  const { history, known } = await readHistory(path, table)
  expect([history.rows, history.cols, known]).toEqual([3, 2, 2])
  expect([...history.indptr]).toEqual([0, 1, 3, 3])
  expect([...history.indices]).toEqual([0, 0, 1])
})

test('a table of vectors is none', async () => {
  expect(await isHistoryFile(file('old.csv', 'id,d0,d1\na,1,2\n'))).toBe(false)
  expect(await isHistoryFile('some.npy')).toBe(false)
  expect(itemColumnOf(['user', 'item', 'movie'])).toBeUndefined()
})

test('rows that are only numbered are met by their numbers, and by nothing else', async () => {
  const bare = { name: 'users.npy', rows: 3 }
  expect((await readHistory(file('n.csv', 'user,item\n0,x\n2,x\n2,y\n'), bare)).history.indptr).toEqual(
    Int32Array.from([0, 1, 1, 3]),
  )
  await expect(readHistory(file('one.csv', 'user,item\n1,x\n2,x\n3,y\n'), bare)).rejects.toThrow(/one counts from 1/)
  // Its last user did nothing.
  expect((await readHistory(file('two.csv', 'user,item\n1,x\n2,y\n'), bare)).notes).toEqual([
    expect.stringContaining('two.csv is 0, and rows of users.npy are numbered from 0'),
  ])
})

test('what is missing is named', async () => {
  await expect(readHistory(file('x.csv', 'user,what\na,1\n'), table)).rejects.toThrow(/--with-item-column/)
  await expect(readHistory(file('y.csv', 'user,item\nA,1\nB,2\n'), table)).rejects.toThrow(/a difference of case/)
  await expect(readHistory(file('z.csv', 'user,item\na,\n'), table)).rejects.toThrow(
    /line 2: expected a user and an item/,
  )
})
