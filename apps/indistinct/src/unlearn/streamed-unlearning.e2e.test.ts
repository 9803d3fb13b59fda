import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { matrix, randomStream } from '@indistinct/core'
import { embeddingTable, readTable, writeTable } from '@indistinct/embeddings'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { indistinctInProcess, type Ran } from '../end-to-end/in-process-cli.ts'
import { indistinct } from '../end-to-end/spawned-cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-streamed-'))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string): string => join(folder, name)
const [N, K] = [3000, 12]
const random = randomStream(3, 'streamed')
const data = Float32Array.from(
  { length: N * K },
  (_, p) => random.normal() * (Math.floor(p / K) % 3 === 0 ? 1.3 : 1) + (Math.floor(p / K) % 3 === 0 ? 0.4 : 0),
)
const plain = embeddingTable({ matrix: matrix(N, K, data) })
const named = embeddingTable({
  matrix: matrix(N, K, data),
  ids: Array.from({ length: N }, (_, i) => `u${i}`),
  idColumn: 'id',
})
await writeTable(at('users.npy'), plain, { force: true })
await writeTable(at('users.parquet'), named, { force: true })
const label = (i: number): string => (i % 20 === 7 ? '' : i % 3 === 0 ? 'F' : 'M')
writeFileSync(
  at('rows.csv'),
  `user,gender\n${Array.from({ length: N }, (_, i) => `${N - 1 - i},${label(N - 1 - i)}`).join('\n')}\n`,
)
writeFileSync(at('order.csv'), `gender\n${Array.from({ length: N }, (_, i) => label(i) || 'unknown').join('\n')}\n`)
writeFileSync(at('named.csv'), `user,gender\n${Array.from({ length: N }, (_, i) => `u${i},${label(i)}`).join('\n')}\n`)

const unlearn = (table: string, labels: string, out: string, ...more: string[]): Promise<Ran> =>
  indistinctInProcess([
    'unlearn',
    at(table),
    '--attributes',
    at(labels),
    '--attribute',
    'gender',
    '--out',
    at(out),
    '--json',
    '--quiet',
    ...more,
  ])

/** Units in the last place of float32 between two values. */
function ulps(a: number, b: number): number {
  const bits = new Int32Array(Float32Array.of(a, b).buffer, 0, 2)
  const [x, y] = [...bits].map((each) => (each < 0 ? -(each & 0x7fffffff) : each))
  return Math.abs(x! - y!)
}

describe.each(['mean-matching', 'leace', 'gaussian-transport'])('%s, streamed', (method) => {
  test.each([
    ['npy', 'users.npy', 'rows.csv', []],
    ['npy', 'users.npy', 'order.csv', ['--missing-label', 'unknown']],
    ['parquet', 'users.parquet', 'named.csv', []],
  ])(
    '%s: values are those of memory but for sums in another order; rows without a label keep their bits',
    async (extension, table, labels, flags) => {
      const [whole, streamed] = [`whole.${extension}`, `streamed.${extension}`]
      expect(
        (await unlearn(table, labels, whole, '--method', method, '--force', '--stream', 'never', ...flags)).code,
      ).toBe(0)
      const { code, stdout } = await unlearn(
        table,
        labels,
        streamed,
        '--method',
        method,
        '--force',
        '--stream',
        'always',
        ...flags,
      )
      expect(code).toBe(0)
      const [a, b] = [await readTable(at(whole)), await readTable(at(streamed))]
      expect(b.ids).toEqual(a.ids)
      // Sums about the first block's mean instead of the class' own: a last digit of float64, which float32 shows where
      // it was about to round the other way, and where terms cancel.
      let different = 0
      b.matrix.data.forEach((value, p) => {
        if (value === a.matrix.data[p]) return
        different++
        expect(ulps(value, a.matrix.data[p]!) <= 1 || Math.abs(value - a.matrix.data[p]!) < 1e-7).toBe(true)
      })
      expect(different).toBeLessThan(0.001 * N * K)
      for (let i = 7; i < N; i += 20)
        if (label(i) === '') expect(b.matrix.data.subarray(i * K, i * K + K)).toEqual(data.subarray(i * K, i * K + K))
      const record = JSON.parse(stdout) as { moved: number; output: { table: { sha256: string } } }
      const sidecar = JSON.parse(readFileSync(at(`${whole}.json`), 'utf8')) as Record<string, unknown>
      for (const key of ['method', 'attribute', 'rows', 'dtype', 'moved', 'unmatched', 'warnings', 'unlabelled'])
        expect(record, key).toHaveProperty(key, sidecar[key])
      expect(JSON.parse(readFileSync(at(`${streamed}.json`), 'utf8'))).toEqual(record)
    },
  )
})

