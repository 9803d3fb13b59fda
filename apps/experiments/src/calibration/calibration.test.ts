/**
 * @file The committed calibration: its page is not stale, and its figures are what is claimed; repetitions repeat.
 */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { calibrationPage } from './page.ts'
import { calibration } from '../../grids/calibration.ts'
import { runRepetition, type Repetition } from '../stages/calibrate.ts'
import { summaryOf, type CalibrationSummary, type Part } from './summary.ts'

const results = fileURLToPath(new URL('../../results/calibration', import.meta.url))
const stored = JSON.parse(readFileSync(join(results, 'calibration.json'), 'utf8')) as CalibrationSummary

describe('committed results', () => {
  test('the page is what the results give; after an edit run `npm run calibration -- --summary`', () => {
    expect(readFileSync(join(results, 'README.md'), 'utf8')).toBe(calibrationPage(stored))
  })

  test('every part is there in full', () => {
    expect(stored.parts.map(({ name, users, repetitions }) => ({ name, users, repetitions }))).toEqual(
      calibration.calibrations!.map(({ name, options, repetitions }) => ({
        name,
        users: options['users'],
        repetitions,
      })),
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

const small: Part = { name: 'small', repetitions: 50, options: { users: [30, 40], shift: 1, run: 'five-fold' } }

test('a repetition repeats, and another differs', async () => {
  const first = await runRepetition(small.options, 3)
  expect(await runRepetition(small.options, 3)).toEqual(first)
  expect(await runRepetition(small.options, 4)).not.toEqual(first)
  expect(first.attacks[0]!.auc).toBeGreaterThan(0.55)
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
  const [part] = summaryOf([
    { part: { ...small, options: { ...small.options, shift: 0, run: 'audit' }, repetitions: 100 }, repetitions },
  ]).parts
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
