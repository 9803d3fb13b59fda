/** @file The files that go with a table: attributes, ids, deltas, fits, the configuration, interactions. */

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  bytesOf,
  canonicalJson,
  jsonText,
  encodeLabels,
  IndistinctError,
  type Json,
  matrix,
  sha256,
} from '@indistinct/core'
import { readCsvDataset, readMovielens100k } from '@indistinct/datasets'
import { readAttribute, readIds } from '@indistinct/embeddings'
import { applyDelta, makeDelta, unlearners } from '@indistinct/unlearners'
import { readConfig } from '../../apps/indistinct/src/terminal/config-file.ts'
import { fitText, parseFit } from '../../apps/indistinct/src/unlearn/fit-file.ts'
import { tableTargets } from './table-targets.ts'
import type { Target } from './verdict.ts'

/** Readers that take a path get one in memory, where the system has such a folder. */
function onDisk(name: string, read: (path: string) => Promise<unknown>): (bytes: Uint8Array) => Promise<unknown> {
  let path: string | undefined
  return (bytes) => {
    if (path === undefined) {
      const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'indistinct-fuzz-'))
      process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
      path = join(folder, name)
    }
    writeFileSync(path, bytes)
    return read(path)
  }
}

/** What `read` makes of the first name that is there. */
async function firstOf(names: readonly string[], read: (name: string) => Promise<unknown>): Promise<unknown> {
  for (const name of names.slice(0, -1)) {
    try {
      return await read(name)
    } catch (error) {
      if (!(error instanceof IndistinctError && error.code === 'usage')) throw error
    }
  }
  return read(names.at(-1)!)
}

const text = (...texts: readonly string[]): Uint8Array[] => texts.map((each) => Buffer.from(each))

const labels = encodeLabels(['F', 'M', 'F', 'M', 'M', 'F'])
const table = matrix(6, 2, Float32Array.of(1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233))

const UNLEARNED = [Buffer.from('id,d0\na,1.5\nb,2.5\nc,3\n'), Buffer.from(bytesOf(table.data))]

/**
 * A delta whose first line was changed, with the digest that goes with the change: only its writer's malice is left.
 */
function signedAgain(delta: Uint8Array): Uint8Array {
  const end = delta.indexOf(10)
  try {
    const { checksum, ...header } = JSON.parse(Buffer.from(delta.subarray(0, end)).toString('utf8')) as {
      [key: string]: Json
    }
    if (typeof checksum !== 'string') return delta
    const payload = delta.subarray(end + 1)
    const mark =
      typeof header['payload'] === 'object'
        ? { ...header['payload'], bytes: payload.length, sha256: sha256(payload) }
        : header['payload']
    const signed = { ...header, payload: mark as Json }
    return Buffer.concat([Buffer.from(jsonText({ ...signed, checksum: sha256(canonicalJson(signed)) })), payload])
  } catch {
    return delta
  }
}

const csv = { ...tableTargets['csv']!, tokens: [...tableTargets['csv']!.tokens, 'gender', '\u00a0', '\u2028'] }

