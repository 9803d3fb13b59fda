import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { encodeLabels, matrix, randomStream, type Matrix } from '@indistinct/core'
import { embeddingTable, readTable, writeTable } from '@indistinct/embeddings'
import { displacementOf } from '@indistinct/report'
import { unlearners } from '@indistinct/unlearners'
import { parseFit } from '../unlearn/fit-file.ts'
import { indistinctInProcess } from '../end-to-end/in-process-cli.ts'
import { createLog } from '../terminal/log.ts'
import { prepareShards, type PrepareOptions } from './prepare-shards.ts'
import { readManifest } from './shard-manifest.ts'
import { runShardWorker } from './shard-worker.ts'

let folder: string
const at = (...names: string[]): string => join(folder, ...names)
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'indistinct-shards-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Users of two labels that a mean and a spread tell apart; every tenth without one. */
function users(rows: number, cols = 5): { table: Matrix; values: string[] } {
  const random = randomStream(3, 'users')
  const values = Array.from({ length: rows }, (_, i) => (i % 10 === 0 ? '' : random.uniform() < 0.4 ? 'F' : 'M'))
  const table = matrix(rows, cols)
  for (let p = 0; p < table.data.length; p++)
    table.data[p] =
      random.normal() * (p % cols === 2 && values[Math.floor(p / cols)] === 'F' ? 1.5 : 1) +
      (p % cols === 0 && values[Math.floor(p / cols)] === 'F' ? 1 : 0)
  return { table, values }
}

const part = ({ cols, data }: Matrix, from: number, to: number): Matrix => ({
  rows: to - from,
  cols,
  data: data.slice(from * cols, to * cols),
})
const csv = (ids: readonly string[], values: readonly string[]): string =>
  `id,gender\n${values.map((value, i) => `${ids[i]},${value}\n`).join('')}`
const prepare = (options: Partial<PrepareOptions>) =>
  prepareShards(
    {
      tables: [at('users.npy')],
      attributes: [at('people.csv')],
      attribute: 'gender',
      out: at('out'),
      method: 'leace',
      parameters: {},
      seed: 0,
      force: false,
      ...options,
    },
    createLog(true),
  )
const work = (more: object = {}) => runShardWorker(at('out'), { index: 0, of: 1, peerTimeout: 1, ...more })

describe('a table in several files', () => {
  test.each(['leace', 'gaussian-transport', 'flow'] as const)(
    '%s: files of their own format, with ids and labels of their own, as one table',
    async (method) => {
      const { table, values } = users(900)
      const ids = values.map((_, i) => `u${i}`)
      const bounds = [0, 250, 700, 900]
      const names = ['a.parquet', 'b.safetensors', 'c.npz']
      for (const [p, name] of names.entries()) {
        const [from, to] = [bounds[p]!, bounds[p + 1]!]
        const columns =
          name === 'b.safetensors'
            ? {}
            : { columns: [{ name: 'city', values: ids.slice(from, to).map((id) => `c${id}`) }] }
        await writeTable(
          at(name),
          embeddingTable({
            matrix: part(table, from, to),
            ids:
              name === 'b.safetensors' ? values.slice(from, to).map((_, i) => String(from + i)) : ids.slice(from, to),
            ...(name === 'b.safetensors' ? {} : { idColumn: 'id' }),
            ...columns,
          }),
        )
        const own =
          name === 'b.safetensors' ? values.slice(from, to).map((_, i) => String(from + i)) : ids.slice(from, to)
        // In another order than the rows.
        writeFileSync(at(`${p}.csv`), csv([...own].reverse(), values.slice(from, to).reverse()))
      }
      const { plan } = await prepare({
        tables: names.map((name) => at(name)),
        attributes: [0, 1, 2].map((p) => at(`${p}.csv`)),
        method,
        parameters: method === 'flow' ? { frequencies: 64 } : {},
      })
      expect(plan.attribute).toMatchObject({ missing: 90, classes: [{ name: 'F' }, { name: 'M' }] })
      work()
      const options = method === 'flow' ? { kernel: 'random-fourier', frequencies: 64 } : {}
      const whole = unlearners[method].unlearn(table, encodeLabels(values), options as never).embedding
      for (const [p, name] of names.entries()) {
        const [before, after] = await Promise.all([readTable(at(name)), readTable(at('out', name))])
        expect(after.ids).toEqual(before.ids)
        expect(after.columns).toEqual(before.columns)
        const expected = part(whole, bounds[p]!, bounds[p + 1]!)
        after.matrix.data.forEach((value, q) => expect(Math.abs(value - expected.data[q]!)).toBeLessThan(2e-5))
      }
      expect(readManifest(at('out', 'manifest.json'))).toMatchObject({
        rows: 900,
        moved: 810,
        method,
        shards: [
          { file: 'a.parquet', firstRow: 0 },
          { file: 'b.safetensors', firstRow: 250 },
          { file: 'c.npz', firstRow: 700 },
        ],
      })
    },
  )
})

