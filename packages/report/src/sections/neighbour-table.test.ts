import { encodeLabels } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { neighbourDataOf, neighbourTable } from './neighbour-table.ts'

const labels = encodeLabels(['a', 'b', 'a', null, 'b'])
const values = (...list: number[]) => ({ perUser: Float64Array.from(list) })

describe('neighbourDataOf', () => {
  test('means over everyone and each class; no interval where everyone was measured', () => {
    const data = neighbourDataOf(
      {
        k: 2,
        of: 5,
        users: Int32Array.of(0, 1, 2, 3, 4),
        cosine: values(1, 0.5, 0, 1, 0.5),
        euclidean: values(1, 1, 1, 1, 0),
      },
      labels,
    )
    expect(data.groups).toEqual([
      { users: 5, cosine: { value: 0.6 }, euclidean: { value: 0.8 } },
      { name: 'a', users: 2, cosine: { value: 0.5 }, euclidean: { value: 1 } },
      { name: 'b', users: 2, cosine: { value: 0.5 }, euclidean: { value: 0.5 } },
    ])
    expect(neighbourTable(data).text).not.toContain('interval')
  })

  test('a sample has intervals within 0 and 1, and leaves out classes that it has nobody of', () => {
    const data = neighbourDataOf(
      { k: 2, of: 5, users: Int32Array.of(0, 2, 3), cosine: values(0.5, 1, 1), euclidean: values(0.5, 0.5, 0.5) },
      labels,
    )
    expect(data.groups.map(({ name }) => name)).toEqual([undefined, 'a'])
    const { value, low, high } = data.groups[0]!.cosine
    // Standard deviation 0.2887 of three.
    expect([value, low, high]).toEqual([expect.closeTo(0.8333, 4), expect.closeTo(0.8333 - 1.96 * 0.16667, 3), 1])
    expect(neighbourTable(data).text).toContain('sought among all 5')
  })

  test('refuses labels of other users', () => {
    expect(() =>
      neighbourDataOf({ k: 1, of: 4, users: Int32Array.of(0), cosine: values(1), euclidean: values(1) }, labels),
    ).toThrow('expected 4 labels, got 5')
  })
})
