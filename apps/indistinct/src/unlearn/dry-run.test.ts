import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { indistinctInProcess, type Ran } from '../end-to-end/in-process-cli.ts'
import { plantLeak } from '../end-to-end/spawned-cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-dry-run-'))
afterAll(() => rmSync(folder, { recursive: true }))
plantLeak(folder, 80, 2)
const [users, people] = [join(folder, 'users.csv'), join(folder, 'people.csv')]
const lines = readFileSync(people, 'utf8').split('\n')
writeFileSync(join(folder, 'one.csv'), `${lines.filter((line) => !line.endsWith('M')).join('\n')}`)
const out = join(folder, 'out.csv')
const labels = ['--attributes', people, '--attribute', 'gender']
const run = (...args: string[]): Promise<Ran> => indistinctInProcess(args)

/** The plan of a dry run, which must leave the folder as it was. */
async function plan(...args: string[]): Promise<Record<string, unknown>> {
  const before = readdirSync(folder)
  const { code, stdout, stderr } = await run(...args, '--dry-run', '--json', '--quiet')
  expect(stderr).toBe('')
  expect(code).toBe(0)
  expect(readdirSync(folder)).toEqual(before)
  return JSON.parse(stdout) as Record<string, unknown>
}

describe('a dry run says what would be done and written', () => {
  test('audit', async () => {
    const found = await plan(
      'audit',
      users,
      ...labels,
      '--attackers',
      'mlp',
      '--protocols',
      'paper',
      '--input',
      'raw',
      '--refit=false',
      '--report',
      join(folder, 'a.html'),
    )
    expect(found).toMatchObject({
      schema: 'indistinct/dry-run/1',
      command: 'audit',
      rows: 80,
      dimensions: 6,
      writes: [join(folder, 'a.html')],
    })
    expect(found['attacks']).toEqual([
      { attacker: 'mlp', protocol: 'paper', input: 'raw', fits: 20, seconds: expect.any(Number) },
    ])
  })

  test.each([
    ['audit', []],
    ['compare', ['--methods', 'leace']],
    ['unlearn', ['--method', 'leace', '--out', out, '--audit']],
  ])('%s runs each attacker that is named under each protocol that is', async (command, more) => {
    const { attacks } = (await plan(
      command,
      users,
      ...labels,
      '--attackers',
      'xgb,knn',
      '--protocols',
      'five-fold',
      '--input',
      'whitened',
      ...more,
    )) as { attacks: { attacker: string; protocol: string; input: string }[] }
    expect(attacks.map(({ attacker, protocol, input }) => `${attacker} ${protocol} ${input}`)).toEqual([
      'xgb five-fold whitened',
      'knn five-fold whitened',
    ])
  })

  test('unlearn, and by a fit', async () => {
    const found = await plan(
      'unlearn',
      users,
      ...labels,
      '--method',
      'gaussian-transport',
      '--out',
      out,
      '--delta',
      join(folder, 'd'),
      '--audit',
    )
    expect(found).toMatchObject({
      method: 'gaussian-transport',
      unlabelled: 'leave',
      attribute: { name: 'gender', missing: 0 },
    })
    expect(found['writes']).toEqual([out, `${out}.json`, `${out}.html`, join(folder, 'd')])
    const flow = await plan('unlearn', users, ...labels, '--level', '0.5', '--out', out)
    expect(flow).toMatchObject({ method: 'flow', parameters: { level: 0.5 } })
    const fit = join(folder, 'leace.fit')
    expect(
      (await run('unlearn', users, ...labels, '--method', 'leace', '--out', out, '--fit', fit, '--quiet')).code,
    ).toBe(0)
    expect(await plan('unlearn', users, ...labels, '--update', fit, '--out', join(folder, 'next.csv'))).toMatchObject({
      method: 'leace',
    })
    const kept = join(folder, 'flow.fit')
    await run('unlearn', users, ...labels, '--out', out, '--fit', kept, '--quiet', '--force')
    const update = ['unlearn', users, ...labels, '--update', kept, '--previous', out, '--out', join(folder, 'next.csv')]
    expect((await plan(...update))['parameters']).toMatchObject({ level: 1, differencesBefore: {} })
    // What the fit found is for programs: people are told what it was asked for.
    expect((await run(...update, '--dry-run')).stdout).toContain(
      'as FIT has it: firstStep 0.2, level 1, maxPasses 500, narrow 0, smooth 0, tolerance 0.01; seed 0\n'.replace(
        'FIT',
        kept,
      ),
    )
  })

  test('compare', async () => {
    const found = await plan('compare', users, ...labels, '--methods', 'leace,flow', '--out', join(folder, 'c.json'))
    expect(found).toMatchObject({ command: 'compare', methods: ['leace', 'flow'], writes: [join(folder, 'c.json')] })
  })

  test('restore', async () => {
    const moved = join(folder, 'moved.csv')
    const delta = join(folder, 'moved.delta')
    await run('unlearn', users, ...labels, '--method', 'mean-matching', '--out', moved, '--delta', delta, '--quiet')
    expect(await plan('restore', moved, '--delta', delta, '--out', join(folder, 'back.csv'))).toMatchObject({
      bytes: readFileSync(users).length,
      writes: [join(folder, 'back.csv')],
    })
  })

  test('reproduce', async () => {
    const found = await plan(
      'reproduce',
      'table-3',
      '--datasets',
      'synthetic',
      '--recommenders',
      'nmf',
      '--methods',
      'd2d-r',
      '--seeds',
      '2',
      '--out',
      join(folder, 'results'),
    )
    expect(found['stages']).toMatchObject({ prepare: 2, train: 2, unlearn: 2 })
    expect(found['writes']).toEqual([`${join(folder, 'results', 'paper')}/`])
  })

  test('in words', async () => {
    const { stdout } = await run(
      'unlearn',
      users,
      ...labels,
      '--method',
      'leace',
      '--out',
      join(folder, 'words.csv'),
      '--dry-run',
    )
    expect(stdout).toBe(
      `dry run of unlearn: everything was read and checked, nothing was written\n${users}: 80 users, 6 ` +
        `dimensions, f4\ngender: ${stdout.split('gender: ')[1]!.split('\n')[0]}\nleace; seed 0\nusers without a ` +
        `label are left as they are\nthen a self-check: does the new table give away more than before, to ` +
        `attackers of fine structure?\nwould write\n  ${folder}/words.csv\n  ${folder}/words.csv.json\n  ` +
        `${folder}/words.csv.html\n`,
    )
  })
})

