import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { matrix, randomStream, type Json, type Matrix } from '@indistinct/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeArtifact, readJsonOf } from '../store/artifact-folder.ts'
import { run } from './figure.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-figure-'))
afterAll(() => rmSync(folder, { recursive: true }))

const users = 90
const codes = Array.from({ length: users }, (_, i) => (i % 3 === 0 ? 0 : 1))

/** Users normal in 3 dimensions, the classes `shift` apart in the first. */
function table(shift: number, seed: number): Matrix {
  const random = randomStream(seed, 'figure test')
  return matrix(
    users,
    3,
    Float32Array.from(
      { length: 3 * users },
      (_, p) => random.normal() + (p % 3 === 0 ? shift * codes[Math.floor(p / 3)]! : 0),
    ),
  )
}

const place = (name: string): string => join(folder, name)
const json = (name: string, file: string, value: unknown): Promise<void> =>
  makeArtifact(place(name), async (artifact) => artifact.json(file, value as Json))
const attackOf = (attacker: string, auc: number) => [
  { attacker, table: 'propagated', input: 'raw', auc: { value: 0.99 } },
  { attacker, table: 'layer-0', input: 'raw', auc: { value: auc } },
]

beforeAll(async () => {
  await json('prepare', 'labels', { gender: { classes: ['F', 'M'], codes } })
  for (const [name, shift] of [
    ['original', 2],
    ['after', 0],
  ] as const)
    await makeArtifact(place(name), async (artifact) => artifact.matrix('tables/layer-0', table(shift, 1)))
})

/** The SVG of a figure node with these parameters and upstream folders. */
async function drawn(name: string, parameters: object, upstream: { [role: string]: string }): Promise<string> {
  const about = {
    dataset: 'ml-100k',
    recommender: 'lightgcn',
    attribute: 'gender',
    seed: 1,
    ...parameters,
  } as unknown as { readonly [key: string]: Json }
  await makeArtifact(place(name), (artifact) =>
    run({ id: name, stage: 'figure', root: place(name), parameters: about, upstream, artifact, progress: () => {} }),
  )
  return readFileSync(join(place(name), 'artifact', 'figure.svg'), 'utf8')
}

describe('figure', () => {
  test('trade-off: the mean over seeds at each alpha, on the paper’s table, beside the original', async () => {
    const models = [
      { seed: 1 },
      ...[0.1, 1].flatMap((tradeOff) =>
        [1, 2].map((seed) => ({ seed, method: { name: 'd2d-r', options: { tradeOff } } })),
      ),
    ]
    const upstream: { [role: string]: string } = {}
    for (const [at, { seed }] of models.entries()) {
      await json(`evaluate-${at}`, 'utility', [{ metric: 'NDCG', k: 10, definition: 'full ranking', value: 0.3 }])
      await json(`attack-${at}`, 'attack', attackOf('mlp', at === 0 ? 0.75 : 0.5 + 0.02 * seed))
      upstream[`${at}/evaluate`] = place(`evaluate-${at}`)
      upstream[`${at}/attack/0`] = place(`attack-${at}`)
    }
    const svg = await drawn('trade-off', { figure: 'trade-off', models }, upstream)
    // Seeds 1 and 2 have 0.52 and 0.54 at both alphas.
    expect(svg).toMatch(/AUC of mlp against trade-off α.*d2d-r: 0\.530[^;]* at 0\.1[^;]*0\.530[^;]* at 1/s)
    expect(svg).toContain('original: 0.750')
    expect(svg).not.toContain('0.99')
    expect(readJsonOf<unknown[]>(place('attack-0'), 'attack')).toHaveLength(2)
  })

  test('t-SNE: a row for each attacker, labels first, the same users in every map', async () => {
    const upstream = { prepare: place('prepare'), original: place('original'), 'after/0': place('after') }
    const parameters = {
      figure: 't-sne',
      methods: [{ name: 'flow' }],
      attackers: [{ name: 'xgb' }],
      protocol: { name: 'five-fold' },
    }
    const svg = await drawn('t-sne', parameters, upstream)
    // 30 users of each class are scored under five folds of a balanced sample.
    expect(svg.match(/Map of 60 users/g)).toHaveLength(3)
    expect(svg).toContain('Map of 60 users in two dimensions, coloured as F 30, M 30.')
    const aucs = [...svg.matchAll(/>xgb, AUC (0\.\d\d)</g)].map((match) => Number(match[1]))
    expect(aucs[0]).toBeGreaterThan(0.75)
    expect(aucs[1]).toBeLessThan(aucs[0]!)
    expect(await drawn('t-sne-again', parameters, upstream)).toBe(svg)
  })

  test('histograms: every dimension, before and after, as many of each class', async () => {
    const svg = await drawn(
      'histograms',
      { figure: 'histograms', method: { name: 'flow' } },
      { prepare: place('prepare'), original: place('original'), after: place('after') },
    )
    expect(svg.match(/Histogram of [^<]*, before/g)).toHaveLength(3)
    expect(svg.match(/Histogram of [^<]*, after/g)).toHaveLength(3)
    expect(svg).toContain('F (30)')
    expect(svg).toContain('M (30)')
  })
})