describe('columns with names', () => {
  const names = ['d0', 'd1', 'd2']
  const { table, values } = users(300, 3)
  const ids = values.map((_, i) => `u${i}`)
  /** Columns of the table in the order of `places`, in a file. */
  const write = (file: string, places: readonly number[], from = 0, to = 300): Promise<unknown> => {
    const columns = places.map((k) => names[k]!)
    const own = part(table, from, to)
    const data = own.data.map((_, p) => own.data[p - (p % 3) + places[p % 3]!]!)
    const fields = { matrix: { ...own, data }, ids: ids.slice(from, to), idColumn: 'id', dimensions: columns }
    return writeTable(at(file), embeddingTable({ ...fields, header: ['id', ...columns] }))
  }
  beforeEach(() => writeFileSync(at('people.csv'), csv(ids, values)))

  test('are kept with the fit, which is refused for a table that has them in another order', async () => {
    await write('users.parquet', [0, 1, 2])
    await write('swapped.parquet', [2, 1, 0])
    await prepare({ tables: [at('users.parquet')], shards: 2, fit: at('a.fit') })
    work()
    expect(parseFit(readFileSync(at('a.fit'), 'utf8'), 'a.fit').dimensions).toEqual(names)
    if (process.platform !== 'win32') expect(statSync(at('a.fit')).mode & 0o777).toBe(0o600)
    const update = (file: string) =>
      indistinctInProcess([
        ...['unlearn', at(file), '--attributes', at('people.csv'), '--attribute', 'gender'],
        ...['--update', at('a.fit'), '--out', at('out.parquet')],
      ])
    expect(await update('swapped.parquet')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('in another order: column 1 is "d2"') as string,
    })
    expect((await update('users.parquet')).code).toBe(0)
  })

  test('are the same in all files of a table', async () => {
    await write('a.parquet', [0, 1, 2], 0, 150)
    await write('b.parquet', [1, 0, 2], 150, 300)
    await expect(prepare({ tables: [at('a.parquet'), at('b.parquet')] })).rejects.toThrow(
      /b\.parquet has the columns of .*a\.parquet in another order: column 1 is "d1"/,
    )
  })
})

