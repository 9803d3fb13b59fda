import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { matrix, randomStream } from '@indistinct/core'
import { embeddingTable, joinLabels, readAttribute, readTable, writeTable } from '@indistinct/embeddings'
import {
  classDifferences,
  innerProductMetric,
  calibratedFlow,
  fittedFromJson,
  intersection,
} from '@indistinct/unlearners'
import { afterAll, expect, test } from 'vitest'
import { indistinctInProcess, type Ran } from '../end-to-end/in-process-cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-flow-extras-'))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string): string => join(folder, name)
const [N, K] = [240, 4]
const random = randomStream(11, 'flow-extras')
const sexes = Array.from({ length: N }, () => (random.uniform() < 0.4 ? 'F' : 'M'))
const ages = Array.from({ length: N }, () => (random.uniform() < 0.5 ? 'young' : 'old'))
const data = Float32Array.from({ length: N * K }, (_, p) => {
  const [i, k] = [Math.floor(p / K), p % K]
  return random.normal() + (k === 0 && sexes[i] === 'F' ? 1.3 : 0) + (k === 1 && ages[i] === 'old' ? 1.3 : 0)
})
await writeTable(at('users.npy'), embeddingTable({ matrix: matrix(N, K, data) }))
await writeTable(
  at('items.npy'),
  embeddingTable({
    matrix: matrix(
      150,
      K,
      Float32Array.from({ length: 150 * K }, () => random.normal()),
    ),
  }),
)
writeFileSync(
  at('people.csv'),
  `user,gender,age_group\n${sexes.map((sex, i) => `${i},${sex},${i < 5 ? '' : ages[i]}`).join('\n')}\n`,
)
const unlearn = (...more: string[]): Promise<Ran> =>
  indistinctInProcess([
    'unlearn',
    at('users.npy'),
    '--attributes',
    at('people.csv'),
    '--attribute',
    'gender',
    '--json',
    '--quiet',
    '--force',
    ...more,
  ])

test('several attributes are hidden together, and where they meet', async () => {
  const { code, stdout } = await unlearn('--also', 'age_group', '--out', at('both.npy'))
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    attribute: { name: 'gender', missing: 0 },
    also: [{ name: 'age_group', missing: 5, classes: [{ name: 'old' }, { name: 'young' }] }],
    warnings: [expect.stringContaining('age_group is hidden together with gender')],
  })
  expect(readFileSync(at('both.npy.html'), 'utf8')).toContain('age_group is hidden together with gender')
  const [before, after] = [await readTable(at('users.npy')), await readTable(at('both.npy'))]
  const labelsOf = async (name: string) => joinLabels(before, await readAttribute(at('people.csv'), name)).labels
  const [gender, age] = [await labelsOf('gender'), await labelsOf('age_group')]
  for (const labels of [gender, age, intersection({ gender, age }, 20)]) {
    const ratio = (table: typeof before): number =>
      Math.max(...classDifferences(table.matrix, labels, { seed: 0 }).map((pair) => pair.ratio))
    expect(ratio(before)).toBeGreaterThan(3)
    expect(ratio(after)).toBeLessThan(1.5)
  }
  // Hiding one alone leaves the other.
  await unlearn('--out', at('one.npy'))
  expect(
    Math.max(...classDifferences((await readTable(at('one.npy'))).matrix, age, { seed: 0 }).map((pair) => pair.ratio)),
  ).toBeGreaterThan(3)
})

