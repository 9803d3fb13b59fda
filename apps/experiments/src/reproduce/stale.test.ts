/**
 * @file Committed tables are those that their results files give, and results files hold nothing about single users.
 */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { experimentProtocols } from '../experiment-protocol.ts'
import { paperCells, paperDataset, twin } from '../paper/paper-tables.ts'
import type { Beside } from './beside.ts'
import { pagesOf, resultsIn } from './write-pages.ts'

const results = fileURLToPath(new URL('../../results', import.meta.url))
/** These have pages and tests of their own. */
const others = ['calibration', 'definitions', 'frontier', 'holds', 'tuning']
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

  test('every table is what its results give; after an edit run `npm run reproduction`', () => {
    const pages = pagesOf(files)
    expect(
      readdirSync(folder)
        .filter((file) => /^table-|\.(md|tex)$/.test(file))
        .sort(),
    ).toEqual([...pages.keys()].sort())
    for (const [file, text] of pages)
      expect(readFileSync(join(folder, file), 'utf8'), `${file} is stale: npm run reproduction`).toBe(text)
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
    // A map of users shows each of them: not of data that may not be handed on. Those of the twin are made up.
    const figures = join(folder, 'figures')
    for (const file of existsSync(figures) ? readdirSync(figures) : [])
      expect(file).not.toMatch(/^(?!lfm-2b-synthetic).*t-sne/)
  })
})

describe('the paper beside ours, under its own protocol', () => {
  const textOf = (name: string): string => readFileSync(join(results, 'paper', name), 'utf8')

  test.each(['table-3', 'table-4', 'table-5'] as const)(
    'every cell of its %s stands in the table, as printed',
    (table) => {
      const { cells } = JSON.parse(textOf(`${table}.json`)) as { cells: Beside[] }
      const keyOf = ({ dataset, recommender, method, attacker, measure }: Partial<Beside>): string =>
        [dataset, recommender, method, attacker, measure?.toLowerCase()].join(' ')
      const printed = new Map(
        cells.map(({ paper, ...cell }) => [keyOf({ ...cell, dataset: paperDataset(cell.dataset) }), paper]),
      )
      const own = paperCells().filter((cell) => cell.table === table)
      for (const cell of own) {
        const paper = printed.get(keyOf(cell))
        expect(paper?.printed, keyOf(cell)).toBe(cell.printed)
        expect(paper?.otherDataset, keyOf(cell)).toBe(cell.dataset === 'lfm-2b' ? 'lfm-2b' : undefined)
        for (const form of ['md', 'tex']) expect(textOf(`${table}.${form}`)).toContain(cell.printed)
      }
      expect(
        cells.filter(({ dataset, paper }) => dataset === twin && paper?.otherDataset === undefined && paper),
      ).toEqual([])
    },
  )

  test('the 40 AUCs of MovieLens stand beside ours with difference and interval', () => {
    const aucs = paperCells().filter(({ dataset, measure }) => dataset.startsWith('ml-') && measure === 'auc')
    expect(aucs.length).toBe(40)
    for (const { printed } of aucs) {
      expect(printed).toMatch(/^0\.\d{4}$/)
      expect(textOf('table-3.md')).toMatch(
        new RegExp(`\\] \\| ${printed.replace('.', '\\.')} \\| [+-]?0\\.\\d{4} \\| (yes|no) \\|`),
      )
    }
  })
})
