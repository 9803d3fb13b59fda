import { expect, test } from 'vitest'
import { attackerName, protocolName } from './attacker-names.ts'

test('of others the words are taken, and text that is no short name stays', () => {
  expect(attackerName('kernel-logistic')).toBe('Kernel logistic')
  expect(attackerName('Perceptron')).toBe('Perceptron')
  expect(attackerName('constructor')).toBe('Constructor')
  expect(attackerName('<b>x</b>')).toBe('<b>x</b>')
  expect(protocolName('own')).toBe('own')
})
