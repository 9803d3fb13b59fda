import type { Unlearned } from '@indistinct/unlearners'
import { describe, expect, test } from 'vitest'
import { outcomeText, outcomeWarning, residualWarning } from './outcome-text.ts'

const stopped = 'no move by what the vector tells leads on'

test('several attributes by one map: what is above chance of which', () => {
  const attributes = {
    gender: { differencesAfter: { mean: 1, waves: 1.1 } },
    age: { differencesAfter: { mean: 1, waves: 1.24 }, above: ['waves'] },
  }
  expect(outcomeText({ outcome: 'not landed', stopped, attributes })).toBe(
    `, not landed (${stopped}): waves 1.24 of age times what chance gives`,
  )
  expect(outcomeText({ outcome: 'landed', attributes: { gender: attributes.gender } })).toBe(', landed')
})

test('a number by one map: what curves over it are still told by', () => {
  const parameters = {
    outcome: 'not landed',
    stopped,
    attributes: { '2 groups': { differencesAfter: { mean: 1 } } },
    curvesAfter: { means: 1.2, products: 4.9 },
    above: ['products'],
  }
  expect(outcomeText(parameters)).toContain('products of two axes 4.90 times what chance gives')
})

test('several attributes by the flow: MMD^2 of each', () => {
  const attributes = { gender: { largestRatio: 1.02 }, age: { largestRatio: 1.3 } }
  expect(outcomeText({ outcome: 'not landed', stopped: 'all 20 rounds are spent', attributes })).toContain(
    'MMD^2 of gender up to 1.02, MMD^2 of age up to 1.30 times what chance gives',
  )
})

test('with smoothed rows: what classes differ by afterwards', () => {
  const parameters = { outcome: 'landed', above: ['radii'], differencesAfter: { mean: 1, radii: 1.9 } }
  const afterSmoothing = { differencesAfter: { mean: 1.8, radii: 1.1 } }
  expect(outcomeText(parameters)).toBe(', landed: distances 1.90 times what chance gives')
  expect(outcomeText({ ...parameters, afterSmoothing })).toBe(', landed')
  const brought = { outcome: 'not landed', stopped: 'smoothing brought mean above what chance gives' }
  expect(outcomeText({ ...parameters, ...brought, afterSmoothing: { ...afterSmoothing, above: ['mean'] } })).toContain(
    'means 1.80, distances 1.10 times',
  )
  expect(outcomeWarning('', { method: 'flow', parameters: brought } as unknown as Unlearned)).toContain(
    'Audit it, or leave --smooth out',
  )
})

describe('what to do where a method did not land', () => {
  const of = (method: string, parameters: object): Unlearned =>
    ({ method, parameters: { outcome: 'not landed', stopped, ...parameters } }) as unknown as Unlearned

  test('another method, and whom it hides from', () => {
    expect(outcomeWarning('', of('flow', { stopped: 'all 9 passes are spent' }))).toMatch(
      /Audit it, or raise --max-passes, or unlearn by blind or leace, which .*, or relabel, which hides from/,
    )
    expect(outcomeWarning('', of('blind', {}))).toMatch(/Audit it, or unlearn by leace, which moves/)
  })

  test('a number has no method but blind', () => {
    expect(outcomeWarning('', of('hsic-flow', {}))).toMatch(/unlearn by blind, which moves everybody by one map$/)
    expect(outcomeWarning('', of('blind', { curvesAfter: {} }))).toMatch(/Audit it$/)
  })
})

test('a fit whose map misses much of the moves is said to, with what to do', () => {
  const of = (mapResidual?: number): string[] =>
    residualWarning('a.fit', { method: 'flow', parameters: mapResidual === undefined ? {} : { mapResidual } })
  expect([of(), of(0.14)]).toEqual([[], []])
  expect(of(0.329)).toEqual([
    expect.stringMatching(/^a\.fit: the map that flow leaves .* misses 33 % .*unlearn all again/),
  ])
})
