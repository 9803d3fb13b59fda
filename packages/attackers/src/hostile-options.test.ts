/** @file What programs without types may hand over: refused in words before anything is attacked. */

import { matrix, randomStream, type Labels, type Matrix } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { attack, audit, auditRegression, certify, foreseeAudit, harmCheck, knnAttacker, verdictOf } from './index.ts'
import { forestAttacker, logisticAttacker, mlpAttacker, namedAttackers, qdaAttacker, svmAttacker } from './index.ts'
import { bestOf, transferredAttack, xgbAttacker } from './index.ts'
import { kernelRidgeRegressor } from './regression/kernel-ridge.ts'

const random = randomStream(1, 'hostile-options')
const embedding = matrix(
  80,
  3,
  Float32Array.from({ length: 240 }, () => random.normal()),
)
const labels: Labels = { classes: ['f', 'm'], codes: Int32Array.from({ length: 80 }, (_, i) => i % 2) }
const values = Float64Array.from(labels.codes, (code, i) => code + i / 100)
const logistic = namedAttackers['logistic']!.attacker
const settings = { seed: 1, protocol: 'paper', repeats: 1, permutations: 99 }
/** As programs without types hand it over. */
const untyped = <T>(value: unknown): T => value as T

const calls: Readonly<Record<string, (options: object, table: Matrix, given: Labels) => unknown>> = {
  audit: (options, table, given) => audit(table, given, untyped({ seed: 1, ...options })),
  foreseeAudit: async (options, table, given) => foreseeAudit(table, given, untyped({ seed: 1, ...options })),
  attack: (options, table, given) => attack(table, given, logistic, untyped({ ...settings, ...options })),
  transferredAttack: (options, table, given) =>
    transferredAttack(table, table, given, logistic, untyped({ ...settings, ...options })),
  harmCheck: (options, table, given) => harmCheck(table, table, given, untyped({ seed: 1, ...options })),
  certify: async (options, table, given) => certify(table, given, untyped({ seed: 1, ...options })),
}

describe.each(Object.entries(calls))('%s', (_, call) => {
  test('refuses misspelt options', async () => {
    await expect(call({ sed: 1 }, embedding, labels)).rejects.toThrow(/expected options among .*, got sed/)
    await expect(call({ seed: '1' }, embedding, labels)).rejects.toThrow('expected seed as a number, got "1"')
  })

  test('refuses tables and labels of another kind', async () => {
    const { data } = embedding
    for (const wrong of [Float64Array.from(data), [...data], data.slice(1)])
      await expect(call({}, untyped({ ...embedding, data: wrong }), labels)).rejects.toThrow('of whole rows and cols')
    for (const code of [2, -2]) {
      const codes = labels.codes.map((one) => (one === 0 ? 0 : code))
      await expect(call({}, embedding, { ...labels, codes })).rejects.toThrow(`got ${code}`)
    }
    await expect(call({}, embedding, { ...labels, codes: labels.codes.slice(1) })).rejects.toThrow('expected one label')
    await expect(call({}, embedding, untyped(['f', 'm']))).rejects.toThrow('expected labels with a list of classes')
  })
})

test('an audit refuses what it would leave out or misread', async () => {
  for (const [options, message] of [
    [{ protocols: 'paper' }, 'expected protocols as a list, got "paper"'],
    [{ attackers: ['logistic'] }, 'expected an attacker, such as namedAttackers.logistic.attacker, got "logistic"'],
    [{ repeats: { papr: 3 } }, 'audit, repeats: expected options among paper, five-fold, got papr'],
    [{ repeats: 3 }, 'expected repeats as an object, got 3'],
    [{ refit: 'no' }, 'expected refit as a boolean, got "no"'],
    [{ margin: 5 }, 'expected a margin above 0 and at most 0.5, got 5'],
    [{ margin: NaN }, 'expected a margin above 0 and at most 0.5, got NaN'],
    [{ margin: 0 }, 'expected a margin above 0 and at most 0.5, got 0'],
    [{ budget: -1 }, 'expected a budget of at least 0, got -1'],
    [{ mostUsers: 1.5 }, 'expected mostUsers as a positive integer, got 1.5'],
  ] as const)
    await expect(audit(embedding, labels, untyped({ seed: 1, ...options }))).rejects.toThrow(message)
})

test('an audit of numbers refuses what it has not', async () => {
  for (const option of ['budget', 'mostUsers', 'innerFolds', 'attackers'])
    await expect(auditRegression(embedding, values, untyped({ seed: 1, [option]: 2 }))).rejects.toThrow(`got ${option}`)
  await expect(auditRegression(embedding, untyped([...values]), { seed: 1 })).rejects.toThrow('as a Float64Array')
})

const makers = {
  knnAttacker,
  svmAttacker,
  logisticAttacker,
  qdaAttacker,
  forestAttacker,
  mlpAttacker,
  xgbAttacker,
  kernelRidgeRegressor,
} as Record<string, (name: string, options: object) => unknown>

test.each([
  ['svmAttacker', { cost: 0 }, 'expected cost above 0, got 0'],
  ['svmAttacker', { gamma: 'auto' }, 'expected gamma scale or nearest, got "auto"'],
  ['logisticAttacker', { inverseStrength: NaN }, 'expected inverseStrength above 0, got NaN'],
  ['qdaAttacker', { shrinkage: 2 }, "expected a shrinkage from 0 to 1 or 'oas', got 2"],
  ['forestAttacker', { trees: -3 }, 'expected trees as a positive integer, got -3'],
  ['mlpAttacker', { maxEpochs: -3 }, 'expected maxEpochs as a positive integer, got -3'],
  ['mlpAttacker', { alpha: NaN }, 'expected alpha of at least 0, got NaN'],
  ['xgbAttacker', { eta: 2 }, 'expected eta in (0, 1], got 2'],
  ['xgbAttacker', { treeMethod: 'approx' }, 'expected treeMethod exact or hist, got approx'],
  ['xgbAttacker', { seed: 1 }, 'expected no seed'],
  ['kernelRidgeRegressor', { penalty: -1 }, 'expected penalty above 0, got -1'],
])('%s refuses %j when it is made, not when it is fitted', (maker, options, message) => {
  expect(() => makers[maker]!('own', options)).toThrow(`${maker}: ${message}`)
})

test('an input of another spelling is refused with those that there are', async () => {
  const input = untyped<'raw'>('standardized')
  const among = 'expected input among raw, standardised, whitened, got "standardized"'
  await expect(attack(embedding, labels, logistic, untyped({ ...settings, input }))).rejects.toThrow(`attack: ${among}`)
  const transferred = transferredAttack(embedding, embedding, labels, logistic, untyped({ ...settings, input }))
  await expect(transferred).rejects.toThrow(`transferredAttack: ${among}`)
  await expect(audit(embedding, labels, { seed: 1, input })).rejects.toThrow(`audit: ${among}`)
  await expect(auditRegression(embedding, values, { seed: 1, input })).rejects.toThrow(among)
  expect(() => bestOf([logistic], { inputs: [input] })).toThrow(`bestOf: ${among}`)
})

test("attackers of settings of one's own, and verdicts, refuse misspelt ones", () => {
  for (const make of Object.values(makers))
    expect(() => make('own', { neighbors: 3 })).toThrow(/options among .*, got neighbors/)
  expect(() => bestOf([logistic], untyped({ fold: 3 }))).toThrow('got fold')
  expect(() => bestOf(untyped(['logistic']))).toThrow('bestOf: expected an attacker')
  expect(() => verdictOf([], untyped({ marginn: 0.1 }))).toThrow('got marginn')
})
