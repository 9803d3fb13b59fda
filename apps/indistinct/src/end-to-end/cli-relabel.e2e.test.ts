/** `unlearn --method relabel`: files tell nothing beyond the points, the draw is secret, and what is said of it. */

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomStream, type Labels } from '@indistinct/core'
import { readTable, writeNpy } from '@indistinct/embeddings'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { HarmSelfCheck } from '../audit/harm-self-check.ts'
import { indistinctInProcess, type Ran } from './in-process-cli.ts'
import { earlierDraw, keptByChance } from '../unlearn/relabelling.ts'
import type { TableInputs } from '../inputs/table-inputs.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-relabel-'))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string): string => join(folder, name)
const [N, K] = [150, 4]
/** Users of these rows have no label. */
const unlabelled = 10

beforeAll(() => {
  const random = randomStream(8, 'cli-relabel')
  const values = Float64Array.from(
    { length: N * K },
    (_, p) => random.normal() + (Math.floor(p / K) % 2 === 0 && p % K === 1 ? 2 : 0),
  )
  writeFileSync(at('users.npy'), writeNpy([N, K], Float32Array.from(values)))
  writeFileSync(
    at('other.npy'),
    writeNpy(
      [N, 2],
      Float32Array.from({ length: 2 * N }, () => random.normal()),
    ),
  )
  const rows = Array.from({ length: N }, (_, i) => values.subarray(i * K, (i + 1) * K))
  writeFileSync(
    at('unit.npy'),
    writeNpy([N, K], Float32Array.from(rows.flatMap((row) => [...row.map((value) => value / Math.hypot(...row))]))),
  )
  // All users of F have one vector: the flow has no way to hide that.
  writeFileSync(
    at('stuck.csv'),
    `id,a,b\n${rows.map((row, i) => (i % 2 ? `u${i},${row[0]},${row[1]}` : `u${i},0.123456789012,0.5`)).join('\n')}\n`,
  )
  const people = (name: (i: number) => string): string =>
    `id,gender\n${rows.map((_, i) => `${name(i)},${i < unlabelled ? '' : 'FM'[i % 2]}`).join('\n')}\n`
  writeFileSync(at('people.csv'), people(String))
  writeFileSync(
    at('named.csv'),
    people((i) => `u${i}`),
  )
})

const relabel = (tables: string[], out: string, ...more: string[]): Promise<Ran> =>
  indistinctInProcess([
    'unlearn',
    ...tables.map(at),
    '--attributes',
    at('people.csv'),
    '--id-column',
    'id',
    '--attribute',
    'gender',
    '--method',
    'relabel',
    '--out',
    out.split(',').map(at).join(),
    ...more,
  ])
const sidecar = (out: string): Record<string, unknown> =>
  JSON.parse(readFileSync(at(`${out}.json`), 'utf8')) as Record<string, unknown>

