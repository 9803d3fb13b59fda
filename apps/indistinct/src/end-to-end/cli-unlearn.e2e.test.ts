import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sha256 } from '@indistinct/core'
import { readTable, writeNpy } from '@indistinct/embeddings'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { finished, binary, indistinct, plantLeak, type Finished } from './spawned-cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-unlearn-'))
const at = (name: string): string => join(folder, name)
beforeAll(() => plantLeak(folder, 240, 1.2))
afterAll(() => rmSync(folder, { recursive: true }))

const run = (args: readonly string[], env: Record<string, string> = {}): Promise<Finished> =>
  indistinct(args, { cwd: folder, env })
const unlearn = (table: string, attributes: string, out: string, ...more: string[]): Promise<Finished> =>
  run(['unlearn', table, '--attributes', attributes, '--attribute', 'gender', '--out', out, ...more])

describe('unlearn', () => {
  test('writes the table, a sidecar with digests, and a report; the result alone goes to stdout', async () => {
    const { code, stdout, stderr } = await unlearn('users.csv', 'people.csv', 'flow.csv', '--seed', '3')
    expect(stderr).toBe('')
    expect(code).toBe(0)
    const sidecar = JSON.parse(readFileSync(at('flow.csv.json'), 'utf8')) as Record<string, unknown>
    expect(sidecar).toMatchObject({
      schema: 'indistinct/unlearn/1',
      method: 'flow',
      parameters: { level: 1, outcome: 'landed' },
      seed: 3,
      moved: 240,
      input: {
        table: { file: 'users.csv', sha256: sha256(readFileSync(at('users.csv'))) },
        attributes: { file: 'people.csv', sha256: sha256(readFileSync(at('people.csv'))) },
      },
      output: { table: { file: 'flow.csv', sha256: sha256(readFileSync(at('flow.csv'))) } },
    })
    expect(stdout).toContain(`flow.csv  sha256 ${sha256(readFileSync(at('flow.csv')))}`)
    const before = await readTable(at('users.csv'))
    const after = await readTable(at('flow.csv'))
    expect(after.ids).toEqual(before.ids)
    expect(after.matrix.data).not.toEqual(before.matrix.data)
    const report = readFileSync(at('flow.csv.html'), 'utf8')
    expect(report).toContain('Unlearning of gender in users.csv')
    expect(report).toContain('indistinct unlearn users.csv')
  })

  test('the same seed gives the same bytes, whatever the threads', async () => {
    for (const threads of ['1', '2']) {
      mkdirSync(at(`threads-${threads}`))
      await unlearn('users.csv', 'people.csv', `threads-${threads}/o.csv`, '--threads', threads, '--json')
    }
    for (const file of ['o.csv', 'o.csv.json'])
      expect(readFileSync(at(`threads-1/${file}`))).toEqual(readFileSync(at(`threads-2/${file}`)))
  })

  test.concurrent.each([
    ['d2d-r', ['--steps', '20', '--learning-rate', '0.01'], { steps: 20, learningRate: 0.01 }],
    ['u2u-r', ['--steps', '20'], { steps: 20 }],
    ['u2u-r-closed', ['--trade-off', '5'], { tradeOff: 5 }],
    ['flow', ['--level', '2'], { level: 2 }],
  ])('--method %s with parameters, --json and --quiet', async (method, flags, parameters) => {
    const { code, stdout, stderr } = await unlearn(
      'users.csv',
      'people.csv',
      `${method}-json.npy`,
      '--method',
      method,
      ...flags,
      '--json',
      '--quiet',
    )
    expect([code, stderr]).toEqual([0, ''])
    expect(JSON.parse(stdout)).toMatchObject({ method, parameters })
    expect(JSON.parse(stdout)).toEqual(JSON.parse(readFileSync(at(`${method}-json.npy.json`), 'utf8')))
    expect((await readTable(at(`${method}-json.npy`), { ids: at(`${method}-json.npy.ids.csv`) })).ids[7]).toBe('u7')
  })

  test('users without a label are counted and stay where they are, bit for bit, in float64', async () => {
    const values = Float64Array.from({ length: 240 * 6 }, (_, p) => Math.sin(p * p))
    writeFileSync(at('wide.npy'), writeNpy([240, 6], values))
    writeFileSync(
      at('some.csv'),
      `id,gender\n${Array.from({ length: 200 }, (_, i) => `${i + 20},${i % 3 ? '"ж, ""х"""' : '<b>&'}`).join('\n')}\n7,\n`,
    )
    const { code, stderr } = await unlearn('wide.npy', 'some.csv', 'wide-out.npy')
    expect(code).toBe(0)
    expect(stderr).toBe('warning: 40 users of wide.npy without a label: left out of attacks, and never moved\n')
    const { exact } = await readTable(at('wide-out.npy'))
    expect(exact!.subarray(0, 120)).toEqual(values.subarray(0, 120))
    const report = readFileSync(at('wide-out.npy.html'), 'utf8')
    expect(report).not.toContain('<b>&')
    expect(report).toContain('&lt;b&gt;&amp;')
  })

  test('nothing is replaced without --force', async () => {
    writeFileSync(at('kept.npy.html'), 'mine')
    const refused = await unlearn('users.csv', 'people.csv', 'kept.npy')
    expect(refused.code).toBe(4)
    expect(refused.stderr).toBe('error: kept.npy.html is there already; pass --force to replace it\n')
    expect(existsSync(at('kept.npy'))).toBe(false)
    expect(readFileSync(at('kept.npy.html'), 'utf8')).toBe('mine')
    expect((await unlearn('users.csv', 'people.csv', 'kept.npy', '--force')).code).toBe(0)
    expect(readFileSync(at('kept.npy.html'), 'utf8')).toContain('<!DOCTYPE html>')
  })
})

