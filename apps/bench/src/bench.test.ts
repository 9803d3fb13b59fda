import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, describe, expect, test } from 'vitest'
import type { Case, Side } from './bench.ts'
import { benches } from './benches.ts'
import { benchOptions, pickOf } from './bench-options.ts'
import { growthPlot } from './growth-plot.ts'
import { measureCase } from './measure.ts'
import { ownSide } from './own-side.ts'
import { pythonSide } from './python-peer.ts'
import { number, resultsMarkdown, resultText, seconds } from './results-markdown.ts'
import { checkResult, schema, type BenchResult } from './results.ts'
import { generatedFiles, resultsFolder, runBench, writeResults } from './run-benches.ts'
import { ratioOf, summary } from './statistics.ts'

const names = benches.map(({ name }) => name)
const folder = mkdtempSync(join(tmpdir(), 'indistinct-bench-test-'))
afterAll(() => rmSync(folder, { recursive: true }))
const quiet = { threads: 1, repeats: 3, log: () => {} }

/** A side whose runs take the given seconds, and that writes down when it ran. */
function fixedSide(name: string, times: readonly number[], order: string[] = [], slow = false): Side {
  let run = 0
  return {
    name,
    open: async () => ({
      async run() {
        order.push(name)
        // A timer may end a little early; from a second on work is run no more often than asked.
        if (slow) await setTimeout(1100)
        const taken = times[run++ % times.length]!
        return { seconds: taken, cpuSeconds: 2 * taken }
      },
      close: () => void order.push(`${name} closed`),
    }),
  }
}

