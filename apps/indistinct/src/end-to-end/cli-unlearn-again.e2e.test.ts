import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sha256 } from '@indistinct/core'
import { readTable, writeNpy } from '@indistinct/embeddings'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { indistinct, plantLeak, type Finished } from './spawned-cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-again-'))
const at = (name: string): string => join(folder, name)
const unlearn = (table: string, attributes: string, out: string, ...more: string[]): Promise<Finished> =>
  indistinct(['unlearn', table, '--attributes', attributes, '--attribute', 'gender', '--out', out, ...more], {
    cwd: folder,
  })

beforeAll(() => {
  plantLeak(folder, 260, 1.2)
  const lines = (name: string): string[] => readFileSync(at(name), 'utf8').trimEnd().split('\n')
  // The users of yesterday; today there are 20 more, and u3 and u5 have withdrawn.
  writeFileSync(at('old.csv'), `${lines('users.csv').slice(0, 241).join('\n')}\n`)
  writeFileSync(
    at('today.csv'),
    `${lines('people.csv')
      .map((line) => (/^u[35],/.test(line) ? line.replace(/,.*/, ',') : line))
      .join('\n')}\n`,
  )
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('unlearn --delta, and restore', () => {
  test('bring back CSV and npy byte for byte', async () => {
    const rows = Float64Array.from({ length: 260 * 3 }, (_, p) => Math.sin(p * p))
    writeFileSync(at('rows.npy'), writeNpy([260, 3], rows))
    writeFileSync(at('rows-people.csv'), readFileSync(at('people.csv'), 'utf8').replaceAll('\nu', '\n'))
    for (const [table, people, out] of [
      ['users.csv', 'people.csv', 'delta.csv'],
      ['rows.npy', 'rows-people.csv', 'delta.npy'],
    ] as const) {
      const { code, stdout, stderr } = await unlearn(
        table,
        people,
        out,
        '--method',
        'mean-matching',
        '--delta',
        `${out}.delta`,
      )
      expect([code, stderr]).toEqual([0, ''])
      expect(stdout).toContain(`${out}.delta`)
      expect(JSON.parse(readFileSync(at(`${out}.json`), 'utf8'))).toMatchObject({
        output: { delta: { file: `${out}.delta`, sha256: sha256(readFileSync(at(`${out}.delta`))) } },
      })
      expect(
        (await indistinct(['restore', out, '--delta', `${out}.delta`, '--out', `back-${table}`], { cwd: folder })).code,
      ).toBe(0)
      expect(Buffer.compare(readFileSync(at(`back-${table}`)), readFileSync(at(table)))).toBe(0)
    }
  })
})

describe('unlearn --fit and --update', () => {
  test('the flow: users of yesterday keep rows, new ones are mapped, withdrawn ones have their original', async () => {
    expect((await unlearn('old.csv', 'people.csv', 'yesterday.csv', '--fit', 'gender.fit')).code).toBe(0)
    const { code, stdout } = await unlearn(
      'users.csv',
      'today.csv',
      'updated.csv',
      '--update',
      'gender.fit',
      '--previous',
      'yesterday.csv',
    )
    expect(code).toBe(0)
    expect(stdout).toContain('238 kept their rows, 20 were mapped, 2 have their original ones')
    const [original, yesterday, updated] = await Promise.all(
      ['users.csv', 'yesterday.csv', 'updated.csv'].map((name) => readTable(at(name))),
    )
    const row = (table: typeof original, i: number): Float32Array => table!.matrix.data.subarray(i * 6, (i + 1) * 6)
    for (let i = 0; i < 240; i++) expect(row(updated, i)).toEqual(row(i === 3 || i === 5 ? original : yesterday, i))
    for (let i = 240; i < 260; i++) expect(row(updated, i)).not.toEqual(row(original, i))
    expect(JSON.parse(readFileSync(at('updated.csv.json'), 'utf8'))).toMatchObject({
      method: 'flow',
      parameters: { update: { kept: 238, mapped: 20, original: 2 } },
    })
  })

  test('a closed form needs no earlier table; a refit that is due is said on stderr and in the sidecar', async () => {
    expect(
      (await unlearn('old.csv', 'people.csv', 'matched.csv', '--method', 'gaussian-transport', '--fit', 'matched.fit'))
        .code,
    ).toBe(0)
    const same = await unlearn('old.csv', 'people.csv', 'again.csv', '--update', 'matched.fit')
    expect([same.code, same.stderr]).toEqual([0, 'warning: 20 users of people.csv not in old.csv: ignored\n'])
    expect(readFileSync(at('again.csv'))).toEqual(readFileSync(at('matched.csv')))
    // Some users of M are elsewhere now.
    const moved = readFileSync(at('users.csv'), 'utf8').replaceAll(/^(u\d*[05]),[^,]*/gm, '$1,0.35')
    writeFileSync(at('moved.csv'), moved)
    const people = readFileSync(at('people.csv'), 'utf8').replaceAll(/^(u\d*[05]),.*$/gm, '$1,M')
    writeFileSync(at('moved-people.csv'), people)
    const drifted = await unlearn('moved.csv', 'moved-people.csv', 'drifted.csv', '--update', 'matched.fit')
    expect(drifted.code).toBe(0)
    expect(drifted.stderr).toMatch(/warning: F and M are told apart: MMD\^2 is [\d.]+ times what chance gives/)
    expect(drifted.stdout).toContain('unlearning the whole table again is due')
    expect(JSON.parse(readFileSync(at('drifted.csv.json'), 'utf8'))).toMatchObject({
      parameters: { update: { refit: { due: true } } },
    })
  })

  test.each<[string[], number, string]>([
    [
      ['--update', 'gender.fit'],
      2,
      'gender.fit is a fit of flow, which moved each user on a way of its own; add --previous',
    ],
    [['--previous', 'yesterday.csv'], 2, '--previous: expected --update with it'],
    [['--update', 'gender.fit', '--fit', 'x.fit'], 2, '--fit: nothing is fitted with --update'],
    [['--update', 'gender.fit', '--level', '2'], 2, '--level: --update takes the parameters of the fit'],
    [['--update', 'people.csv'], 3, 'people.csv: expected JSON as unlearn --fit writes it'],
    [
      ['--update', 'yesterday.csv.json'],
      3,
      'yesterday.csv.json: expected a fit of schema indistinct/fitted/1, got "indistinct/unlearn/1"',
    ],
    [['--update', 'none.fit'], 4, 'cannot read none.fit: no such file'],
  ])('%j is refused', async (flags, code, message) => {
    const result = await unlearn('users.csv', 'today.csv', 'refused.csv', ...flags)
    expect(result.stderr).toContain(message)
    expect(result.code).toBe(code)
    expect(existsSync(at('refused.csv'))).toBe(false)
  })
})

describe('unlearn --unlabelled map', () => {
  test('moves users without a label too, and counts them', async () => {
    const { code, stdout, stderr } = await unlearn(
      'users.csv',
      'today.csv',
      'everyone.csv',
      '--method',
      'leace',
      '--unlabelled',
      'map',
    )
    expect([code, stderr]).toEqual([
      0,
      'warning: 2 users of users.csv without a label: left out of attacks, and moved as users without one\n',
    ])
    expect(stdout).toContain('leace: 260 of 260 users moved')
    expect((await unlearn('users.csv', 'today.csv', 'labelled.csv', '--method', 'leace')).stdout).toContain(
      'leace: 258 of 260 users moved',
    )
  })

  test.each(['flow', 'mean-matching', 'relabel'])('is refused for %s, which has no map for them', async (method) => {
    const more = ['--method', method, '--unlabelled', 'map']
    expect(await unlearn('users.csv', 'today.csv', 'refused.csv', ...more)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        `--unlabelled map: ${method} has no map for users without a label; leave it out, or take --method blind`,
      ) as string,
    })
    expect(existsSync(at('refused.csv'))).toBe(false)
  })
})