test('--audit attacks each attribute and where they meet: leaks before, none after', async () => {
  const attacks = ['--attackers', 'logistic', '--protocols', 'five-fold', '--repeats', '1', '--permutations', '199']
  const { code, stdout } = await unlearn('--also', 'age_group', '--out', at('audited.npy'), '--audit', ...attacks)
  expect(code).toBe(0)
  type Phase = {
    leak: boolean
    tables: {
      attribute: string
      leak: boolean
      correctedP: number[]
      attacks: { foldedAuc: { value: number }; permutation: { p: number } }[]
    }[]
  }
  const { before, after } = (JSON.parse(stdout) as { audit: Record<'before' | 'after', Phase> }).audit
  expect([before.leak, after.leak]).toEqual([true, false])
  expect(before.tables.map(({ attribute }) => attribute)).toEqual(['gender', 'age_group', 'gender & age_group'])
  for (const [t, part] of before.tables.entries()) {
    expect([part.leak, after.tables[t]!.leak]).toEqual([true, false])
    expect(part.attacks[0]!.foldedAuc.value).toBeGreaterThan(0.65)
    expect(after.tables[t]!.attacks[0]!.foldedAuc.value).toBeLessThan(0.6)
    // The smallest p of 199 permutations, which the three parts share.
    expect(part.attacks[0]!.permutation.p).toBe(0.005)
    expect(part.correctedP).toEqual([0.005])
  }
  expect(readFileSync(at('audited.npy.html'), 'utf8')).toContain('users.npy: gender &amp; age_group')
  const again = await indistinctInProcess([
    'audit',
    at('users.npy'),
    '--attributes',
    at('people.csv'),
    '--attribute',
    'gender',
    '--also',
    'age_group',
    '--quiet',
    ...attacks,
  ])
  expect(again.code).toBe(0)
  expect(again.stdout).toMatch(
    /^The attacks we ran found a leak, and (gender|age_group|gender & age_group) is given away most/,
  )
  expect(again.stdout).toMatch(
    /\nof +attacker.*\ngender +logistic.*\nage_group +logistic.*\ngender & age_group +logistic/,
  )
  const refused = await indistinctInProcess([
    'audit',
    at('users.npy'),
    '--attributes',
    at('people.csv'),
    '--attribute',
    'gender',
    '--also',
    'age_group',
    '--sample',
    '50',
    '--quiet',
  ])
  expect(refused).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--also: one attribute at a time with --sample'),
  })
})

test('blind: several attributes, or a number, by one map, which maps users of tomorrow too', async () => {
  const both = ['--method', 'blind', '--also', 'age_group', '--fit', at('both.fit'), '--unlabelled', 'map']
  const { code, stdout } = await unlearn(...both, '--out', at('blind.npy'))
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ method: 'blind', parameters: { outcome: 'landed' }, moved: N })
  const [before, after] = [await readTable(at('users.npy')), await readTable(at('blind.npy'))]
  const fitted = fittedFromJson(JSON.parse(readFileSync(at('both.fit'), 'utf8')))
  expect(fitted.apply(before.matrix).data).toEqual(after.matrix.data)
  for (const name of ['gender', 'age_group']) {
    const { labels } = joinLabels(before, await readAttribute(at('people.csv'), name))
    const ratio = (table: typeof before): number => classDifferences(table.matrix, labels, { seed: 0 })[0]!.ratio
    expect(ratio(before)).toBeGreaterThan(3)
    expect(ratio(after)).toBeLessThan(1.5)
  }
  const heights = Array.from({ length: N }, (_, i) => 170 + 10 * data[i * K + 2]! + 5 * random.normal())
  writeFileSync(at('heights.csv'), `user,height\n${heights.map((height, i) => `${i},${height}`).join('\n')}\n`)
  const ofHeight = (...flags: string[]): ReturnType<typeof indistinctInProcess> =>
    indistinctInProcess([
      ...['unlearn', at('users.npy'), '--attributes', at('heights.csv'), '--attribute', 'height', '--continuous'],
      ...['--out', at('height.npy'), '--json', '--quiet', ...flags],
    ])
  const narrow = await ofHeight('--narrow', '16')
  expect(narrow).toMatchObject({ code: 2, stderr: expect.stringContaining('leave out --narrow') as string })
  const smooth = await ofHeight('--smooth', '10')
  expect(smooth).toMatchObject({ code: 2, stderr: expect.stringContaining('leave out --smooth') as string })
  const number = await ofHeight('--method', 'blind', '--fit', at('height.fit'))
  expect(number.code).toBe(0)
  const { parameters } = JSON.parse(number.stdout) as {
    parameters: Record<'curvesBefore' | 'curvesAfter' | 'curvesByChance', { means: number }>
  }
  expect(parameters.curvesBefore.means).toBeGreaterThan(20)
  expect(parameters.curvesAfter.means).toBeLessThan(parameters.curvesByChance.means)
})

test('with items, users move as the flow moves them under the metric of scores', async () => {
  const { code, stdout } = await unlearn('--items', at('items.npy'), '--out', at('scored.npy'))
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    parameters: { metric: 'one a user' },
    input: { items: { file: 'items.npy' } },
  })
  const [users, items] = [await readTable(at('users.npy')), await readTable(at('items.npy'))]
  const { labels } = joinLabels(users, await readAttribute(at('people.csv'), 'gender'))
  const expected = calibratedFlow(users.matrix, labels, { metric: innerProductMetric(users.matrix, items.matrix) })
  expect((await readTable(at('scored.npy'))).matrix.data).toEqual(expected.embedding.data)
})

