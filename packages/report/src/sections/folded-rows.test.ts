import { describe, expect, test } from 'vitest'
import { byAttacker, foldedByAttacker, worstRows } from './folded-rows.ts'
import type { AttackRow } from '../report-data.ts'
import { rocSection } from '../charts/roc.ts'

const row = (attacker: string, input: string, before: number, after?: number): AttackRow => ({
  table: 'users',
  attacker,
  input,
  before: { auc: { value: before } },
  ...(after !== undefined && { after: { auc: { value: after } } }),
})
const names = (rows: readonly AttackRow[]): string =>
  rows.map(({ attacker, input }) => `${attacker} ${input}`).join(', ')

describe('byAttacker', () => {
  test('the worst attacker first, each with its worst attack first; below chance is as bad as above', () => {
    const groups = byAttacker([
      row('mlp', 'raw', 0.6),
      row('xgb', 'raw', 0.55),
      row('mlp', 'whitened', 0.7),
      row('xgb', 'whitened', 0.2),
    ])
    expect(groups.map(({ rows }) => names(rows))).toEqual(['xgb whitened, xgb raw', 'mlp whitened, mlp raw'])
  })

  test('is by the figures after unlearning, and rows without any come last', () => {
    const groups = byAttacker([
      row('mlp', 'raw', 0.9, 0.51),
      row('xgb', 'raw', 0.6, 0.55),
      row('xgb', 'whitened', 0.99),
    ])
    expect(groups.map(({ rows }) => names(rows))).toEqual(['xgb raw, xgb whitened', 'mlp raw'])
  })
})

describe('foldedByAttacker', () => {
  const many = Array.from({ length: 24 }, (_, i) =>
    row(`attacker-${i % 8}`, `input-${Math.floor(i / 8)}`, 0.5 + i / 100),
  )

  test('shows few rows whole', () => {
    expect(foldedByAttacker(many.slice(0, 12), (rows, kind) => `${kind} ${rows.length};`).text).toBe('all 12;')
  })

  test('no table is left out', () => {
    const other = { ...row('attacker-1', 'raw', 0.51), table: 'lists' }
    expect(
      names(worstRows([...many, other]))
        .split(', ')
        .at(-1),
    ).toBe('attacker-1 raw')
    expect(worstRows([...many, other])).toHaveLength(9)
  })

  test('of many, shows the worst of each attacker and folds the rest away', () => {
    const text = foldedByAttacker(many, (rows, kind) => `[${kind} ${names(rows)}]`).text
    expect(text).toContain(`[worst ${[7, 6, 5, 4, 3, 2, 1, 0].map((i) => `attacker-${i} input-2`).join(', ')}]`)
    expect(text.match(/<details>/g)).toHaveLength(8)
    expect(text).toContain(
      '<summary>attacker-3: all 3 attacks, folded AUC 0.530 to 0.690</summary>\n[attacker attacker-3 input-2, ' +
        'attacker-3 input-1, attacker-3 input-0]',
    )
  })

  test('of many curves, shows those of the worst attacks', () => {
    const curves = many.map(({ table, attacker, input }) => ({
      table,
      attacker,
      input: input!,
      before: [
        [0, 0],
        [1, 1],
      ] as const,
    }))
    const [shown, folded] = rocSection(curves, many).text.split('<details>')
    expect(shown!.match(/role="img"/g)).toHaveLength(8)
    expect(shown).toContain('Attacker 0 on users')
    expect(folded!.match(/role="img"/g)).toHaveLength(16)
    expect(folded).toContain('<summary>16 more curves</summary>')
    expect(rocSection(curves.slice(0, 8), many).text).not.toContain('<details>')
  })
})
