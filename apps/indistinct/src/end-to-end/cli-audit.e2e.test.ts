import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { indistinct, plantLeak, type Finished } from './spawned-cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-audit-'))
const at = (name: string): string => join(folder, name)
beforeAll(() => {
  plantLeak(folder, 240, 1.2)
  mkdirSync(at('clean'))
  plantLeak(at('clean'), 240, 0)
})
afterAll(() => rmSync(folder, { recursive: true }))

const audit = (table: string, ...more: string[]): Promise<Finished> =>
  indistinct(['audit', table, '--attributes', 'people.csv', '--attribute', 'gender', ...more], { cwd: folder })

interface AuditRecord {
  leak: boolean
  upperBound: number
  verdict: string
  attacks: {
    attacker: string
    protocol: string
    input: string
    foldedAuc: { value: number; lower: number; upper: number }
  }[]
}

/** Fewer draws than by default: a planted leak is found, and its absence bounded, in a few seconds. */
const few = ['--repeats', '1', '--refit=false', '--permutations', '399']
const quick = [...few, '--attackers', 'xgb,logistic', '--json', '--quiet']

describe('audit', () => {
  let leaking: AuditRecord

  test('finds a planted leak, shows every figure, and writes a report', async () => {
    const { code, stdout, stderr } = await audit(
      'users.csv',
      ...few,
      '--attackers',
      'mlp,xgb,logistic',
      '--report',
      'leak.html',
    )
    expect([code, stderr]).toEqual([0, ''])
    const [verdict, labels, scope, , header, ...rows] = stdout.split('\n')
    expect(verdict).toMatch(/^The attacks we ran found a leak of gender: (mlp|xgb|logistic) on /)
    expect(scope).toContain('Not tested: who also holds')
    expect(labels).toBe('gender: 99 F, 141 M, 0 without a label; joined by id')
    expect(header).toMatch(/^attacker +protocol +input +AUC +folded AUC +p +p corrected +q +refitted/)
    expect(rows.slice(0, 12).map((row) => row.split(/ +/).slice(0, 3).join(' '))).toEqual([
      'mlp paper raw',
      'mlp paper standardised',
      'mlp paper whitened',
      'xgb paper raw',
      'xgb paper whitened',
      'logistic paper raw',
      'logistic paper standardised',
      'logistic paper whitened',
      'mlp five-fold standardised',
      'xgb five-fold raw',
      'xgb five-fold whitened',
      'logistic five-fold standardised',
    ])
    expect(stdout).toContain('balanced accuracy')
    expect(stdout).toMatch(/needs 1000 of each scored/)
    expect(stdout).toMatch(/\nMMD between labels: .*permutation p 0\.00/)
    const report = readFileSync(at('leak.html'), 'utf8')
    expect(report).toContain('The attacks we ran found a leak')
    expect(report).toContain('indistinct audit users.csv')
    for (const text of [stdout, report]) expect(text).not.toMatch(/anonymous|compliant/i)
  })

  test('a gate exits 5 when the upper bound is above it, 0 otherwise, and the result is printed anyway', async () => {
    const failed = await audit('users.csv', '--gate', '0.55', ...quick)
    expect(failed.code).toBe(5)
    leaking = JSON.parse(failed.stdout) as AuditRecord
    expect(leaking).toMatchObject({
      schema: 'indistinct/audit/2',
      leak: true,
      gate: { limit: 0.55, passed: false, upperBound: leaking.upperBound },
    })
    expect(leaking.upperBound).toBe(Math.max(...leaking.attacks.map(({ foldedAuc }) => foldedAuc.upper)))
    const passed = await audit(
      'clean/users.csv',
      '--gate',
      '0.75',
      '--margin',
      '0.25',
      ...few,
      '--attackers',
      'xgb,logistic',
    )
    expect(passed.stdout).toMatch(
      /^The attacks we ran found no leak of gender above a folded AUC of 0\.750: the upper 95 % bound of the worst of them/,
    )
    expect(passed.stdout).toContain('\nGate passed: ')
    expect(passed.code).toBe(0)
  })

  test('after unlearning by the calibrated flow, the attacks are at chance', async () => {
    const unlearned = await indistinct(
      [
        'unlearn',
        'users.csv',
        '--attributes',
        'people.csv',
        '--attribute',
        'gender',
        '--out',
        'unlearned.csv',
        '--quiet',
      ],
      { cwd: folder },
    )
    expect(unlearned.code).toBe(0)
    const after = JSON.parse((await audit('unlearned.csv', ...quick)).stdout) as AuditRecord
    expect(after.leak).toBe(false)
    // 216 users: chance alone gives a folded AUC of about 0.53, and 0.6 in one of a few hundred.
    for (const [a, attack] of after.attacks.entries()) {
      expect(attack.foldedAuc.value, JSON.stringify(attack)).toBeLessThan(0.6)
      expect(attack.foldedAuc.value).toBeLessThan(leaking.attacks[a]!.foldedAuc.value)
    }
  })

  test('unlearn --audit records both in the sidecar and the report', async () => {
    const { code, stdout } = await indistinct(
      [
        'unlearn',
        'users.csv',
        '--attributes',
        'people.csv',
        '--attribute',
        'gender',
        '--out',
        'both.csv',
        '--audit',
        '--attackers',
        'xgb',
        '--protocols',
        'five-fold',
        '--repeats',
        '1',
        '--margin',
        '0.25',
      ],
      { cwd: folder },
    )
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /\nBefore: The attacks we ran found a leak.*\nAfter: The attacks we ran (found no leak|cannot tell whether there is a leak)/,
    )
    const sidecar = JSON.parse(readFileSync(at('both.csv.json'), 'utf8')) as {
      audit: { before: AuditRecord; after: AuditRecord }
    }
    expect(sidecar.audit).toMatchObject({ before: { leak: true }, after: { leak: false } })
    expect(readFileSync(at('both.csv.html'), 'utf8')).toContain('every attacker is trained afresh on the new table')
  })

  test('the same seed gives the same bytes, whatever the threads; another seed does not', async () => {
    const run = (...more: string[]): Promise<Finished> =>
      audit('users.csv', '--attackers', 'xgb', '--repeats', '1', '--refit=false', '--json', ...more)
    const [one, two, other] = await Promise.all([run('--threads', '1'), run('--threads', '2'), run('--seed', '1')])
    expect(two.stdout).toBe(one.stdout)
    expect(other.stdout).not.toBe(one.stdout)
  })
})

