/** A fit that was kept: it is applied to the vectors, users and columns that it is of, and to no others. */

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomStream } from '@indistinct/core'
import { writeNpy } from '@indistinct/embeddings'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { indistinctInProcess, type Ran } from './in-process-cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-kept-'))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string): string => join(folder, name)
const [N, K, old] = [300, 4, 200]

/** Vectors of users, women apart along the first column; `turn` is another training of the same model. */
function vectors(turn = 0): number[][] {
  const random = randomStream(3, 'cli-fit-kept')
  return Array.from({ length: N }, (_, i) => {
    const row = Array.from({ length: K }, () => random.normal())
    row[0]! += i % 2 === 0 ? 2 : 0
    return [...row.slice(turn), ...row.slice(0, turn)]
  })
}

function writeCsv(name: string, rows: readonly number[][], columns: readonly string[], first = 0): void {
  const lines = rows.map((row, i) => `u${first + i},${row.join()}`)
  writeFileSync(at(name), `id,${columns.join()}\n${lines.join('\n')}\n`)
}

const names = ['d0', 'd1', 'd2', 'd3']
const people = (rows: number, name: (i: number) => string): string =>
  `id,gender\n${Array.from({ length: rows }, (_, i) => `${name(i)},${'FM'[i % 2]}`).join('\n')}\n`

beforeAll(async () => {
  const rows = vectors()
  writeCsv('all.csv', rows, names)
  writeCsv('old.csv', rows.slice(0, old), names)
  writeCsv('turned.csv', vectors(2), names)
  const swapped = rows.map(([a, b, c, d]) => [c!, b!, a!, d!])
  writeCsv('swapped.csv', swapped, ['d2', 'd1', 'd0', 'd3'])
  writeCsv('shifted.csv', rows, ['d1', 'd2', 'd3', 'd4'])
  writeCsv('renamed.csv', rows, ['a0', 'a1', 'a2', 'a3'])
  const asNpy = (part: readonly number[][]): Buffer =>
    Buffer.from(writeNpy([part.length, K], Float32Array.from(part.flat())))
  writeFileSync(at('old.npy'), asNpy(rows.slice(0, old)))
  writeFileSync(at('new.npy'), asNpy(rows.slice(old)))
  writeFileSync(
    at('people.csv'),
    people(N, (i) => `u${i}`),
  )
  writeFileSync(at('numbers.csv'), people(old, String))
  writeFileSync(at('new-numbers.csv'), people(N - old, String))
  for (const method of ['leace', 'flow'])
    expect((await unlearn('old.csv', `${method}.csv`, '--method', method, '--fit', at(`${method}.fit`))).code).toBe(0)
})

const unlearn = (table: string, out: string, ...more: string[]): Promise<Ran> => of('people.csv', table, out, ...more)
const of = (attributes: string, table: string, out: string, ...more: string[]): Promise<Ran> =>
  indistinctInProcess([
    'unlearn',
    at(table),
    '--attributes',
    at(attributes),
    '--attribute',
    'gender',
    '--out',
    at(out),
    ...more,
  ])
const update = (table: string, fit: string, ...more: string[]): Promise<Ran> =>
  unlearn(table, 'updated.csv', '--update', at(fit), '--force', ...more)

describe('columns', () => {
  test('in another order are refused, and taken in the order that --dimensions names', async () => {
    expect(await update('swapped.csv', 'leace.fit')).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(
        /swapped\.csv has the columns of .*leace\.fit in another order: column 1 is "d2", and that of .* "d0"/,
      ) as string,
    })
    expect((await update('swapped.csv', 'leace.fit', '--dimensions', names.join())).code).toBe(0)
  })

  test('of which some have the same names elsewhere are refused; where none has, it is said', async () => {
    expect(await update('shifted.csv', 'leace.fit')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('has other columns than') as string,
    })
    const { code, stderr } = await update('renamed.csv', 'leace.fit')
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringContaining('no name is the same, and columns are taken in the order of the file'),
    })
    expect(readFileSync(at('updated.csv.json'), 'utf8')).toContain('no name is the same')
  })

  test('of --previous are held to the same', async () => {
    const [header, ...lines] = readFileSync(at('flow.csv'), 'utf8').trimEnd().split('\n')
    const swap = (line: string): string => line.replace(/^([^,]*),([^,]*),([^,]*)/, '$1,$3,$2')
    writeFileSync(at('flow-swapped.csv'), `${[swap(header!), ...lines.map(swap)].join('\n')}\n`)
    expect(await update('all.csv', 'flow.fit', '--previous', at('flow-swapped.csv'))).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('in another order') as string,
    })
  })
})

