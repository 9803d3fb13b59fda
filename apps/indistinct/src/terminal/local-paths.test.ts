import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { indistinctInProcess } from '../end-to-end/in-process-cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-addresses-'))
afterAll(() => rmSync(folder, { recursive: true }))
const people = join(folder, 'people.csv')
writeFileSync(people, 'id,gender\na,F\nb,M\n')

const labels = ['--attributes', people, '--attribute', 'gender']
test.each<[string, string[], string]>([
  ['a table', ['audit', 's3://bucket/users.npy', ...labels], 'fetch it first: aws s3 cp s3://bucket/users.npy .'],
  ['a second table', ['audit', 'a.npy', 'gs://bucket/b.npy', ...labels], 'gcloud storage cp gs://bucket/b.npy .'],
  [
    'labels',
    ['audit', 'a.npy', '--attributes', 'https://host/people.csv', '--attribute', 'gender'],
    '--attributes: "https://host/people.csv" is an address, and only files on this machine are read; fetch it ' +
      'first: curl -fLO https://host/people.csv',
  ],
  [
    'labels of a pipe',
    ['audit', 'a.npy', '--attributes', '-', '--attribute', 'gender'],
    '--attributes: standard input is not read; save it to a file',
  ],
  [
    'a table of a pipe',
    ['audit', '-', ...labels],
    'standard input is not read; save it to a file whose name ends in its format, such as: cat > users.csv',
  ],
  [
    'the new table',
    ['unlearn', 'a.npy', ...labels, '--out', 's3://bucket/new.npy'],
    '--out: "s3://bucket/new.npy" is an address, and only files on this machine are written; name a file, then ' +
      'send it: aws s3 cp FILE s3://bucket/new.npy',
  ],
  [
    'the second new table',
    ['unlearn', 'a.npy', 'b.npy', ...labels, '--out', 'new.npy,hdfs://name/new.npy'],
    'hdfs dfs -put FILE hdfs://name/new.npy',
  ],
  [
    'the new table to a pipe',
    ['unlearn', 'a.npy', ...labels, '--out', '-'],
    '--out: files are not written to standard output',
  ],
  [
    'a report',
    ['audit', 'a.npy', ...labels, '--report', 's3://bucket/r.html'],
    '--report: "s3://bucket/r.html" is an address',
  ],
  [
    'items',
    ['unlearn', 'a.npy', ...labels, '--out', 'new.npy', '--items', 's3://bucket/items.npy'],
    '--items: "s3://bucket/items.npy" is an address',
  ],
  [
    'a delta to read',
    ['restore', 'new.npy', '--delta', 's3://bucket/d', '--out', 'old.npy'],
    'aws s3 cp s3://bucket/d .',
  ],
  [
    'a file to publish',
    ['publish', 'file:///tmp/a.npy', '--to', 'postgres', '--table', 'users'],
    'give the path alone: "/tmp/a.npy"',
  ],
  [
    'a table in shards',
    ['shards', 'unlearn', 's3://bucket/a.npy', ...labels, '--out', 'folder'],
    'aws s3 cp s3://bucket/a.npy .',
  ],
])('%s', async (_, args, words) => {
  const { code, stderr } = await indistinctInProcess(args)
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(words) })
})

test('a label may be a dash', async () => {
  const { stderr } = await indistinctInProcess(['audit', join(folder, 'none.npy'), ...labels, '--missing-label=-'])
  expect(stderr).toContain('no such file')
})