describe('unlearn --method relabel', () => {
  test('says from whom it hides, draws in secret, and leaves users without a label', async () => {
    const { code, stdout, stderr } = await relabel(['users.npy'], 'one.npy')
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining('draw') })
    expect(stdout).toContain('Hides gender exactly from who holds these tables, any labels and any computer')
    expect(stdout).toContain(
      'relabel: 140 of 150 users moved, 1 pass, points are what the flow makes of users, matched at the least ' +
        'cost, by a secret draw',
    )
    expect(sidecar('one.npy')).toMatchObject({
      method: 'relabel',
      parameters: { drawSeed: 'secret', matching: 'optimal', base: 'flow' },
    })
    expect(readFileSync(at('one.npy.html'), 'utf8')).toContain(
      'Exact, against who holds this table, any labels and any computer',
    )
    await relabel(['users.npy'], 'two.npy')
    const [before, one, two] = await Promise.all(
      ['users.npy', 'one.npy', 'two.npy'].map(async (name) => (await readTable(at(name))).matrix.data),
    )
    expect(one).not.toEqual(two)
    expect(one!.subarray(0, unlabelled * K)).toEqual(before!.subarray(0, unlabelled * K))
  })

  test('a seed is said not to be a secret', async () => {
    const { stdout, stderr } = await relabel(
      ['users.npy'],
      'seed.npy',
      '--draw-seed',
      '7',
      '--neighbours',
      '5',
      '--own',
      '0.5',
      '--near-by',
      'direction',
    )
    expect(stderr).toContain('--draw-seed 7: the draw is not secret')
    expect(stdout).toContain('by a draw that is not secret: --draw-seed 7 repeats it')
    expect(readFileSync(at('seed.npy.html'), 'utf8')).toContain('Nothing is bounded or exact here')
    expect(sidecar('seed.npy')).toMatchObject({
      parameters: { drawSeed: 7, neighbours: 5, own: 0.5, nearBy: 'direction' },
      warnings: expect.arrayContaining([expect.stringContaining('not secret')]) as unknown,
    })
  })

  test('rows of one length keep it', async () => {
    const { code, stderr } = await relabel(['unit.npy'], 'kept.npy')
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringContaining('have length 1: points were scaled to it'),
    })
    const { matrix } = await readTable(at('kept.npy'))
    for (let i = 0; i < N; i++) expect(Math.hypot(...matrix.data.subarray(i * K, (i + 1) * K))).toBeCloseTo(1, 5)
  })

  test('where the flow refuses it says so; no user who keeps the own point keeps digits that others lose', async () => {
    const { code, stderr } = await indistinctInProcess([
      'unlearn',
      at('stuck.csv'),
      '--attributes',
      at('named.csv'),
      '--attribute',
      'gender',
      '--method',
      'relabel',
      '--neighbours',
      '0',
      '--draw-seed',
      '3',
      '--out',
      at('stuck-out.csv'),
    ])
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringContaining(
        'points are users as they were, which hides no less and costs more: the flow refused (calibratedFlow: ' +
          'expected users of',
      ),
    })
    const lines = readFileSync(at('stuck-out.csv'), 'utf8')
      .trim()
      .split('\n')
      .slice(1 + unlabelled)
    for (const line of lines)
      for (const value of line.split(',').slice(1)) expect(Math.fround(Number(value))).toBe(Number(value))
    const holders = lines
      .filter((line) => line.includes('0.12345679'))
      .map((line) => Number(line.split(',')[0]!.slice(1)) % 2)
    expect(holders.length).toBe((N - unlabelled) / 2)
    // Before, all of them were even.
    expect(Math.abs(holders.filter((odd) => odd === 1).length / holders.length - 0.5)).toBeLessThan(0.15)
  })

  test('several tables have one draw', async () => {
    const { code } = await relabel(
      ['users.npy', 'other.npy'],
      'a.npy,b.npy',
      '--draw-seed',
      '1',
      '--neighbours',
      '0',
      '--derived',
      at('other.npy'),
    )
    expect(code).toBe(0)
    expect(sidecar('b.npy')).toMatchObject({ method: 'relabel', parameters: { drawSeed: 1 } })
  })

  test('a fit is for its owner to read, and is no map for other users', async () => {
    expect((await relabel(['users.npy'], 'fit.npy', '--fit', at('gender.fit'))).code).toBe(0)
    if (process.platform !== 'win32') expect(statSync(at('gender.fit')).mode & 0o777).toBe(0o600)
    const fit = JSON.parse(readFileSync(at('gender.fit'), 'utf8')) as {
      ids: string[]
      map: { kind: string; pointOf: number[] }
    }
    expect(fit.ids.length).toBe(N)
    expect(fit.map.kind).toBe('dealt')
    expect(fit.map.pointOf.slice(0, unlabelled)).toEqual(new Array<number>(unlabelled).fill(-1))
    expect(readFileSync(at('fit.npy.json'), 'utf8')).not.toContain('pointOf')
    const { code, stderr } = await relabel(['users.npy'], 'no.npy', '--update', at('gender.fit'))
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining('is a draw of relabel, which maps no other users'),
    })
    // Another training: every user has the point of the same user again.
    const later = await relabel(['other.npy'], 'later.npy', '--draw', at('gender.fit'), '--fit', at('later.fit'))
    expect({ code: later.code, stdout: later.stdout }).toEqual({
      code: 0,
      stdout: expect.stringContaining(
        '; 140 by the earlier draw again, 0 drawn anew since their points are gone, 0 new among themselves',
      ),
    })
    expect((JSON.parse(readFileSync(at('later.fit'), 'utf8')) as typeof fit).map).toEqual(fit.map)
  })

  test.each([
    [['--unlabelled', 'map'], 'relabel has no map for users without a label'],
    [['--level', '1'], '--level is no parameter of relabel; it takes --neighbours, --own, --draw-seed, --near-by'],
  ])('refuses %j', async (more, message) => {
    expect(await relabel(['users.npy'], 'no.npy', ...more)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(message) as string,
    })
  })
})