describe('rows given out before', () => {
  test('are taken where they are what the fit made of these users', async () => {
    const { code, stdout } = await update('all.csv', 'flow.fit', '--previous', at('flow.csv'))
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringContaining('200 kept their rows, 100 were mapped'),
    })
  })

  test.each([
    ['a table of another model', 'all.csv', 'turned.csv'],
    ['a table of today that is of another model', 'turned.csv', 'flow.csv'],
  ])('are refused in %s', async (_, table, previous) => {
    expect(await update(table, 'flow.fit', '--previous', at(previous))).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(
        /are not where .*flow\.fit takes these users, but off by \d+ % of the way/,
      ) as string,
    })
  })

  test('of other users under the same row numbers are not handed to new users', async () => {
    expect((await of('numbers.csv', 'old.npy', 'given.npy', '--fit', at('numbers.fit'))).code).toBe(0)
    const more = ['--update', at('numbers.fit'), '--previous', at('given.npy')]
    expect(await of('new-numbers.csv', 'new.npy', 'new-out.npy', ...more)).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('or of other users under these row numbers') as string,
    })
  })
})

test('a fit of which a number was changed is refused', async () => {
  const text = readFileSync(at('leace.fit'), 'utf8')
  writeFileSync(at('edited.fit'), text.replace('"erased":1', '"erased":2'))
  expect(await update('all.csv', 'edited.fit')).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('expected the digest of its content, got another') as string,
  })
  // Older versions wrote none; what such a number does to rows is looked at.
  const { sha256, ...fit } = JSON.parse(text) as { sha256: string; map: { map: { change: number[] } } }
  expect(sha256).toMatch(/^[0-9a-f]{64}$/)
  writeFileSync(at('older.fit'), JSON.stringify(fit))
  expect((await update('all.csv', 'older.fit')).code).toBe(0)
  fit.map.map.change[0] = 1e300
  writeFileSync(at('older.fit'), JSON.stringify(fit))
  expect(await update('all.csv', 'older.fit')).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('leaves the range of float32; the fit is of other vectors, or damaged') as string,
  })
})

test('a fit that hides nothing of the vectors of another training ends with exit code 5', async () => {
  const updated = (...more: string[]): Promise<Ran> =>
    unlearn('turned.csv', 'turned-out.csv', '--update', at('leace.fit'), ...more)
  expect(await updated()).toMatchObject({
    code: 5,
    stderr: expect.stringMatching(
      /leace\.fit hides little of gender in .*turned\.csv: F and M are told apart/,
    ) as string,
  })
  expect(existsSync(at('turned-out.csv'))).toBe(false)
  expect(await updated('--force')).toMatchObject({ code: 5, stdout: expect.not.stringContaining('landed') as string })
  expect(JSON.parse(readFileSync(at('turned-out.csv.json'), 'utf8'))).toMatchObject({
    parameters: { update: { refit: { unhidden: [{ first: 'F', second: 'M' }] } } },
  })
})

describe('what was fitted', () => {
  const hide = (attribute: string, table: string, out: string, ...more: string[]): Promise<Ran> =>
    indistinctInProcess(
      `unlearn ${at(table)} --attributes ${at('more.csv')} --attribute ${attribute} --out ${at(out)} --force`
        .split(' ')
        .concat(more),
    )
  beforeAll(() => {
    const random = randomStream(4, 'cli-fit-kept ages')
    const lines = vectors().map(
      (row, i) => `u${i},${'FM'[i % 2]},${row[1]! + random.normal() > 0 ? 'x' : 'y'},${Math.round(50 + 9 * row[2]!)}`,
    )
    // u299 has one of the attributes alone.
    writeFileSync(at('more.csv'), `id,gender,plan,age\n${lines.join('\n').replace(/u299,[FM]/, 'u299,')}\n`)
  })

  test('for several attributes is judged by all of them, and moves who has any', async () => {
    await hide('gender', 'old.csv', 'both.csv', '--method', 'blind', '--also', 'plan', '--fit', at('both.fit'))
    const { code, stdout } = await hide('gender', 'all.csv', 'both-all.csv', '--update', at('both.fit'))
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('0 kept their rows, 300 were mapped') })
    expect(stdout).toContain('Aims to hide gender, plan from')
    expect(stdout).toContain('Self-check, all.csv, plan:')
    expect(JSON.parse(readFileSync(at('both-all.csv.json'), 'utf8'))).toMatchObject({
      parameters: { update: { refit: { pairs: [{ first: 'F' }, { first: 'x', second: 'y' }] } } },
    })
    expect(await hide('gender', 'all.csv', 'no.csv', '--update', at('both.fit'), '--also', 'age')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('was fitted to hide plan too; leave --also out') as string,
    })
  })

  test('to a number is applied to a number, with its quarters of today', async () => {
    await hide('age', 'old.csv', 'age.csv', '--method', 'blind', '--continuous', '--fit', at('age.fit'))
    const { code, stdout } = await hide('age', 'all.csv', 'age-all.csv', '--update', at('age.fit'))
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('0 kept their rows, 300 were mapped') })
    const [given, today] = ['age.csv', 'age-all.csv'].map((name) => readFileSync(at(name), 'utf8').split('\n'))
    expect(today!.slice(0, old + 1)).toEqual(given!.slice(0, old + 1))
    expect(await update('all.csv', 'leace.fit', '--continuous')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('was fitted to labels, not to a number') as string,
    })
  })

  test('is what is asked for, or nothing is done', async () => {
    const more = ['--previous', at('flow.csv')]
    expect(await update('all.csv', 'flow.fit', ...more, '--method', 'leace')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/--method leace: .*flow\.fit is a fit of flow; leave --method out/) as string,
    })
    expect(await update('all.csv', 'flow.fit', ...more, '--attacker-holds', 'history')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('whose moves tell labels to who also holds what users did') as string,
    })
    writeFileSync(at('spelled.csv'), readFileSync(at('people.csv'), 'utf8').replaceAll(',F', ',Female'))
    const spelled = (...flags: string[]): Promise<Ran> =>
      of('spelled.csv', 'all.csv', 'spelled-out.csv', '--update', at('leace.fit'), ...flags)
    expect(await spelled()).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(
        /column "gender": label "Female" is none of F, M, which .*--merge-labels\b/,
      ) as string,
    })
    expect((await spelled('--merge-labels', 'F=Female')).code).toBe(0)
  })
})

