/** `certify`: what is promised, for whom, and what is refused. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomStream } from '@indistinct/core'
import { readTable, writeNpy } from '@indistinct/embeddings'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { indistinctInProcess, type Ran } from './in-process-cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-certify-'))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string): string => join(folder, name)
const [N, K] = [400, 3]

beforeAll(async () => {
  const random = randomStream(8, 'cli-certify')
  writeFileSync(
    at('users.npy'),
    writeNpy(
      [N, K],
      Float32Array.from(
        { length: N * K },
        (_, p) => random.normal() + (Math.floor(p / K) % 2 === 0 && p % K === 1 ? 1 : 0),
      ),
    ),
  )
  const people = (of: (i: number) => boolean): string =>
    `id,gender\n${Array.from({ length: N }, (_, i) => `${i},${of(i) ? 'FM'[i % 2] : ''}`).join('\n')}\n`
  writeFileSync(
    at('people.csv'),
    people(() => true),
  )
  writeFileSync(
    at('known.csv'),
    people((i) => i < N / 2),
  )
  const unlearn = (method: string, labels: string, ...more: string[]): Promise<Ran> =>
    indistinctInProcess([
      'unlearn',
      at('users.npy'),
      '--attributes',
      at(labels),
      '--id-column',
      'id',
      '--attribute',
      'gender',
      '--method',
      method,
      '--out',
      at(`${method}${more.includes('--draw-seed') ? '-seed' : ''}.npy`),
      '--force',
      ...more,
    ])
  for (const ran of [
    await unlearn('leace', 'known.csv', '--unlabelled', 'map'),
    await unlearn('relabel', 'people.csv'),
    await unlearn('relabel', 'people.csv', '--draw-seed', '3'),
  ])
    expect(ran.stderr).not.toContain('error')
})

const certify = (table: string, ...more: string[]): Promise<Ran> =>
  indistinctInProcess([
    'certify',
    at(table),
    '--attributes',
    at('people.csv'),
    '--id-column',
    'id',
    '--attribute',
    'gender',
    '--attacks=false',
    ...more,
  ])
const json = async (table: string, ...more: string[]): Promise<Record<string, unknown>> =>
  JSON.parse((await certify(table, '--json', ...more)).stdout) as Record<string, unknown>

describe('certify', () => {
  test('of an original: bounds of classes, in three layers', async () => {
    const { code, stdout } = await certify('users.npy', '--original')
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /^Bounded or exact\n {2}Against attackers who look at one column, whichever, and decide by a threshold: AUC of gender M at most 0\.\d{3} \(0\.7\d\d on these users, and 0\.\d{3}\)\./,
    )
    expect(stdout).toContain('Not bounded: any attacker. Users have 320 different vectors')
    expect(stdout).toContain('\nFound\n  Nothing.\nNot tested\n  Any attack: none was run here.')
    expect(stdout).toContain('with confidence 95 %, for users drawn like the 320 certified')
  })

  test('codes bound any attacker, and the table of them is written with one vector a code', async () => {
    const { code, stdout } = await certify(
      'users.npy',
      '--original',
      '--codes',
      '4',
      '--out',
      at('coded.npy'),
      '--report',
      at('coded.html'),
      '--gate',
      '0.6',
    )
    expect(code).toBe(5)
    expect(stdout).toMatch(/^Gate failed: the AUC of any attacker is at most 0\.\d+, and 0\.6 was asked for\./)
    expect(stdout).toContain('Against any attacker whatever: AUC of gender M at most')
    const { matrix } = await readTable(at('coded.npy'))
    expect(new Set(Array.from({ length: N }, (_, i) => matrix.data.subarray(i * K, (i + 1) * K).join())).size).toBe(4)
    const page = readFileSync(at('coded.html'), 'utf8')
    for (const heading of [
      'What is known, and how',
      '<h3>Bounded or exact</h3>',
      '<h3>Found</h3>',
      '<h3>Not tested</h3>',
    ])
      expect(page).toContain(heading)
  })

  test('attacks that are run are found, and bound nothing', async () => {
    const { layers } = (await json(
      'users.npy',
      '--original',
      '--attacks',
      '--attackers',
      'logistic',
      '--protocols',
      'five-fold',
      '--permutations',
      '99',
      '--refit=false',
    )) as { layers: Record<string, { words: string[]; attacks?: unknown[] }> }
    expect(layers['found']!.words).toEqual([expect.stringMatching(/^The attacks we ran found a leak of gender/)])
    expect(layers['found']!.attacks!.length).toBeGreaterThan(0)
    expect(layers['boundedOrExact']!.words.join()).not.toContain('logistic')
  })

  test('after unlearning, only users whose labels were not used', async () => {
    const used = await json('leace.npy', '--unlearned-with-labels-of', at('known.csv'))
    expect(used).toMatchObject({
      schema: 'indistinct/certify/1',
      madeFrom: { kind: 'apart', left: 200 },
      layers: {
        boundedOrExact: { exact: false, users: 160, setAside: 40 },
        notTested: expect.arrayContaining(['The 200 users whose labels went into the table.']) as unknown,
      },
    })
    expect(await certify('leace.npy')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining(
        'was unlearned by leace with labels, after which their users are not independent',
      ) as string,
    })
    expect(await certify('leace.npy', '--original')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('leave --original out') as string,
    })
    expect(await certify('leace.npy', '--unlearned-with-labels-of', at('people.csv'))).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("another file's labels were used") as string,
    })
    expect(await certify('users.npy', '--unlearned-with-labels-of', at('people.csv'))).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('expected users whose labels are not in') as string,
    })
  })

  test('a secret draw is exact; one with a seed, or of other labels, is not', async () => {
    const { code, stdout } = await certify('relabel.npy', '--gate', '0.5')
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringContaining('Exact, against who holds this table, any labels and any computer'),
    })
    expect(await json('relabel.npy')).toMatchObject({
      madeFrom: { kind: 'drawn' },
      layers: { boundedOrExact: { exact: true } },
    })
    expect(await certify('relabel-seed.npy')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('its draw is of --draw-seed 3, which is no secret') as string,
    })
    const others = await indistinctInProcess([
      'certify',
      at('relabel.npy'),
      '--attributes',
      at('known.csv'),
      '--id-column',
      'id',
      '--attribute',
      'gender',
      '--attacks=false',
    ])
    expect(others).toMatchObject({ code: 3, stderr: expect.stringContaining('was drawn with other labels') as string })
  })

  test('a draw is exact for the labels that it was drawn with, and for no others', async () => {
    writeFileSync(
      at('partly.csv'),
      `id,gender\n${Array.from({ length: N }, (_, i) => `${i},${i % 10 === 0 ? 'unknown' : 'FM'[i % 2]}`).join('\n')}\n`,
    )
    const labels = ['--attributes', at('partly.csv'), '--id-column', 'id', '--attribute', 'gender']
    const missing = ['--missing-label', 'unknown']
    const out = at('partly.npy')
    await indistinctInProcess(['unlearn', at('users.npy'), ...labels, ...missing, '--method', 'relabel', '--out', out])
    const ask = (...more: string[]): Promise<Ran> =>
      indistinctInProcess(['certify', out, ...labels, '--attacks=false', ...more])
    expect((await ask(...missing)).stdout).toContain('Exact, against who holds this table')
    // Users who were left out of the draw are where they were: "unknown" is no label that it hid.
    expect(await ask()).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(
        /drawn with the labels F 160, M 200, and .* is read as F 160, M 200, unknown 40/,
      ) as string,
    })
  })

  test('the page counts the users certified', async () => {
    await certify('leace.npy', '--unlearned-with-labels-of', at('known.csv'), '--report', at('leace.html'))
    expect(readFileSync(at('leace.html'), 'utf8')).toContain('Attribute <b>gender</b>: F (100), M (100)')
  })

  test.each([
    [[], 'nothing says which labels it was made with'],
    [['--original', '--codes', '3'], '--codes: expected --out with it'],
    [['--original', '--out', 'x.npy'], '--out: expected --codes with it'],
    [['--original', '--confidence', '1'], '--confidence: expected a number from 0.5 to 0.999999'],
  ])('refuses %j', async (more, message) => {
    expect(await certify('users.npy', ...more)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(message) as string,
    })
  })
})