test('leace moves users without a label too, where that is asked for', async () => {
  await unlearn('users.npy', 'rows.csv', 'a.npy', '--method', 'leace', '--unlabelled', 'map', '--stream', 'never')
  const { code } = await unlearn(
    'users.npy',
    'rows.csv',
    'b.npy',
    '--method',
    'leace',
    '--unlabelled',
    'map',
    '--stream',
    'always',
  )
  expect(code).toBe(0)
  const [a, b] = [await readTable(at('a.npy')), await readTable(at('b.npy'))]
  expect(Math.max(...b.matrix.data.map((value, p) => Math.abs(value - a.matrix.data[p]!)))).toBeLessThan(1e-6)
})

test.each([
  [
    2,
    ['--stream', 'always'],
    '--stream always: flow holds the whole table; mean-matching, leace, gaussian-transport do not',
  ],
  [
    2,
    ['--stream', 'always', '--method', 'leace', '--delta', 'd'],
    '--stream always: --delta needs the whole table in memory',
  ],
  [2, ['--stream', 'always', '--method', 'gaussian-transport', '--unlabelled', 'map'], 'has no map for users without'],
  [2, ['--stream', 'always', '--method', 'leace', '--audit'], '--audit needs the whole table'],
])('exit %i: %j', async (code, flags, message) => {
  const ran = await unlearn('users.npy', 'rows.csv', 'refused.npy', ...flags)
  expect(ran).toMatchObject({ code, stdout: '' })
  expect(ran.stderr).toContain(message)
})

test('bad data exits 3, and nothing is left', async () => {
  const before = readdirSync(folder)
  writeFileSync(at('twice.csv'), 'user,gender\n1,F\n2,M\n1,M\n')
  const twice = await unlearn('users.npy', 'twice.csv', 'bad.npy', '--method', 'leace', '--stream', 'always')
  expect(twice).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('twice.csv: line 4: id "1" stands in an earlier line already'),
  })
  const bytes = Buffer.from(readFileSync(at('users.npy')))
  bytes.writeFloatLE(NaN, bytes.length - 4)
  writeFileSync(at('nan.npy'), bytes)
  expect(await unlearn('nan.npy', 'rows.csv', 'bad.npy', '--method', 'leace', '--stream', 'always')).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('nan.npy: row 2999 (from 0), dimension 11'),
  })
  expect(readdirSync(folder)).toEqual([...before, 'twice.csv', 'nan.npy'].sort())
})

test('a dry run reads and checks, and writes nothing', async () => {
  const { code, stdout } = await unlearn(
    'users.npy',
    'rows.csv',
    'planned.npy',
    '--method',
    'leace',
    '--stream',
    'always',
    '--dry-run',
  )
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    schema: 'indistinct/dry-run/1',
    streamed: true,
    rows: N,
    writes: [at('planned.npy'), at('planned.npy.json')],
  })
  expect(existsSync(at('planned.npy'))).toBe(false)
})

describe('signals', () => {
  // Some work: the signal comes once the temporary file of the output is there.
  const rows = 200_000
  beforeAll(async () => {
    await writeTable(
      at('long.npy'),
      embeddingTable({
        matrix: matrix(
          rows,
          64,
          Float32Array.from({ length: rows * 64 }, (_, p) => data[p % data.length]! + (Math.floor(p / 64) % 2)),
        ),
      }),
    )
    writeFileSync(at('long.csv'), `gender\n${Array.from({ length: rows }, (_, i) => (i % 2 ? 'F' : 'M')).join('\n')}\n`)
  })

  test.each(['SIGINT', 'SIGTERM'] as const)('%s ends it without a partial file', async (signal) => {
    const outputs = join(folder, signal)
    mkdirSync(outputs)
    const out = join(outputs, 'out.npy')
    const ended = await indistinct(
      [
        'unlearn',
        at('long.npy'),
        '--attributes',
        at('long.csv'),
        '--attribute',
        'gender',
        '--method',
        'gaussian-transport',
        '--stream',
        'always',
        '--out',
        out,
      ],
      {
        cwd: folder,
        onStart: (child) => {
          const timer = setInterval(() => {
            if (existsSync(outputs) && readdirSync(outputs).length > 0) child.kill(signal)
          }, 5)
          child.on('close', () => clearInterval(timer))
        },
      },
    )
    expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code: signal === 'SIGINT' ? 130 : 143, stdout: '' })
    expect(readdirSync(outputs)).toEqual([])
  })
})
