import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeLabels, randomStream, type Matrix } from '@indistinct/core'
import { embeddingTable, writeTable } from '@indistinct/embeddings'
import { leace, meanMatching } from '@indistinct/unlearners'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { indistinctInProcess, type Ran } from './in-process-cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-held-'))
const at = (name: string): string => join(folder, name)
afterAll(() => rmSync(folder, { recursive: true }))

const [users, cols, items] = [400, 6, 40]
const random = randomStream(3, 'held')
const ids = Array.from({ length: users }, (_, i) => `u${i}`)
const genders = ids.map((_, i) => (i % 3 === 0 ? 'F' : 'M'))
const original: Matrix = { rows: users, cols, data: new Float32Array(users * cols) }
for (let i = 0; i < users; i++) {
  for (let k = 0; k < cols; k++) original.data[i * cols + k] = random.normal() + (k < 2 && genders[i] === 'F' ? 0.8 : 0)
}

beforeAll(async () => {
  const write = (name: string, matrix: Matrix): Promise<unknown> =>
    writeTable(at(name), embeddingTable({ matrix, ids, idColumn: 'id' }))
  await write('original.csv', original)
  const labels = encodeLabels(genders)
  // One moves each user by the user's own label, the other all users by one map.
  await write('by-label.csv', meanMatching(original, labels).embedding)
  await write('one-map.csv', leace(original, labels).embedding)
  const people = ids.map((id, i) => `${id},${genders[i]},${i % 2 === 0 ? 'old' : 'young'}`)
  writeFileSync(at('people.csv'), `id,gender,age\n${people.join('\n')}\n`)
  // What users did follows where they stood before.
  const lines = ids.flatMap((id, i) =>
    Array.from({ length: items }, (_, item) => item)
      .filter((item) => random.normal() < 2 * original.data[i * cols + (item % cols)]! - 1)
      .map((item) => `${id},film${item},5`),
  )
  writeFileSync(at('ratings.csv'), `user_id,movie_id,rating\n${lines.join('\n')}\nstranger,film1,4\n`)
})

const audit = (table: string, ...more: string[]): Promise<Ran> =>
  indistinctInProcess([
    'audit',
    at(table),
    '--attributes',
    at('people.csv'),
    '--attribute',
    'gender',
    '--attackers',
    'logistic',
    '--protocols',
    'five-fold',
    '--refit=false',
    ...more,
  ])
const held = async (
  table: string,
  files: string,
): Promise<{ worse: boolean; findings: { attacker: string; before: { auc: number }; after: { auc: number } }[] }> => {
  const { code, stdout } = await audit(table, '--json', '--with', files)
  expect(code).toBe(0)
  return (JSON.parse(stdout) as { with: never }).with
}

test.each([
  ['an earlier release', 'original.csv'],
  ['what users did', 'ratings.csv'],
])('who holds %s reads the label from moves by label, and nothing from one map', async (_, file) => {
  const byLabel = await held('by-label.csv', at(file))
  const logistic = byLabel.findings.find(({ attacker }) => attacker === 'logistic')!
  expect(byLabel.worse).toBe(true)
  expect(logistic.after.auc - logistic.before.auc).toBeGreaterThan(0.05)
  expect((await held('one-map.csv', at(file))).worse).toBe(false)
})

test('text, gate and report say whom the audit speaks of', async () => {
  const alone = await audit('by-label.csv')
  expect(alone.stdout).toContain(
    'Not tested: who also holds what users did, an earlier release, another model (--with).',
  )
  const { code, stdout } = await audit(
    'by-label.csv',
    '--with',
    `${at('original.csv')},${at('ratings.csv')}`,
    '--gate',
    '1',
    '--report',
    at('report.html'),
  )
  expect(code).toBe(5)
  expect(stdout).toContain('original.csv, vectors of 400 users: 6 dimensions; ratings.csv, the history of 399 users:')
  expect(stdout).toMatch(
    /Who also holds original\.csv and ratings\.csv learns gender from the table: .* alone the strongest of these attackers has a folded AUC of 0\.\d+; with the table \S+ rises from/,
  )
  expect(stdout).toMatch(/Gate failed: .*the table adds to what the attacker holds/)
  expect(readFileSync(at('report.html'), 'utf8')).toContain('learns gender from the table')
  expect((await audit('one-map.csv', '--with', at('original.csv'), '--gate', '1')).code).toBe(0)
})

test('what was not attacked with the files is named', async () => {
  const { stdout } = await audit('one-map.csv', '--with', at('original.csv'), '--also', 'age')
  expect(stdout).toContain('Not tested: age, gender & age with that beside the tables; whatever else he may hold.')
  expect(stdout).toMatch(/To who also holds original\.csv the table adds nothing that these attackers could show/)
})

test('what cannot be compared is refused', async () => {
  expect(await audit('one-map.csv', '--attacker-holds', 'history')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('name the files (--with)') as unknown,
  })
  writeFileSync(at('others.csv'), 'id,a,b\nx,1,2\ny,3,4\n')
  expect(await audit('one-map.csv', '--with', at('others.csv'))).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('expected most users of') as unknown,
  })
})

test('unlearn takes the method that hides from who is named, and says from whom it does not', async () => {
  const unlearn = (out: string, ...more: string[]): Promise<Ran> =>
    indistinctInProcess([
      'unlearn',
      at('original.csv'),
      '--attributes',
      at('people.csv'),
      '--attribute',
      'gender',
      '--out',
      at(out),
      ...more,
    ])
  const history = await unlearn('from-history.csv', '--attacker-holds', 'history')
  expect(history.code).toBe(0)
  expect(history.stdout).toContain('blind: 400 of 400 users moved')
  expect(history.stdout).toContain('by one map for everybody')
  expect((await held('from-history.csv', at('original.csv'))).worse).toBe(false)
  const asked = await unlearn('asked.csv', '--attacker-holds', 'history', '--method', 'mean-matching')
  expect(asked.stdout).toContain('the move tells them the label')
  for (const file of ['asked.csv.json', 'asked.csv.html'])
    expect(readFileSync(at(file), 'utf8')).toContain('Not from who also holds what users did')
  expect((await unlearn('usual.csv')).stdout).toContain('flow: ')
})