describe('new users alone', () => {
  const rows = vectors()
  beforeAll(async () => {
    await unlearn('all.csv', 'all-leace.csv', '--update', at('leace.fit'))
    writeCsv('one.csv', rows.slice(old, old + 1), names, old)
    writeCsv(
      'women.csv',
      rows.filter((_, i) => i % 2 === 0),
      names,
    )
    writeFileSync(at('women-people.csv'), people(N, (i) => `u${Math.floor(i / 2)}`).replace(/.*,M\n/g, ''))
    writeCsv('strangers.csv', rows.slice(0, 20), names, 1000)
  })
  const updateOf = (attributes: string, table: string, fit: string, ...more: string[]): Promise<Ran> =>
    of(attributes, table, 'alone.csv', '--update', at(fit), '--force', ...more)

  test.each([
    ['one', 'one.csv', 'people.csv', 1],
    ['users of one label', 'women.csv', 'women-people.csv', N / 2],
  ])('%s: moved as among others, and said not to be judged', async (_, table, attributes, count) => {
    const { code, stdout, stderr } = await updateOf(attributes, table, 'leace.fit')
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringContaining(`0 kept their rows, ${count} ${count === 1 ? 'was' : 'were'} mapped`),
    })
    expect(stdout).toContain('whether to unlearn the whole table again is not judged')
    // The map is that of the 200 users fitted, however few are moved by it today.
    expect(stdout).not.toContain('the map follows the label')
    expect(stderr).toContain('fewer than two labels of gender have two users or more')
    expect(stderr).not.toContain('--missing-label')
    const given = new Map(
      readFileSync(at('all-leace.csv'), 'utf8')
        .split('\n')
        .map((line) => [line.split(',').slice(1).join(), line]),
    )
    for (const line of readFileSync(at('alone.csv'), 'utf8').trimEnd().split('\n').slice(1))
      expect(given.has(line.split(',').slice(1).join())).toBe(true)
  })

  test('of whom nobody has a label are moved by one map for everybody, where that is asked for', async () => {
    expect(await updateOf('people.csv', 'strangers.csv', 'leace.fit')).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(
        /no id of this file is in .*strangers\.csv: it has "u0".*\n.*one map for everybody: move them by it too with --unlabelled map/s,
      ) as string,
    })
    const { code, stdout } = await updateOf('people.csv', 'strangers.csv', 'leace.fit', '--unlabelled', 'map')
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('0 kept their rows, 20 were mapped') })
    expect(await updateOf('people.csv', 'strangers.csv', 'flow.fit', '--previous', at('flow.csv'))).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('moves users by their label: give labels, or fit by blind or leace') as string,
    })
  })
})

test('where the fit ended is not said of the users of today', async () => {
  const { stdout } = await update('all.csv', 'flow.fit', '--previous', at('flow.csv'))
  expect(stdout).toContain('flow: 300 of 300 users moved, 0 passes\n')
  expect(JSON.parse(readFileSync(at('updated.csv.json'), 'utf8'))).toMatchObject({
    parameters: { update: { fitted: 'landed' } },
  })
})
