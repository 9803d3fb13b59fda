import { matrix } from '@indistinct/core'
import { classRows } from '@indistinct/losses'
import { describe, expect, test } from 'vitest'
import { squaredDistance } from './closed-form.ts'
import { fitMeanMatching, meanMatching } from './mean-matching.ts'
import { classMeans, leakyTable } from '../testing/leaky-tables.ts'

describe('meanMatching', () => {
  test.each([[[60, 40]], [[50, 20, 90]]])(
    'class means are equal afterwards, and the mean of all stays: %j',
    (sizes) => {
      const { embedding, labels } = leakyTable(sizes, 7, 2, 1, 9)
      const before = classMeans(embedding, labels)
      const after = classMeans(meanMatching(embedding, labels).embedding, labels)
      const n = sizes.reduce((a, b) => a + b)
      for (let k = 0; k < 7; k++) {
        const mean = sizes.reduce((sum, size, c) => sum + (size * before[c]![k]!) / n, 0)
        for (const own of after) expect(Math.abs(own[k]! - mean)).toBeLessThan(1e-6)
      }
      expect(Math.max(...before[0]!.map((value, k) => Math.abs(value - before[1]![k]!)))).toBeGreaterThan(0.2)
    },
  )

  test('is the residual of a regression on one-hot labels, the oracle form of LEACE', () => {
    const { embedding, labels } = leakyTable([30, 50, 20], 4, 2, 2)
    const result = meanMatching(embedding, labels).embedding
    // x - Sigma_xz Sigma_zz^+ (z - E z), with the last of the redundant one-hot columns left out in place of ^+.
    const n = 100
    const z = Array.from(labels.codes, (code) => [Number(code === 0) - 0.3, Number(code === 1) - 0.5])
    const zz = [0, 1].map((a) => [0, 1].map((b) => z.reduce((sum, row) => sum + row[a]! * row[b]!, 0) / n))
    const det = zz[0]![0]! * zz[1]![1]! - zz[0]![1]! * zz[1]![0]!
    const inverse = [
      [zz[1]![1]! / det, -zz[0]![1]! / det],
      [-zz[1]![0]! / det, zz[0]![0]! / det],
    ]
    for (let k = 0; k < 4; k++) {
      const xz = [0, 1].map((a) => z.reduce((sum, row, i) => sum + embedding.data[i * 4 + k]! * row[a]!, 0) / n)
      const slope = [0, 1].map((b) => xz[0]! * inverse[0]![b]! + xz[1]! * inverse[1]![b]!)
      for (let i = 0; i < n; i++) {
        const expected = embedding.data[i * 4 + k]! - slope[0]! * z[i]![0]! - slope[1]! * z[i]![1]!
        expect(Math.abs(result.data[i * 4 + k]! - expected)).toBeLessThan(1e-6)
      }
    }
  })

  test('every user of a class moves by the same vector, and the trace has the squared distance', () => {
    const { embedding, labels } = leakyTable([30, 20], 3, 2, 3)
    const result = meanMatching(embedding, labels)
    const [first] = classRows('test', embedding, labels)
    for (const i of first!) {
      for (let k = 0; k < 3; k++) {
        const move = (row: number): number => result.embedding.data[row * 3 + k]! - embedding.data[row * 3 + k]!
        expect(Math.abs(move(i) - move(first![0]!))).toBeLessThan(1e-6)
      }
    }
    expect(result.trace).toEqual([{ pass: 1, loss: squaredDistance(embedding, result.embedding) }])
  })

  test('a new user moves as his class did', () => {
    const { embedding, labels } = leakyTable([30, 20], 3, 2, 3)
    const fitted = fitMeanMatching(embedding, labels)
    const [shift] = classMeans(fitted.unlearned.embedding, labels).map((mean, c) =>
      mean.map((value, k) => value - classMeans(embedding, labels)[c]![k]!),
    )
    const user = matrix(1, 3, Float32Array.of(1, 2, 3))
    const moved = fitted.apply(user, { classes: ['class-1', 'class-0'], codes: Int32Array.of(1) }).data
    for (let k = 0; k < 3; k++) expect(moved[k]).toBeCloseTo(k + 1 + shift![k]!, 5)
  })
})