describe('what a run leaves beside its shards', () => {
  const { table, values } = users(600)
  const labels = encodeLabels(values)
  beforeEach(async () => {
    await writeTable(at('users.npy'), embeddingTable({ matrix: table }))
    writeFileSync(
      at('people.csv'),
      csv(
        values.map((_, i) => String(i)),
        values,
      ),
    )
  })
  const rowsOf = async (shards: readonly { readonly file: string }[]): Promise<number[]> =>
    (await Promise.all(shards.map(({ file }) => readTable(at('out', file))))).flatMap(({ matrix: { data } }) => [
      ...data,
    ])

  test.each(['mean-matching', 'leace', 'gaussian-transport'] as const)(
    'the fit of %s moves everyone as the run did, whichever worker comes last',
    async (method) => {
      await prepare({ method, shards: 3, fit: at('a.fit') })
      // Both workers wait for the other's sum: the second, started again, has it.
      for (const [index, done] of [
        [1, false],
        [0, false],
        [1, true],
        [0, true],
      ] as const) {
        if (done) expect(work({ index, of: 2 })).toMatchObject({ sums: 1 })
        else expect(() => work({ index, of: 2, peerTimeout: 0.01 })).toThrow(/waited/)
        expect(existsSync(at('out', 'manifest.json'))).toBe(done && index === 0)
      }
      const { fitted, attribute, reference } = parseFit(readFileSync(at('a.fit'), 'utf8'), 'a.fit')
      expect([attribute, fitted.method, fitted.exact]).toEqual(['gender', method, true])
      expect(reference).toMatchObject([{ first: 'F', second: 'M' }])
      expect([...fitted.apply(table, labels).data]).toEqual(
        await rowsOf(readManifest(at('out', 'manifest.json')).shards),
      )
    },
  )

  test('distances moved, as those of the whole table', async () => {
    await prepare({ method: 'flow', shards: 3, parameters: { frequencies: 64 } })
    work()
    const { shards, displacement, moved } = readManifest(at('out', 'manifest.json'))
    const expected = displacementOf(table, { ...table, data: Float32Array.from(await rowsOf(shards)) }, labels)
    const close = (value: number): unknown => expect.closeTo(value, 9) as unknown
    expect(displacement).toMatchObject({
      unit: 'spread',
      spread: close(expected.spread),
      users: 600,
      unmoved: 60,
      mean: close(expected.all.mean),
      largest: close(expected.all.quantiles[5]),
    })
    expect(displacement.groups).toMatchObject(
      expected.groups.map(({ name, users: count, unmoved, mean, quantiles }) => ({
        name,
        users: count,
        unmoved,
        mean: close(mean),
        largest: close(quantiles[5]),
      })),
    )
    expect(displacement.rootMeanSquare).toBeGreaterThan(displacement.mean)
    expect(moved).toBe(540)
  })
})

describe('a dry run', () => {
  test('tells shards and costs, writes nothing, and refuses what the run would', async () => {
    const { table, values } = users(3000)
    await writeTable(at('users.npy'), embeddingTable({ matrix: table }))
    writeFileSync(
      at('people.csv'),
      csv(
        values.map((_, i) => String(i)),
        values,
      ),
    )
    const run = (...more: string[]) =>
      indistinctInProcess([
        'shards',
        'unlearn',
        at('users.npy'),
        '--attributes',
        at('people.csv'),
        '--attribute',
        'gender',
        '--out',
        at('out'),
        '--shards',
        '3',
        '--frequencies',
        '64',
        '--dry-run',
        ...more,
      ])
    const before = readdirSync(folder)
    const { code, stdout } = await run('--json', '--workers', '9')
    expect(code).toBe(0)
    const plan = JSON.parse(stdout) as { estimate: { [name: string]: number } }
    expect(plan).toMatchObject({
      schema: 'indistinct/dry-run/1',
      command: 'shards unlearn',
      rows: 3000,
      dimensions: 5,
      workers: 3,
      attribute: { missing: 300 },
      parameters: { frequencies: 64 },
      shards: [0, 1, 2].map((s) => ({ file: `users-0000${s}-of-00003.npy`, rows: 1000 })),
      writes: [at('out', '/')],
    })
    expect(plan.estimate['sampledUsers']).toBe(3000)
    const text = await run()
    expect(text.stdout).toMatch(
      /^dry run of shards unlearn: labels were joined and some rows were read, nothing was written\n/,
    )
    expect(text.stdout).toContain('3,000 of the users took ')
    expect(readdirSync(folder)).toEqual(before)
    // The sample was the whole table here, so that the run takes as many sums and bytes.
    await prepare({ method: 'flow', shards: 3, parameters: { frequencies: 64 } })
    expect(work()).toMatchObject({ sums: plan.estimate['sums'], bytesPerShard: plan.estimate['bytesPerShard'] })

    expect((await run('--force')).code).toBe(0)
    expect(await run('--seed', '1')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('holds another run') as string,
    })
    expect(await run('--fit', at('a.fit'))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('closed forms leave a fit') as string,
    })
    expect(await run('--method', 'leace')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--frequencies is no parameter of leace') as string,
    })
    expect(await run('--frequencies', '12')).toMatchObject({ code: 2 })
  })
})

