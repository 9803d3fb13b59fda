import { matrix } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { fittedFromJson, fittedToJson } from '../fitted/fitted-json.ts'
import { mapUnlabelled } from '../fitted/fitted-unlearner.ts'
import { leakyTable } from '../testing/leaky-tables.ts'
import { fitRelabel } from './fit-relabel.ts'
import { relabel } from './relabel.ts'

describe('fit of relabel', () => {
  const { embedding, labels } = leakyTable([40, 30], 3, 1, 1, 4)
  const options = { drawSeed: 1, base: 'original', neighbours: 0 } as const
  const fitted = fitRelabel(embedding, labels, options)

  test('is frozen, and has the result of relabel', () => {
    expect(Object.isFrozen(fitted)).toBe(true)
    expect(fitted.unlearned.embedding.data).toEqual(relabel(embedding, labels, options).embedding.data)
    expect(JSON.stringify(fitted.parameters)).not.toContain('pointOf')
  })

  test('deals points of another release as those of the first, and repeats the first', () => {
    expect(fitted.apply(embedding).data).toEqual(fitted.unlearned.embedding.data)
    const later = matrix(
      74,
      1,
      Float32Array.from({ length: 74 }, (_, i) => i),
    )
    const draw = [...fitted.apply(later).data]
    expect(draw.slice(0, 4)).toEqual([0, 1, 2, 3])
    draw.forEach((point, row) =>
      expect(fitted.unlearned.embedding.data.subarray(row * 3, row * 3 + 3)).toEqual(
        embedding.data.subarray(point * 3, point * 3 + 3),
      ),
    )
    expect(() => fitted.apply(matrix(73, 3))).toThrow(
      'expected a point for each of the 74 rows fitted, in their order, got 73',
    )
  })

  test('goes through JSON; a draw that deals a point twice is refused', () => {
    const json = fittedToJson(fitted)
    const read = fittedFromJson(JSON.parse(JSON.stringify(json)))
    expect(read.apply(embedding)).toEqual(fitted.apply(embedding))
    const damaged = JSON.parse(JSON.stringify(json)) as { map: { pointOf: number[] } }
    damaged.map.pointOf[10] = damaged.map.pointOf[11]!
    expect(() => fittedFromJson(damaged, 'a.fit')).toThrow(
      'a.fit: map: pointOf: expected each row dealt to another or to itself once',
    )
  })

  test('has no map for users without a label', () => {
    expect(() => mapUnlabelled(fitted, embedding, labels)).toThrow('expected no row without a label to be mapped')
  })
})
