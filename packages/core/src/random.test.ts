import { expect, test } from 'vitest'
import { randomStream, shuffle } from './index.ts'

test('a stream is fixed by its seed and names', () => {
  const draw = (seed: number, ...names: string[]): number[] => {
    const random = randomStream(seed, ...names)
    return Array.from({ length: 4 }, () => random.uniform())
  }
  expect(draw(1, 'a')).toEqual(draw(1, 'a'))
  expect(draw(1, 'a')).not.toEqual(draw(1, 'b'))
  expect(draw(1, 'a')).not.toEqual(draw(2, 'a'))
  expect(draw(1, 'a', 'b')).not.toEqual(draw(1, 'ab'))
  // Artifacts of earlier versions depend on these numbers.
  expect(draw(42, 'pinned').map((value) => value * 2 ** 32)).toMatchInlineSnapshot(`
    [
      4005382748,
      3318770293,
      622155150,
      1979947962,
    ]
  `)
})

test('uniform, integer and normal have the moments of their distributions', () => {
  const random = randomStream(3, 'moments')
  const n = 200_000
  let sum = 0
  let squares = 0
  let uniform = 0
  const counts = new Int32Array(7)
  for (let i = 0; i < n; i++) {
    const z = random.normal()
    sum += z
    squares += z * z
    uniform += random.uniform()
    counts[random.integer(7)]!++
  }
  // Four standard errors each.
  expect(Math.abs(sum / n)).toBeLessThan(4 / Math.sqrt(n))
  expect(Math.abs(squares / n - 1)).toBeLessThan(4 * Math.sqrt(2 / n))
  expect(Math.abs(uniform / n - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 12 / n))
  for (const count of counts) expect(Math.abs(count - n / 7)).toBeLessThan(4 * Math.sqrt((n / 7) * (6 / 7)))
})

test('shuffle keeps the values and puts each everywhere equally often', () => {
  const random = randomStream(5, 'shuffle')
  const firsts = new Int32Array(5)
  for (let repeat = 0; repeat < 20_000; repeat++) {
    const order = shuffle(Int32Array.from([0, 1, 2, 3, 4]), random)
    expect([...order].sort()).toEqual([0, 1, 2, 3, 4])
    firsts[order[0]!]!++
  }
  for (const count of firsts) expect(Math.abs(count - 4000)).toBeLessThan(4 * Math.sqrt(4000 * 0.8))
})

test('a seed that is not an integer is refused', () => {
  expect(() => randomStream(0.5)).toThrow('expected an integer seed, got 0.5')
})