test.each([
  [2, ['--also', 'gender'], '--also: gender is given twice, or is --attribute'],
  [2, ['--also', 'height'], 'there is no column "height"'],
  [2, ['--also', 'age_group', '--method', 'leace'], '--also is for the flow and for blind, not for leace'],
  [2, ['--items', at('items.npy'), '--method', 'blind'], '--items is for the flow, not for blind'],
  [2, ['--also', 'age_group', '--fit', at('f')], 'leave out --fit'],
  [4, ['--items', at('none.npy')], 'none.npy'],
  [3, ['--items', at('wide.npy')], 'wide.npy: expected 4 dimensions'],
])('exit %i: %j', async (code, flags, message) => {
  await writeTable(
    at('wide.npy'),
    embeddingTable({
      matrix: matrix(
        3,
        5,
        Float32Array.from({ length: 15 }, (_, p) => p),
      ),
    }),
    { force: true },
  )
  const ran = await unlearn('--out', at('refused.npy'), ...flags)
  expect(ran).toMatchObject({ code, stdout: '' })
  expect(ran.stderr).toContain(message)
})

test('with --smooth everyone is smoothed, with a label or without, and it is said that no label is read', async () => {
  writeFileSync(at('some.csv'), `user,gender\n${sexes.map((sex, i) => `${i},${i < 9 ? '' : sex}`).join('\n')}\n`)
  const args = ['unlearn', at('users.npy'), '--attributes', at('some.csv'), '--attribute', 'gender', '--smooth', '10']
  const { code, stdout } = await indistinctInProcess([...args, '--out', at('smooth.npy'), '--json', '--quiet'])
  expect(code).toBe(0)
  const before = await readTable(at('users.npy'))
  const { labels } = joinLabels(before, await readAttribute(at('some.csv'), 'gender'))
  const after = calibratedFlow(before.matrix, labels, { smooth: 10 }).embedding
  expect((await readTable(at('smooth.npy'))).matrix.data).toEqual(after.data)
  const found = JSON.parse(stdout) as { displacement: { largest: number } }
  expect(found).toMatchObject({
    parameters: { smooth: 10 },
    moved: N,
    displacement: { users: N, unmoved: 0 },
    scope: expect.stringContaining('the mean of its 10 nearest rows, which reads no label') as string,
  })
  expect(readFileSync(at('smooth.npy.html'), 'utf8')).toContain('which reads no label')
  const dry = await indistinctInProcess([...args, '--out', at('dry.npy'), '--dry-run'])
  expect(dry.stdout).toContain('users without a label are smoothed as everyone')
})

test.each<[string[], string]>([
  [['--smooth', '-1'], '--smooth: expected an integer of at least 0'],
  [['--smooth', '2.5'], '--smooth: expected an integer'],
  [['--smooth', '240'], '--smooth: expected at most 239'],
  [['--smooth', '10', '--method', 'leace'], '--smooth is no parameter of leace'],
  [['--smooth', '10', '--fit', at('smooth.fit')], '--fit: --smooth of the flow leaves no map'],
  [['--smooth', '10', '--stream', 'always'], '--stream always: flow holds the whole table'],
])('%j is wrong usage', async (flags, message) => {
  const { code, stderr } = await unlearn('--out', at('wrong.npy'), ...flags)
  expect(stderr).toContain(message)
  expect(code).toBe(2)
})

test('columns of items under the names of the users in another order are refused', async () => {
  const [names, people] = [['d0', 'd1', 'd2', 'd3'], at('people.csv')]
  const write = (file: string, columns: readonly string[], rows: number): void =>
    writeFileSync(
      at(file),
      `id,${columns.join()}\n${Array.from({ length: rows }, (_, i) => [i, ...data.slice(K * i, K * i + K)].join()).join('\n')}\n`,
    )
  write('users.csv', names, N)
  write('swapped.csv', ['d1', 'd0', 'd2', 'd3'], 150)
  const flags = ['--items', at('swapped.csv'), '--attributes', people, '--attribute', 'gender']
  const refused = {
    code: 3,
    stderr: expect.stringMatching(/swapped\.csv has the columns of .*in another order/) as string,
  }
  expect(await indistinctInProcess(['unlearn', at('users.csv'), ...flags, '--out', at('no.csv')])).toMatchObject(
    refused,
  )
  writeFileSync(at('seen.csv'), 'user,item\n1,1\n')
  const compared = ['compare', at('users.csv'), ...flags, '--interactions', at('seen.csv')]
  expect(await indistinctInProcess(compared)).toMatchObject(refused)
})
