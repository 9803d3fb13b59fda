/**
 * @file Committed tables are those that their results files give, and results files hold nothing about single users.
 */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { experimentProtocols } from '../experiment-protocol.ts'
import { pagesOf, resultsIn } from './write-pages.ts'

const results = fileURLToPath(new URL('../../results', import.meta.url))
/** These have pages and tests of their own. */
const others = ['calibration', 'frontier', 'holds', 'tuning']
const folders = existsSync(results)
  ? readdirSync(results, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !others.includes(entry.name))
      .map(({ name }) => name)
  : []

test('results are committed, each under a protocol', () => {
  expect(folders.length).toBeGreaterThan(0)
  for (const folder of folders) expect(Object.keys(experimentProtocols)).toContain(folder)
})

describe.each(folders)('results/%s', (name) => {
  const folder = join(results, name)
  const files = resultsIn(folder)

  test('every table is what its results give; after an edit run `npx indistinct reproduce`', () => {
    const pages = pagesOf(files)
    expect(
      readdirSync(folder)
        .filter((file) => /\.(md|tex)$/.test(file))
        .sort(),
    ).toEqual([...pages.keys()].sort())
    for (const [file, text] of pages)
      expect(readFileSync(join(folder, file), 'utf8'), `${file} is stale: npx indistinct reproduce`).toBe(text)
  })

  test('figures are means over users, one a repetition', () => {
    for (const { dataset, protocol, models } of files) {
      expect(protocol).toBe(name)
      expect(readdirSync(folder)).toContain(`${dataset}.json`)
      for (const { seeds, seconds, cpuSeconds = seconds, attacks, utility } of models) {
        const lists = [
          seconds,
          cpuSeconds,
          ...attacks.flatMap(({ figures }) => Object.values(figures)),
          ...utility.map(({ values }) => values),
        ]
        for (const list of lists) expect(list.length).toBe(seeds.length)
      }
    }
    // A map of users shows each of them: not of data that may not be handed on.
    const figures = join(folder, 'figures')
    for (const file of existsSync(figures) ? readdirSync(figures) : []) expect(file).not.toContain('t-sne')
  })
})