export const inputTargets: Readonly<Record<string, Target>> = {
  'attributes-csv': {
    ...csv,
    parse: onDisk('people.csv', (path) => readAttribute(path, 'gender')),
    seeds: () => text('id,gender\na,F\nb,M\n', 'gender\nF\n\nM\n', '\uFEFFuser,gender,age\r\n"x ""y""",F,1\r\n,M,\r\n'),
  },
  'attributes-parquet': {
    ...tableTargets['parquet']!,
    parse: onDisk('people.parquet', (path) =>
      firstOf(['note', 'gender', 'id', 'user'], (name) => readAttribute(path, name)),
    ),
  },
  'attributes-npz': {
    ...tableTargets['npz']!,
    parse: onDisk('people.npz', (path) =>
      firstOf(['note', 'gender', 'labels', 'id'], (name) => readAttribute(path, name)),
    ),
  },
  'ids-csv': {
    ...csv,
    parse: onDisk('ids.csv', (path) => readIds(path)),
    seeds: () => text('id\na\nb\n', 'user,x\n1,2\n', '"id"\r\n"a,b"\r\n'),
  },
  'ids-text': {
    ...csv,
    parse: onDisk('ids.txt', (path) => readIds(path)),
    seeds: () => text('a\nb\n', '\uFEFF1\r\n2\r\n', 'x'),
  },
  delta: {
    growth: 1 << 13,
    sources: ['packages/unlearners/src/fitted/delta'],
    parse(bytes) {
      const delta = signedAgain(bytes)
      try {
        return applyDelta(UNLEARNED[0]!, delta)
      } catch (error) {
        if (!(error instanceof IndistinctError)) throw error
        return applyDelta(UNLEARNED[1]!, delta)
      }
    },
    seeds: () =>
      UNLEARNED.flatMap((unlearned, at) => {
        const original = Buffer.from(unlearned)
        original[unlearned.length - 2]! ^= 7
        return [
          makeDelta(original, unlearned),
          makeDelta(Buffer.concat([original, Buffer.alloc(at + 3, 49)]), unlearned),
          makeDelta(Buffer.alloc(1000), unlearned),
        ]
      }),
    tokens: [
      '"lines"',
      '"xor"',
      '"whole"',
      '"stride":',
      '"inflated":',
      '"bytes":',
      'null',
      '1e308',
      '-1',
      '[]',
      '{}',
      '"__proto__":',
      Uint8Array.of(0, 0, 0),
      Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x7f),
    ],
  },
  fit: {
    growth: 64,
    sources: ['packages/unlearners/src/fitted', 'unlearn/fit-file'],
    parse(bytes) {
      const { fitted } = parseFit(Buffer.from(bytes).toString('utf8'), 'gender.fit')
      if (fitted.columns !== table.cols) return
      fitted.apply(table, labels)
      if (fitted.map.kind !== 'by-class') fitted.apply(table, undefined, { unlabelled: 'map' })
    },
    seeds: () =>
      (['mean-matching', 'leace', 'gaussian-transport', 'random-noise'] as const).map((method) =>
        Buffer.from(
          // Without its digest, which no change would get past.
          fitText({
            fitted: unlearners[method].fit(table, labels),
            attribute: 'gender',
            reference: [{ first: 'F', second: 'M', ratio: 1, chance: 2 }] as never,
          }).replace(/,"sha256":"\w+"/, ''),
        ),
      ),
    tokens: [
      '"map":',
      '"maps":',
      '"kind":"shared"',
      '"kind":"by-class"',
      '"kind":"noise"',
      '"columns":',
      '"classes":',
      '[]',
      '{}',
      'null',
      '1e400',
      '-1',
      '0',
      '"__proto__":',
      '\\u0000',
      '[[[[',
    ],
  },
  config: {
    growth: 1024,
    sources: ['apps/indistinct/src'],
    parse: onDisk('indistinct.config.json', async (path) =>
      ['unlearn', 'audit', 'data fetch', undefined].forEach((command) => readConfig(path, command)),
    ),
    seeds: () =>
      text(
        '{ "$schema": "x", "seed": 7, "attribute": "gender", "attributes": "people.csv" }',
        '{ "unlearn": { "method": "flow", "max-passes": 20, "level": 1.5, "audit": true, "dimensions": ["d0", ' +
          '"d1"] }, "audit": { "attackers": ["mlp"], "gate": 0.55 } }',
        '{ "data": { "fetch": { "accept-licence": true } }, "threads": 2, "quiet": false }',
      ),
    tokens: [
      '"seed":',
      '"unlearn":',
      '"audit":',
      '"data":',
      '"method":',
      '"level":',
      '"attackers":',
      '"__proto__":',
      '"constructor":',
      '"toString":',
      'null',
      '[]',
      '{}',
      '1e999',
      '-1',
      'true',
      '"a,b"',
      '\\u0000',
      '[[[[',
    ],
  },
  interactions: {
    ...csv,
    sources: ['packages/datasets/src'],
    parse: (bytes) => {
      // Both files in one: what follows a form feed is the second.
      const at = bytes.indexOf(12)
      return readCsvDataset(
        {
          interactions: at < 0 ? bytes : bytes.subarray(0, at),
          ...(at >= 0 && { attributes: bytes.subarray(at + 1) }),
        },
        { ratingColumn: 'rating' },
      )
    },
    seeds: () =>
      text('user,item,rating\na,x,1\na,y,2\nb,x,3.5\n', 'user,item,rating\na,x,1\nb,x,2\n\fuser,gender\na,F\nb,\n'),
  },
  movielens: {
    growth: 1024,
    sources: ['packages/datasets/src'],
    parse: (bytes) => {
      const [ratings, users, items] = Buffer.from(bytes)
        .toString('latin1')
        .split('\f')
        .map((part) => Buffer.from(part, 'latin1'))
      return readMovielens100k({ 'u.data': ratings ?? bytes, 'u.user': users ?? bytes, 'u.item': items ?? bytes })
    },
    seeds: () =>
      text(
        `1\t1\t5\t8\n2\t1\t3\t9\n\f1|24|M|writer|85711\n2|53|F|other|94043\n\f1|Toy Story ` +
          `(1995)|01-Jan-1995||http://x|${'0|'.repeat(18)}0\n`,
      ),
    tokens: ['|', '\t', '\n', '\f', '\r\n', '-1', '0', '99999999999', '9007199254740993', '1e9', 'M', 'other'],
  },
}