test('the attackers of fine structure are run where they are named, one by one or as a set', async () => {
  const attackersOf = async (...more: string[]): Promise<string[]> => {
    const { stdout } = await audit('users.csv', '--dry-run', '--json', ...more)
    return (JSON.parse(stdout) as { attacks: { attacker: string }[] }).attacks.map(({ attacker }) => attacker)
  }
  const fine = ['knn-1', 'knn-3', 'knn-5', 'fine-svm', 'forest', 'equal-rows', 'lattice']
  expect(await attackersOf('--attackers', 'fine')).toEqual(fine)
  expect(await attackersOf('--attackers', 'lattice,fine')).toEqual(['lattice', ...fine.slice(0, -1)])
  expect((await attackersOf()).filter((name) => fine.includes(name))).toEqual([])
})

describe('what stops an audit', () => {
  test.concurrent.each([
    [
      'an unknown attacker',
      ['users.csv', '--attackers', 'mpl'],
      2,
      '--attackers: expected some of mlp, xgb, logistic, qda, knn, svm, radius, best-of, knn-1, knn-3, knn-5, ' +
        'fine-svm, forest, equal-rows, lattice, mlp-official, xgb-official, ridge, kernel-ridge, xgb-regression, ' +
        'fine, got "mpl"; did you mean mlp?',
    ],
    [
      'an unknown protocol',
      ['users.csv', '--protocols', 'ten-fold'],
      2,
      '--protocols: expected some of paper, five-fold',
    ],
    ['a gate below chance', ['users.csv', '--gate', '0.4'], 2, '--gate: expected a number from 0.5 to 1, got "0.4"'],
    ['a missing table', ['none.csv'], 4, 'cannot read none.csv: no such file'],
    [
      'a report in a file that is no folder',
      ['users.csv', '--report', 'people.csv/r.html'],
      4,
      'people.csv is not a folder',
    ],
    [
      'a report over an input',
      ['users.csv', '--report', 'users.html', '--ids', 'users.html'],
      2,
      'users.html is an input',
    ],
  ])('%s', async (_, [table, ...more], expected, message) => {
    const { code, stdout, stderr } = await audit(table!, ...more)
    expect(stderr).toContain(message)
    expect(stderr).toMatch(/^error: [^\n]*\n$/)
    expect([code, stdout]).toEqual([expected, ''])
  })

  test('a label with too few users to attack exits 3, and no report is written', async () => {
    const people = readFileSync(at('people.csv'), 'utf8').split('\n')
    writeFileSync(
      at('few.csv'),
      people.map((line, i) => (i > 0 && i < 10 ? line.replace(/[FM]$/, 'X') : line)).join('\n'),
    )
    const { code, stdout, stderr } = await indistinct(
      ['audit', 'users.csv', '--attributes', 'few.csv', '--attribute', 'gender', '--report', 'few.html'],
      { cwd: folder },
    )
    expect(stderr).toMatch(/^error: label "X" has 9 users, protocol paper needs at least 20 of each label.*\n$/)
    expect([code, stdout]).toEqual([3, ''])
    expect(existsSync(at('few.html'))).toBe(false)
  })

  test('three labels are attacked one against the others, and labels are escaped', async () => {
    const people = readFileSync(at('people.csv'), 'utf8').split('\n')
    writeFileSync(
      at('three.csv'),
      people.map((line, i) => (i > 0 && i % 3 === 0 ? line.replace(/[FM]$/, '"<i>, ""z"""') : line)).join('\n'),
    )
    const { code, stdout } = await indistinct(
      [
        'audit',
        'users.csv',
        '--attributes',
        'three.csv',
        '--attribute',
        'gender',
        '--attackers',
        'xgb',
        '--repeats',
        '1',
        '--report',
        'three.html',
        '--json',
      ],
      { cwd: folder },
    )
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ classes: ['<i>, "z"', 'F', 'M'] })
    const report = readFileSync(at('three.html'), 'utf8')
    expect(report).toContain('&lt;i&gt;')
    expect(report).not.toContain('<i>')
  })
})
