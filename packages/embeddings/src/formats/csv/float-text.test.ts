import { randomStream } from '@indistinct/core'
import { expect, test } from 'vitest'
import { fitsFloat32, float32Text, float64Text, parseDecimal } from './float-text.ts'

test('float32 text reads back as the same bits, for values of every magnitude', () => {
  const random = randomStream(1, 'float-text')
  const word = new Uint32Array(1)
  const float = new Float32Array(word.buffer, 0, 1)
  const lost: number[] = []
  for (let draw = 0; draw < 50_000; draw++) {
    word[0] = random.integer(2 ** 32)
    const value = float[0]!
    if (!Number.isFinite(value)) continue
    if (!Object.is(Math.fround(parseDecimal(float32Text(value))), value)) lost.push(value)
  }
  expect(lost).toEqual([])
})

test('float32 text is short', () => {
  expect([0.1, 1 / 3, 16777216, 1e-45, 3.4028234663852886e38, -0, 0].map((v) => float32Text(Math.fround(v)))).toEqual([
    '0.1',
    '0.33333334',
    '16777216',
    '1.4013e-45',
    '3.4028235e+38',
    '-0',
    '0',
  ])
})

test('float64 text keeps the sign of zero', () => {
  expect([-0, 0.1, 5e-324].map(float64Text)).toEqual(['-0', '0.1', '5e-324'])
})

test('only finite decimal numbers are numbers', () => {
  expect(['1', '-2.5', '+.5', '3.', '1e-3', '1E+3'].map(parseDecimal)).toEqual([1, -2.5, 0.5, 3, 0.001, 1000])
  for (const text of [
    '',
    ' ',
    'NaN',
    'nan',
    'inf',
    '-Infinity',
    '1e999',
    '0x10',
    '1_000',
    '1,5',
    'one',
    '1 2',
    '--1',
  ]) {
    expect(parseDecimal(text), text).toBeNaN()
  }
})

test('text that float32 keeps', () => {
  expect([0.1, 0.25, 0.33333334, 16777217, 0.123456789012].map(fitsFloat32)).toEqual([true, true, true, false, false])
})