describe('statistics', () => {
  test('median, minimum and maximum', () => {
    expect(summary([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 })
    expect(summary([4, 1, 3, 2])).toEqual({ median: 2.5, min: 1, max: 4 })
    expect(() => summary([])).toThrow('expected one sample or more, got none')
  })

  test('the range of a ratio is what the extremes allow', () => {
    expect(ratioOf({ median: 10, min: 8, max: 12 }, { median: 2, min: 1, max: 4 })).toEqual({
      median: 5,
      min: 2,
      max: 12,
    })
  })
})

describe('options', () => {
  test('defaults, and every option', () => {
    expect(benchOptions([])).toEqual({
      json: false,
      list: false,
      help: false,
      threads: 2,
      repeats: 5,
      fresh: false,
      write: true,
    })
    expect(
      benchOptions(['--filter', 'MMD', '--json', '--threads', '4', '--repeats', '7', '--fresh', '--no-write']),
    ).toMatchObject({
      filter: 'mmd',
      json: true,
      threads: 4,
      repeats: 7,
      fresh: true,
      write: false,
    })
    expect(() => benchOptions(['--fliter', 'mmd'])).toThrow('--fliter')
    expect(() => benchOptions(['--repeats', '0'])).toThrow('--repeats: expected a positive integer, got "0"')
  })

  test('a filter picks benchmarks by name, and cases where it names none', () => {
    const mmd = pickOf('mmd', names)
    expect([mmd.whole('mmd'), mmd.one('mmd', 'any'), mmd.one('nmf', 'MMD inside')]).toEqual([true, true, false])
    const single = pickOf('6,040, k = 64', names)
    expect([
      single.whole('mmd'),
      single.one('mmd', 'N = 6,040, K = 64'),
      single.one('mmd', 'N = 6,040, K = 16'),
    ]).toEqual([false, true, false])
    expect(pickOf(undefined, names).one('mmd', 'any')).toBe(true)
  })
})

describe('measureCase', () => {
  test('warms up, then alternates, then closes', async () => {
    const order: string[] = []
    const work: Case = {
      name: 'work',
      ours: fixedSide('ours', [9, 1, 3, 2], order, true),
      peers: [fixedSide('peer', [9, 10, 30, 20], order)],
      targets: { peer: 12 },
      atMostSeconds: 5,
      facts: async () => [{ name: 'size', value: 3 }],
    }
    const result = await measureCase(work, quiet)
    expect(order).toEqual([
      'ours',
      'peer',
      'ours',
      'peer',
      'ours',
      'peer',
      'ours',
      'peer',
      'ours closed',
      'peer closed',
    ])
    expect(result.sides[0]).toMatchObject({
      name: 'ours',
      samples: [1, 3, 2],
      seconds: { median: 2, min: 1, max: 3 },
      cpuSeconds: { median: 4 },
    })
    expect(result.ratios).toEqual([{ peer: 'peer', time: { median: 10, min: 10 / 3, max: 30 }, cpu: 10, atLeast: 12 }])
    expect(result.facts).toEqual([
      { name: 'median time', value: 2, unit: 's', atMost: 5 },
      { name: 'size', value: 3 },
    ])
  })

  test('runs short work more often', async () => {
    const order: string[] = []
    const result = await measureCase({ name: 'work', ours: fixedSide('ours', [1], order), peers: [] }, quiet)
    expect(result.sides[0]!.samples).toHaveLength(31)
    expect(order).toHaveLength(10 + 31 + 1)
  })

  test('says which peers it skipped, and why', async () => {
    const lines: string[] = []
    const absent: Side = { name: 'absent', open: async () => ({ skipped: 'not here' }) }
    const result = await measureCase(
      { name: 'work', ours: fixedSide('ours', [1]), peers: [absent] },
      { ...quiet, log: (line) => lines.push(line) },
    )
    expect(result.skipped).toEqual([{ peer: 'absent', reason: 'not here' }])
    expect(result.ratios).toEqual([])
    expect(lines).toEqual(['  absent skipped: not here'])
  })

  test('our side counts time, scaled', async () => {
    const side = await ownSide(() => ({
      run: () => setTimeout(20).then(() => {}),
      scale: 100,
      notes: () => 'slept',
    })).open(quiet)
    if ('skipped' in side) throw new Error(side.skipped)
    expect((await side.run()).seconds).toBeGreaterThan(1.5)
    expect(side.notes!()).toBe('slept')
  })

  test('peers in Python: timed by themselves, skipped without their modules, an error when they break', async () => {
    const peer = pythonSide('peer', {
      script: 'ratings',
      peer: 'c',
      parameters: {},
      arrays: () => ({ x: Float32Array.of(1, 2) }),
    })
    await withPython('echo \'{"missing": "Python has no module pandas"}\'', async () => {
      expect(await peer.open(quiet)).toEqual({ skipped: 'Python has no module pandas' })
    })
    await withPython(
      'echo \'{"ready": true}\'; while read line; do echo \'{"seconds": 2, "cpuSeconds": 3, "notes": "fine"}\'; done',
      async () => {
        const side = await peer.open(quiet)
        if ('skipped' in side) throw new Error(side.skipped)
        expect(await side.run()).toEqual({ seconds: 2, cpuSeconds: 3 })
        expect(side.notes!()).toBe('fine')
        await side.close()
      },
    )
    await withPython('echo broken >&2; exit 3', async () => {
      await expect(peer.open(quiet)).rejects.toThrow('ratings.py c: ended with 3: broken')
    })
  })
})

/** Runs `act` with a shell script in the place of Python. */
async function withPython(script: string, act: () => Promise<void>): Promise<void> {
  const before = process.env['BENCH_PYTHON']
  const file = join(folder, 'python')
  writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  process.env['BENCH_PYTHON'] = file
  try {
    await act()
  } finally {
    rmSync(file)
    if (before === undefined) delete process.env['BENCH_PYTHON']
    else process.env['BENCH_PYTHON'] = before
  }
}

describe('results', () => {
  const bench = {
    name: 'mmd',
    title: 'A title',
    target: 'at least 2 times',
    cases: async () => [
      { name: 'one', ours: fixedSide('ours', [1]), peers: [fixedSide('peer', [3])], targets: { peer: 2 } },
    ],
    extra: async () => ({
      columns: ['work', 'N', 'seconds', 'MB at peak'],
      rows: [
        ['a <b>', 1000, 0.01, 50],
        ['a <b>', 10_000, 0.2, 70],
      ],
      caption: 'Growth.',
      facts: [{ name: 'peak', value: 70, unit: 'MB', atMost: 60 }],
    }),
  }
  const options = { ...benchOptions([]), threads: 1, repeats: 5 }

  test('run, written, read again: the same, with its Markdown and figure', async () => {
    const result = (await runBench(
      bench,
      options,
      pickOf(undefined, names),
      () => {},
      () => ({ numpy: '1' }),
    ))!
    writeResults([result], names, folder)
    expect(readdirSync(folder).sort()).toEqual(['README.md', 'mmd.json', 'mmd.svg'])
    expect(checkResult(JSON.parse(readFileSync(join(folder, 'mmd.json'), 'utf8')))).toEqual(result)
    const text = readFileSync(join(folder, 'README.md'), 'utf8')
    expect(text).toContain('| one | 1 s | peer | 3 s | 3 (3 to 3) | 3 | >= 2 | met |')
    expect(text).toContain('| a <b> | 10,000 | 0.2 | 70 |')
    expect(text).toContain('| mmd | 70 MB | peak |  |  |  | <= 60 MB | missed |')
    expect(resultText(result)).toContain('one   1 s         peer  3 s       3 (3 to 3)')
    const figure = readFileSync(join(folder, 'mmd.svg'), 'utf8')
    expect(figure).toContain('a &#60;b&#62;')
    expect(figure.match(/<circle/g)).toHaveLength(4)
  })

  test('a check names what is wrong', async () => {
    const result = (await runBench(
      bench,
      options,
      pickOf(undefined, names),
      () => {},
      () => ({ numpy: '1' }),
    ))!
    expect(() => checkResult({ ...result, schema: 'other' })).toThrow(`expected schema ${schema}, got "other"`)
    expect(() => checkResult({ ...result, cases: [{ ...result.cases[0]!, sides: [] }] })).toThrow(
      'expected a side of one, got []',
    )
    const few = { ...result.cases[0]!, sides: [{ ...result.cases[0]!.sides[0]!, samples: [1] }] }
    expect(() => checkResult({ ...result, cases: [few] })).toThrow('expected samples of one, ours, got [1]')
  })

  test('numbers keep three digits, durations their unit', () => {
    expect([number(1234.5), number(12.345), number(0.01234), number(0.00001234), number(0)]).toEqual([
      '1,235',
      '12.3',
      '0.0123',
      '1.2e-5',
      '0',
    ])
    expect([seconds(12.34), seconds(0.01234), seconds(0.0000123)]).toEqual(['12.3 s', '12.3 ms', '12.3 us'])
  })

  test('a missed target says so', () => {
    const side = { name: 'ours', seconds: summary([1]), cpuSeconds: summary([1]), samples: [1, 1, 1, 1, 1] }
    const cases = [
      {
        name: 'one',
        sides: [side],
        ratios: [],
        skipped: [],
        facts: [{ name: 'memory', value: 9, unit: 'MB', atMost: 8 }],
      },
    ]
    const machine = { processor: 'p', cores: 1, memoryGiB: 1, system: 's', node: 'v', peers: {}, load: [0, 0] as const }
    const result: BenchResult = {
      schema,
      bench: 'mmd',
      title: 't',
      target: 'g',
      command: 'c',
      threads: 1,
      repeats: 5,
      machine,
      cases,
    }
    expect(resultsMarkdown([result])).toContain('| one | 9 MB | memory |  |  |  | <= 8 MB | missed |')
  })

  test('the committed Markdown and figure are those of the committed JSON', () => {
    expect(
      readdirSync(resultsFolder)
        .filter((file) => file.endsWith('.json'))
        .every((file) => names.includes(file.slice(0, -5))),
    ).toBe(true)
    for (const [file, text] of generatedFiles(names))
      expect(readFileSync(join(resultsFolder, file), 'utf8') === text, `${file} is stale: npm run bench`).toBe(true)
  })

  test('the figure asks for its columns', () => {
    expect(() => growthPlot({ columns: ['N'], rows: [], caption: '' })).toThrow('expected a column work, got N')
  })
})