describe('bad data exits 3 with one message and no file', () => {
  const table = (rows: string[]): string => `id,d0,d1\n${rows.join('\n')}\n`
  const good = ['a,1,2', 'b,2,1', 'c,3,5', 'd,4,4']
  const people = 'id,gender\na,F\nb,F\nc,M\nd,M\n'
  test.concurrent.each([
    [
      'nan',
      table([...good.slice(0, 3), 'd,4,NaN']),
      people,
      'nan.csv: line 5, column "d1": expected a finite number, got "NaN"',
    ],
    [
      'inf',
      table([...good.slice(0, 3), 'd,-inf,4']),
      people,
      'inf.csv: line 5, column "d0": expected a finite number, got "-inf"',
    ],
    ['equal', table(['a,1,2', 'b,1,2', 'c,1,2', 'd,1,2']), people, 'equal.csv: all 4 rows are equal'],
    [
      'ragged',
      table([...good.slice(0, 3), 'd,4']),
      people,
      'ragged.csv: line 5: expected 3 columns as in the header, got 2',
    ],
    ['twice', table([...good, 'a,5,5']), people, 'twice.csv: line 6: id "a" stands in line 2 already'],
    ['zero', 'id,d0\n', people, 'zero.csv: expected at least one row'],
    [
      'one-label',
      table(good),
      people.replaceAll('M', 'F'),
      'expected at least two labels among the users of the table, got only "F"',
    ],
    ['one-user', table(good), people.replace('d,M', 'd,F'), 'expected at least 2 users a label, got 1 user with "M"'],
    ['others', table(good), 'id,gender\nw,F\nx,F\ny,M\nz,M\n', 'no id of this file is in others.csv'],
    [
      'position',
      table(good),
      'gender\nF\nM\n',
      'expected ids to join with those of position.csv ("a", "b", "c", …), got none',
    ],
    ['rounded', table(good), 'id,gender\n9.007199254740992e+15,F\nb,M\n', 'went through a floating-point column'],
  ])('%s', async (name, content, attributes, message) => {
    writeFileSync(at(`${name}.csv`), content)
    writeFileSync(at(`${name}-people.csv`), attributes)
    const { code, stdout, stderr } = await unlearn(`${name}.csv`, `${name}-people.csv`, `out-${name}/o.csv`)
    expect(stderr).toContain(message)
    expect(stderr).toMatch(/^error: [^\n]*\n$/)
    expect([code, stdout]).toEqual([3, ''])
    expect(existsSync(at(`out-${name}`))).toBe(false)
  })

  test('a constant dimension is a warning, and so are labels rarer than folds', async () => {
    writeFileSync(at('constant.csv'), table(good.map((row) => row.replace(/\d$/, '7'))))
    writeFileSync(at('constant-people.csv'), people)
    const { code, stderr } = await unlearn('constant.csv', 'constant-people.csv', 'constant-out.csv')
    expect(stderr).toBe(
      'warning: constant.csv: dimension d1 is the same in every row\n' +
        'warning: gender: "F" (2 users) and "M" (2 users) have fewer users than the 5 folds of an attack, so ' +
        'figures of them mean little; merge (--merge-labels) or leave out (--missing-label)\n',
    )
    expect(code).toBe(0)
  })

  test.concurrent.each([
    ['short.npy', writeNpy([4, 2], new Float32Array(8)).subarray(0, -1), 'the file is truncated'],
    ['long.npy', Buffer.concat([writeNpy([4, 2], new Float32Array(8)), Buffer.from('xx')]), '2 bytes follow the array'],
    ['model.pkl', Buffer.from('\x80\x04.', 'latin1'), 'pickle.load(open("model.pkl", "rb"))'],
  ])('%s', async (name, bytes, message) => {
    writeFileSync(at(name), bytes)
    const { code, stdout, stderr } = await unlearn(name, 'people.csv', `out-${name}/o.csv`)
    expect(stderr).toContain(message)
    expect([code, stdout]).toEqual([3, ''])
    expect(existsSync(at(`out-${name}`))).toBe(false)
  })
})