describe('what the run would refuse, the dry run refuses with the same code', () => {
  test.each<[number, string[]]>([
    [
      3,
      [
        'unlearn',
        users,
        '--attributes',
        join(folder, 'one.csv'),
        '--attribute',
        'gender',
        '--out',
        join(folder, 'new.csv'),
      ],
    ],
    [3, ['audit', users, '--attributes', join(folder, 'one.csv'), '--attribute', 'gender']],
    [3, ['compare', users, '--attributes', join(folder, 'one.csv'), '--attribute', 'gender', '--methods', 'leace']],
    [4, ['unlearn', users, ...labels, '--out', join(folder, 'one.csv')]],
    [4, ['restore', join(folder, 'none.csv'), '--delta', people, '--out', out]],
    [2, ['unlearn', users, ...labels, '--out', join(folder, 'new.csv'), '--steps', '5']],
    [2, ['reproduce', 'table-9']],
    [4, ['audit', users, '--attributes', join(folder, 'none.csv'), '--attribute', 'gender']],
  ])('%i', async (code, args) => {
    const wet = args[0] === 'compare' ? undefined : await run(...args)
    const dry = await run(...args, '--dry-run')
    expect(dry).toMatchObject({ code, stdout: '' })
    if (wet) expect(wet.code).toBe(code)
  })
})
