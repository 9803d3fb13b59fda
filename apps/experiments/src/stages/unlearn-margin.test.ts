import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { csrFromPairs, matrix } from '@indistinct/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeArtifact } from '../store/artifact-folder.ts'
import { marginRegulariser } from './unlearn-margin.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-margin-'))
afterAll(() => rmSync(folder, { recursive: true }))
const [trained, prepared] = [join(folder, 'trained'), join(folder, 'prepared')]
// Scores of user 0: 3, 2, 1 for items 0, 1, 2; user 1 has no label.
const users = matrix(2, 1, Float32Array.of(1, 2))
const items = matrix(3, 1, Float32Array.of(3, 2, 1))
const about = { kind: 'margin', users, labels: { classes: ['F', 'M'], codes: Int32Array.of(0, -1) }, trained, prepared }

beforeAll(async () => {
  await makeArtifact(trained, async (artifact) => {
    artifact.matrix('parameters/item-layer-0', items)
    artifact.matrix('parameters/item-gmf', items)
    artifact.matrix('parameters/output-weights', matrix(2, 1, Float32Array.of(10, 1)))
  })
  const empty = csrFromPairs(2, 3, new Int32Array(), new Int32Array())
  await makeArtifact(prepared, async (artifact) => {
    artifact.csr('train', csrFromPairs(2, 3, Int32Array.of(0), Int32Array.of(1)))
    artifact.csr('validation', empty)
    artifact.csr('test', empty)
  })
})

describe('marginRegulariser', () => {
  test('lists leave out training ratings, and users without a label', () => {
    const { name, loss } = marginRegulariser({ ...about, table: 'layer-0' })
    expect(name).toBe('margin')
    // Item 0 before item 2, the score of one turned round: 0.05 - (3 - 1) * -1.
    const { value, gradient } = loss(matrix(2, 1, Float32Array.of(-1, -1)))
    expect(value).toBeCloseTo(2.05, 6)
    expect([...gradient.data]).toEqual([-2, 0])
  })

  test('items of NeuMF’s GMF part count as its output layer weighs them', () => {
    expect(marginRegulariser({ ...about, table: 'gmf' }).loss(matrix(2, 1, Float32Array.of(-1, -1))).value).toBeCloseTo(20.05, 5)
  })

  test('refuses tables without stored items, and other regularisers', () => {
    expect(() => marginRegulariser({ ...about, table: 'propagated' })).toThrow('got propagated; name the tables with the option tables')
    expect(() => marginRegulariser({ ...about, table: 'gmf', kind: 'norm' })).toThrow('expected regulariser "margin", got "norm"')
  })
})