describe('the draw of an earlier release', () => {
  const labels = (codes: number[]): Labels => ({ classes: ['F', 'M'], codes: Int32Array.from(codes) })
  const inputs = (ids: string[], codes: number[]): TableInputs =>
    ({ table: { ids }, labels: labels(codes), column: { name: 'gender' } }) as unknown as TableInputs
  const write = (pointOf: number[], ids: unknown, kind = 'dealt', named?: boolean): string => {
    writeFileSync(
      at('own.fit'),
      JSON.stringify({
        schema: 'indistinct/fitted/1',
        method: 'relabel',
        parameters: {},
        classes: ['F', 'M'],
        columns: 1,
        exact: false,
        map: { kind, pointOf, deviation: 1, seed: 1 },
        attribute: 'gender',
        reference: [],
        ids,
        named,
      }),
    )
    return at('own.fit')
  }

  test('goes by ids: users and points may be gone, withdrawn or new', () => {
    const path = write([1, 2, 3, 0, -1], ['a', 'b', 'c', 'd', 'e'])
    // a has the point of b, b that of c, who is gone; d withdrew, whose point c had; x and y are new, and e has a label
    // now.
    const { earlier, warnings } = earlierDraw(path, inputs(['x', 'd', 'b', 'a', 'y', 'e'], [0, -1, 1, 0, 0, 0]))
    expect([...earlier].map((point, row) => (row === 1 ? 'none' : point))).toEqual([-1, 'none', -2, 2, -1, -1])
    expect(warnings).toEqual([
      expect.stringMatching(/^1 user of .* without a label now, who get their own rows back/),
      expect.stringMatching(/^users who are new since .* \(3\) all have one label/),
    ])
  })

  test('refuses row numbers for ids, ids for row numbers, and other ids: a second draw would tell', () => {
    const [numbers, ids] = [inputs(['0', '1'], [0, 1]), inputs(['a', 'b'], [0, 1])]
    const named = { ...ids, table: { ...ids.table, idColumn: 'id' } }
    expect(() => earlierDraw(write([1, 0], ['0', '1'], 'dealt', true), numbers)).toThrow(
      'was drawn by ids, and this table has none: row numbers are not taken for them; name the rows',
    )
    expect(() => earlierDraw(write([1, 0], ['a', 'b'], 'dealt', false), named)).toThrow(
      'was drawn for a table without ids, by row numbers, and this table has ids',
    )
    expect(() => earlierDraw(write([1, 0], ['A', 'B'], 'dealt', true), named)).toThrow(
      'expected users of its draw in the table, got 0 of 2: it has "A", the table "a"; give users the ids',
    )
    expect([...earlierDraw(write([1, 0], ['0', '1'], 'dealt', false), numbers).earlier]).toEqual([1, 0])
  })

  test('refuses other fits, attributes and damage', () => {
    expect(() => earlierDraw(write([1, 0], ['a', 'b'], 'noise'), inputs(['a', 'b'], [0, 1]))).toThrow(
      'expected a draw that unlearn --method relabel --fit wrote',
    )
    expect(() => earlierDraw(write([1, 0], ['a']), inputs(['a', 'b'], [0, 1]))).toThrow(
      'expected an id for each of 2 rows, got 1',
    )
    expect(() => earlierDraw(write([1, 0], 'a'), inputs(['a', 'b'], [0, 1]))).toThrow('expected ids as a list of names')
    expect(() =>
      earlierDraw(write([1, 0], ['a', 'b']), { ...inputs(['a', 'b'], [0, 1]), column: { name: 'age' } } as TableInputs),
    ).toThrow('was drawn to hide "gender", and --attribute is "age"')
  })
})

test('a rise in the self-check is no reason to draw again', () => {
  const harm: HarmSelfCheck = { parts: [], unchecked: ['before.'], worse: true, standsOut: true }
  expect(keptByChance(harm)).toEqual({
    ...harm,
    worse: false,
    unchecked: ['before.', expect.stringContaining('Do not draw again.')],
  })
})
