import { describe, expect, test } from 'vitest'
import { readAttribute } from '../labels/attribute-file.ts'
import { readIds } from '../labels/ids.ts'
import { requireLocalFile } from './local-file.ts'
import { createTable, openTable } from '../open-table.ts'
import { readTable } from '../read-table.ts'

describe('requireLocalFile', () => {
  test.each([
    ['s3://bucket/users.npy', 'aws s3 cp s3://bucket/users.npy .'],
    ['gs://bucket/users.npy', 'gcloud storage cp gs://bucket/users.npy .'],
    ['HDFS://name/users.parquet', 'hdfs dfs -get HDFS://name/users.parquet .'],
    [
      'abfss://box@account.dfs.core.windows.net/u.npy',
      'hdfs dfs -get abfss://box@account.dfs.core.windows.net/u.npy .',
    ],
    ['dbfs:/mnt/users.npy', 'databricks fs cp dbfs:/mnt/users.npy .'],
    ['https://host/users.csv?a=1&b=2', "curl -fLO 'https://host/users.csv?a=1&b=2'"],
    ["http://host/$(rm x)'.csv", "curl -fLO 'http://host/$(rm x)'\\''.csv'"],
    ['ftp://host/users.csv', 'curl -fO ftp://host/users.csv'],
    ['postgres://host/db', 'indistinct export --from postgres'],
    ['file:///home/me/users.npy', 'give the path alone: "/home/me/users.npy"'],
    ['unheard://x/y', 'fetch it first, then give the name of the file'],
  ])('%s', (path, words) => {
    expect(() => requireLocalFile(path)).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringContaining(words) }),
    )
  })

  test.each(['users.npy', './-', 'C:\\users.npy', 'a:b.npy', 'folder/s3:/x.npy', 'http:/x', ''])(
    '%s is a file',
    (path) => {
      expect(() => requireLocalFile(path)).not.toThrow()
    },
  )

  test('to be written', () => {
    const writes = (path: string) => () => requireLocalFile(path, { writes: true, name: '--out' })
    expect(writes('s3://bucket/u.npy')).toThrow(
      '--out: "s3://bucket/u.npy" is an address, and only files on this machine are written; name a file, then ' +
        'send it: aws s3 cp FILE s3://bucket/u.npy',
    )
    expect(writes('https://host/u.npy')).toThrow('name a file, then send it')
    expect(writes('-')).toThrow('--out: files are not written to standard output')
  })

  test('every reader and writer asks', async () => {
    for (const path of ['s3://bucket/users.npy', 's3://bucket/users.csv', '-']) {
      await expect(readTable(path)).rejects.toMatchObject({ code: 'usage' })
      await expect(readAttribute(path, 'gender')).rejects.toMatchObject({ code: 'usage' })
      await expect(readIds(path)).rejects.toMatchObject({ code: 'usage' })
      expect(() => openTable(path)).toThrow(expect.objectContaining({ code: 'usage' }))
      expect(() => createTable(path, { rows: 1, cols: 1 })).toThrow(expect.objectContaining({ code: 'usage' }))
    }
  })
})
