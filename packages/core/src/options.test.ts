import { expect, test } from 'vitest'
import { checkOptions } from './index.ts'

interface Options {
  readonly seed?: number
  readonly refit?: boolean
  readonly protocols?: readonly string[]
  readonly input?: 'raw' | 'whitened'
  readonly onProgress?: () => void
  readonly neighbours?: number | 'chosen'
}

const check = (options: unknown): void =>
  checkOptions<Options>('here', options as Options, {
    seed: 'number',
    refit: 'boolean',
    protocols: 'list',
    input: 'string',
    onProgress: 'function',
    neighbours: 'any',
  })

test('options of their kinds pass, and those left out or undefined', () => {
  check({})
  check({ seed: undefined })
  check({ seed: 1, refit: false, protocols: [], input: 'raw', onProgress: () => {}, neighbours: 'chosen' })
})

test('misspelt ones, and values of another kind, are refused', () => {
  expect(() => check({ sed: 1 })).toThrow(
    'here: expected options among seed, refit, protocols, input, onProgress, neighbours, got sed',
  )
  expect(() => check({ toString: 1 })).toThrow('got toString')
  expect(() => check({ seed: '1' })).toThrow('here: expected seed as a number, got "1"')
  expect(() => check({ seed: null })).toThrow('got null')
  expect(() => check({ refit: 'no' })).toThrow('expected refit as a boolean, got "no"')
  expect(() => check({ protocols: 'paper' })).toThrow('expected protocols as a list, got "paper"')
  expect(() => check({ onProgress: 5 })).toThrow('expected onProgress as a function, got 5')
  for (const options of [undefined, null, 5, 'seed'])
    expect(() => check(options)).toThrow('here: expected options as an object')
})