describe('files exit 4', () => {
  test('a missing table or attribute file', async () => {
    expect(await unlearn('none.csv', 'people.csv', 'n.csv')).toMatchObject({
      code: 4,
      stderr: 'error: cannot read none.csv: no such file\n',
    })
    expect(await unlearn('users.csv', 'none.csv', 'n.csv')).toMatchObject({
      code: 4,
      stderr: 'error: cannot read none.csv: no such file\n',
    })
  })

  test('a folder that takes no files is found before the work', async () => {
    const { code, stderr } = await unlearn('users.csv', 'people.csv', '/dev/null/o.csv')
    expect([code, stderr]).toEqual([4, 'error: cannot write /dev/null/o.csv: /dev/null is not a folder\n'])
  })

  test('a full disk leaves no partial file', async () => {
    mkdirSync(at('full'))
    writeFileSync(
      at('big.npy'),
      writeNpy(
        [240, 400],
        Float32Array.from({ length: 96_000 }, (_, p) => Math.sin(p * p)),
      ),
    )
    writeFileSync(at('big-people.csv'), `gender\n${'F\nM\nM\n'.repeat(80)}`)
    // A limit on file sizes fails a write as a full disk does; 128 blocks are 64 KiB and the table has 375.
    const line =
      'ulimit -f 128; exec "$0" "$1" unlearn big.npy --attributes big-people.csv --attribute gender --method ' +
      'random-noise --out full/o.npy'
    const { code, stderr } = await finished(['sh', '-c', line, process.execPath, binary], { cwd: folder })
    expect(stderr).toMatch(/\nerror: cannot write full\/o\.npy: EFBIG/)
    expect(code).toBe(4)
    expect(readdirSync(at('full'))).toEqual([])
  })
})

describe('signals', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('%s ends a running method at once and leaves no file', async (signal) => {
    mkdirSync(at(signal))
    writeFileSync(
      at(`${signal}.csv`),
      readFileSync(at('people.csv'), 'utf8').replace('u0,M', 'u0,').replace('u0,F', 'u0,'),
    )
    const result = await indistinct(
      [
        'unlearn',
        'users.csv',
        '--attributes',
        `${signal}.csv`,
        '--attribute',
        'gender',
        '--method',
        'd2d-r',
        '--steps',
        '100000000',
        '--out',
        `${signal}/o.csv`,
      ],
      // The warning about the user without a label is the last line before the method runs.
      { cwd: folder, onStart: (child) => void child.stderr!.once('data', () => child.kill(signal)) },
    )
    expect(result).toMatchObject({ signal, stdout: '' })
    expect(readdirSync(at(signal))).toEqual([])
  })

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s while files are written waits until they are whole', async (signal, code) => {
    const script = at(`${signal}.mts`)
    writeFileSync(
      script,
      `import { writeFileAtomic } from '@indistinct/core'
       import { writingFiles } from ${JSON.stringify(new URL('../terminal/signals.ts', import.meta.url).href)}
       await writingFiles(async () => {
         process.kill(process.pid, '${signal}')
         writeFileAtomic(${JSON.stringify(at(`${signal}.whole`))}, 'all of it')
       })
       console.log('not reached')`.replace('@indistinct/core', import.meta.resolve('@indistinct/core')),
    )
    const result = await finished([process.execPath, '--import', import.meta.resolve('@indistinct/loader'), script], {
      cwd: folder,
    })
    expect(result).toMatchObject({ code, stdout: '', stderr: '' })
    expect(readFileSync(at(`${signal}.whole`), 'utf8')).toBe('all of it')
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([])
  })
})