describe('a run', () => {
  beforeEach(async () => {
    const { table, values } = users(400)
    await writeTable(at('users.npy'), embeddingTable({ matrix: table }))
    writeFileSync(
      at('people.csv'),
      csv(
        values.map((_, i) => String(i)),
        values,
      ),
    )
  })

  test('of the same plan goes on, of another is refused, and --force starts anew', async () => {
    expect((await prepare({ shards: 3 })).resumed).toBe(false)
    expect((await prepare({ shards: 3 })).resumed).toBe(true)
    await expect(prepare({ shards: 4 })).rejects.toThrow('holds another run')
    work()
    const manifest = readFileSync(at('out', 'manifest.json'))
    expect(existsSync(at('out', 'work'))).toBe(false)
    expect((await prepare({ shards: 3 })).resumed).toBe(true)
    expect((await prepare({ shards: 3, force: true })).resumed).toBe(false)
    work()
    expect(readFileSync(at('out', 'manifest.json'))).toEqual(manifest)
  })

  test('does not take sums of another run, nor a table that changed', async () => {
    await prepare({ shards: 2 })
    expect(() => work({ of: 2 })).toThrow(
      /waited 1 s for sum 1 \(moments\) of shard 1, which worker 1 of 2 holds; start that worker/,
    )
    const sum = at('out', 'work', 'sums', '0001-moments', '00000')
    const bytes = readFileSync(sum)
    bytes[0]! ^= 1
    writeFileSync(sum, bytes)
    expect(() => work()).toThrow('workers disagree')
    appendFileSync(at('users.npy'), 'x')
    expect(() => work()).toThrow('the file changed since the run was prepared')
  })

  test('says what is wrong with it', async () => {
    expect(() => work()).toThrow('there is no plan.json')
    await expect(prepare({ shards: 500 })).rejects.toThrow('at most one for each of 400 rows')
    await expect(prepare({ tables: [at('users.npy'), at('users.npy')] })).rejects.toThrow('users.npy is given twice')
    mkdirSync(at('more'))
    copyFileSync(at('users.npy'), at('more', 'users.npy'))
    await expect(prepare({ tables: [at('users.npy'), at('more', 'users.npy')] })).rejects.toThrow('got users.npy twice')
    writeFileSync(at('few.csv'), 'gender\nF\nM\n')
    await expect(prepare({ attributes: [at('few.csv')] })).rejects.toThrow('expected 400 lines')
    writeFileSync(at('others.csv'), 'id,gender\nx,F\ny,M\n')
    await expect(prepare({ attributes: [at('others.csv')] })).rejects.toThrow('id "x" of this file is no row of')
    writeFileSync(
      at('from-one.csv'),
      csv(
        Array.from({ length: 400 }, (_, i) => String(i + 1)),
        Array.from({ length: 400 }, (_, i) => 'FM'[i % 2]!),
      ),
    )
    await expect(prepare({ attributes: [at('from-one.csv')] })).rejects.toThrow('one counts from 1, the other from 0')
    writeFileSync(at('one.csv'), 'id,gender\n1,F\n2,F\n')
    await expect(prepare({ attributes: [at('one.csv')] })).rejects.toThrow('got only "F"')
    await prepare({ shards: 2 })
    expect(() => work({ index: 2, of: 2 })).toThrow('--index: expected 0 to 1 for --of 2, got 2')
  })
})
