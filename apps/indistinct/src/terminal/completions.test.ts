import { unlearners } from '@indistinct/unlearners'
import { expect, test } from 'vitest'
import { completions } from './completions.ts'

test.each<[string, string[]]>([
  ['un', ['unlearn']],
  ['data ', ['list', 'fetch', 'describe']],
  ['data f', ['fetch']],
  ['data fetch ml-1', ['ml-100k', 'ml-1m']],
  ['reproduce table-2 table-', ['table-3', 'table-4', 'table-5']],
  ['unlearn users.npy --met', ['--method']],
  ['unlearn users.npy --method ', Object.keys(unlearners)],
  ['unlearn users.npy --method=le', ['--method=leace']],
  ['unlearn users.npy --method leace --met', []],
  ['audit users.npy --attackers mlp,x', ['mlp,xgb', 'mlp,xgb-official', 'mlp,xgb-regression']],
  ['audit users.npy --attackers=mlp,q', ['--attackers=mlp,qda']],
  ['audit users.npy --attackers=qda,q', []],
  ['compare users.npy --methods leace,gau', ['leace,gaussian-transport']],
  ['audit users.npy --missing-label unknown --missing', ['--missing-label']],
  ['publish t.csv --to r', ['redis']],
  ['completion z', ['zsh']],
  ['--c', ['--config']],
])('%s', (line, found) => {
  expect(completions(line.split(' '))).toEqual(found)
})

test.each([
  'audit us',
  'audit users.npy --attributes ',
  'unlearn users.npy --out=',
  'audit --config ',
  'unlearn users.npy --seed ',
])('%s: a file, or whatever it is', (line) => {
  expect(completions(line.split(' '))).toEqual([])
})
