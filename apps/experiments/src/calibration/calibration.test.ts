/**
 * @file The committed calibration: its page is not stale, and its figures are what is claimed; repetitions repeat and
 * resume.
 */

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { calibrationPage } from './page.ts'
import { parts, runRepetition, type Part, type Repetition } from './parts.ts'
import { runPart, storedRepetitions } from './repetitions.ts'
import { summaryOf, type CalibrationSummary } from './summary.ts'

const results = fileURLToPath(new URL('../../results/calibration', import.meta.url))
const stored = JSON.parse(readFileSync(join(results, 'calibration.json'), 'utf8')) as CalibrationSummary

describe('committed results', () => {
  test('the page is what the results give; after an edit run `npm run calibration -- --summary`', () => {
    expect(readFileSync(join(results, 'README.md'), 'utf8')).toBe(calibrationPage(stored))
  })

  test('every part is there in full', () => {
    expect(stored.parts.map(({ name, users, repetitions }) => ({ name, users, repetitions }))).toEqual(
      parts.map(({ name, users, repetitions }) => ({ name, users, repetitions })),
    )
  })

  test('tests err as often as they say where labels are random, and leaks are found', () => {
    for (const part of stored.parts) {
      // One refitted repeat with a tenth of the labels known is a weak test of the weakest leak: its figure is shown,
      // not claimed.
      if (part.name !== 'planted 0.60, paper') expect(part.found.met, part.name).toBe(true)
      for (const { attack, falseAlarms } of part.attacks)
        expect(falseAlarms?.met ?? true, `${part.name}, ${attack}`).toBe(true)
      if (part.mmd) expect(part.mmd.met, part.name).toBe(true)
    }
  })
})

const small: Part = { name: 'small', users: [30, 40], shift: 1, repetitions: 50, run: 'five-fold' }

test('a repetition repeats, and another differs', async () => {
  const first = await runRepetition(small, 3)
  expect(await runRepetition(small, 3)).toEqual(first)
  expect(await runRepetition(small, 4)).not.toEqual(first)
  expect(first.attacks[0]!.auc).toBeGreaterThan(0.55)
})

test('shards share the chunks, and what is there is not run again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'indistinct-calibration-'))
  try {
    const quick: Part = { ...small, repetitions: 45 }
    await runPart(quick, folder, { index: 1, of: 2 }, () => {})
    expect([readdirSync(folder).length, storedRepetitions(quick, folder).length]).toEqual([1, 0])
    const kept = join(folder, readdirSync(folder)[0]!)
    const marked = (JSON.parse(readFileSync(kept, 'utf8')) as Repetition[]).map((row) => ({ ...row, leak: false }))
    writeFileSync(kept, JSON.stringify(marked))
    await runPart(quick, folder, { index: 0, of: 2 }, () => {})
    const rows = storedRepetitions(quick, folder)
    expect(rows.length).toBe(45)
    expect(rows.slice(20, 40).every(({ leak }) => !leak)).toBe(true)
    expect(rows[0]).toEqual(await runRepetition(quick, 0))
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('shares, their intervals and the bands they are held to', () => {
  const row = (p: number, lower: number): Repetition => ({
    attacks: [{ attack: 'a', auc: 0.5, lower, upper: 0.6, p, correctedP: p }],
    leak: p <= 0.05,
    mmdP: p,
  })
  const repetitions = [
    ...Array.from({ length: 95 }, () => row(0.5, 0.4)),
    ...Array.from({ length: 5 }, () => row(0.01, 0.55)),
  ]
  const [part] = summaryOf([{ part: { ...small, shift: 0, run: 'audit', repetitions: 100 }, repetitions }]).parts
  expect(part).toMatchObject({
    found: { count: 5, share: 0.05, met: true },
    mmd: { share: 0.05 },
    attacks: [{ covered: { share: 0.95, met: true }, falseAlarms: { share: 0.05 } }],
  })
  // Wilson's interval of 5 in 100.
  expect(part!.found.lower).toBeCloseTo(0.0215, 4)
  expect(part!.found.upper).toBeCloseTo(0.1118, 4)
  expect(summaryOf([{ part: small, repetitions: [] }]).parts).toEqual([])
})
