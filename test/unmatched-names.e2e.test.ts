/** @file Commands refuse what they would ignore: a name that matches nothing, a number that is none. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const experiments = 'apps/experiments/src'

test.each([
  ['holds with a name', `${experiments}/holds/main.ts`, ['--summary', 'flow'], 'expected flags alone, got flow'],
  [
    'calibration with two',
    `${experiments}/calibration/main.ts`,
    ['--summary', 'a', 'b'],
    'expected one name, got a, b',
  ],
  ['a choice of nothing', `${experiments}/frontier/main.ts`, ['--summary', '--rungs', 'flow'], '--summary: expected'],
  [
    'an unknown rung',
    `${experiments}/frontier/main.ts`,
    ['--rungs', 'leace,flwo'],
    '--rungs: expected some of original',
  ],
  ['a rung of others', `${experiments}/frontier/main.ts`, ['lastfm', '--rungs', 'flow,d2d-r'], 'got "d2d-r"'],
  ['draws of no number', `${experiments}/certify-coverage/main.ts`, ['a'], '--draws: expected an integer, got "a"'],
  ['no draws', `${experiments}/certify-coverage/main.ts`, ['0'], '--draws: expected a positive integer'],
  ['reproduction of one', `${experiments}/reproduction/main.ts`, ['ml-1m'], 'expected no arguments, got ml-1m'],
  ['an unknown benchmark', 'apps/bench/src/main.ts', ['--filter', 'mmmd'], '--filter: expected a part of the name'],
  ['no number of cases', 'test/fuzz/main.ts', ['--format', 'npy', '--cases', '1e3x'], '--cases: expected a number'],
  ['an unknown file', 'test/hostile/main.ts', ['--only', 'nothing.so'], '--only: expected a part of the name'],
  ['an unknown fault', 'test/faults/main.ts', ['--only', 'fulll'], '--only: expected one of refused, full, killed'],
])('%s', (_, file, args, message) => {
  const { status, stderr } = spawnSync(process.execPath, ['--import', '@indistinct/loader', file, ...args], {
    cwd: root,
    encoding: 'utf8',
    timeout: 60_000,
  })
  expect(stderr).toContain(message)
  expect([1, 2]).toContain(status)
})
