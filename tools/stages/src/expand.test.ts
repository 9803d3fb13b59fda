import { describe, expect, test } from 'vitest'
import { expandGrid, mergeNodes } from './expand.ts'
import type { Grid, Product } from './grid.ts'
import type { Stage, StageNode } from './stage.ts'

const product: Product = {
  datasets: [{ name: 'synthetic' }],
  recommenders: [{ name: 'lightgcn', options: { epochs: 3 } }],
  methods: [{ name: 'flow' }, { name: 'u2u-r', options: { tradeOff: 0.1 } }],
  attackers: [{ name: 'mlp' }, { name: 'xgb' }],
  protocols: [{ name: 'paper' }],
  attributes: ['gender'],
  seeds: [1, 2],
}
const gridOf = (...products: Product[]): Grid => ({ name: 'test', title: 'test', products })
const idsOf = (grid: Grid, stage?: Stage): string[] =>
  expandGrid(grid)
    .nodes.filter((node) => !stage || node.stage === stage)
    .map((node) => node.id)

describe('expandGrid', () => {
  test('makes each artifact once', () => {
    const grid = gridOf(product)
    const counts = (stage: Stage): number => idsOf(grid, stage).length
    expect(counts('prepare')).toBe(2)
    expect(counts('train')).toBe(2)
    expect(counts('unlearn')).toBe(4)
    // Original and two methods, for each seed.
    expect(counts('attack')).toBe(2 * 3 * 2)
    expect(counts('evaluate')).toBe(2 * 3)
    expect(counts('report')).toBe(2 * 2)
  })

  test('lists upstream before downstream, by nodes that exist', () => {
    const seen = new Set<string>()
    for (const node of expandGrid(gridOf(product)).nodes) {
      for (const id of Object.values(node.upstream)) expect(seen).toContain(id)
      seen.add(node.id)
    }
  })

  test('attacks on unlearned tables do not name the training they came from', () => {
    const { models } = expandGrid(gridOf(product))
    const unlearned = models.find((model) => model.method?.name === 'flow')!
    expect(Object.values(unlearned.attacks[0]!.node.upstream)).toEqual([unlearned.prepare.id, unlearned.unlearn!.id])
  })

  test('a parameter changes its node and what lies below, nothing beside or above', () => {
    const before = new Set(idsOf(gridOf(product)))
    const changed = { ...product, methods: [{ name: 'flow' }, { name: 'u2u-r', options: { tradeOff: 0.2 } }] }
    const fresh = idsOf(gridOf(changed)).filter((id) => !before.has(id))
    expect(fresh.length).toBe(2 * (1 + 1 + 2 + 1))
    for (const id of fresh) expect(id).toContain('u2u-r')
  })

  test('the order of keys in options does not matter', () => {
    const swapped = (options: { [name: string]: number }): string[] =>
      idsOf(gridOf({ ...product, recommenders: [{ name: 'lightgcn', options }] }))
    expect(swapped({ epochs: 3, layers: 2 })).toEqual(swapped({ layers: 2, epochs: 3 }))
  })

  test('products that overlap share nodes and add up their attacks', () => {
    const expanded = expandGrid(gridOf(product, { ...product, attackers: [{ name: 'mlp' }, { name: 'logistic' }] }))
    expect(expanded.models.length).toBe(6)
    expect(expanded.models[0]!.attacks.map((attack) => attack.attacker)).toEqual(['mlp', 'xgb', 'logistic'])
    expect(expanded.nodes.filter((node) => node.stage === 'train').length).toBe(2)
  })

  test('what outsiders see is attacked before and after, by attackers of its own', () => {
    const observed = { attackers: [{ name: 'xgb' }], protocols: [{ name: 'five-fold' }] }
    const { models, nodes } = expandGrid(
      gridOf({ ...product, methods: [{ name: 'flow' }, { name: 'retrain' }], seeds: [1], observed }),
    )
    const [original, flow, retrained] = models
    for (const model of models) {
      expect(model.observe!.parameters).toEqual({ top: 10, width: 32, seed: 1 })
      expect(model.observe!.upstream['tables']).toBe((model.unlearn ?? model.train).id)
      expect(
        model.observedAttacks.map(({ attacker, protocol, node }) => [attacker, protocol, node.upstream['tables']]),
      ).toEqual([['xgb', 'five-fold', model.observe!.id]])
    }
    expect(retrained!.observe!.upstream['train']).toBe(retrained!.train.id)
    expect(flow!.report!.upstream).toMatchObject({
      'before/observed/0': original!.observedAttacks[0]!.node.id,
      'after/observe': flow!.observe!.id,
    })
    expect(nodes.filter(({ stage }) => stage === 'observe').length).toBe(3)
    // All else is what it is without.
    const plain = expandGrid(gridOf({ ...product, methods: [{ name: 'flow' }, { name: 'retrain' }], seeds: [1] }))
    for (const { id, stage } of plain.nodes) if (stage !== 'report') expect(nodes.map((node) => node.id)).toContain(id)
    expect(plain.models.every((model) => model.observe === undefined && model.observedAttacks.length === 0)).toBe(true)
  })

  describe('quality', () => {
    const settings = { 'ml-1m': { lightgcn: { l2: 0.5, epochs: 9 } } }

    test('options of a data set go under those that the recommender is given, in a release too', () => {
      const optionsOf = ({ models }: ReturnType<typeof expandGrid>): unknown[] =>
        models.map(({ train }) => train.parameters['recommender'])
      const two = { ...product, datasets: [{ name: 'synthetic' }, { name: 'ml-1m' }], methods: [], seeds: [1] }
      expect(optionsOf(expandGrid(gridOf({ ...two, settings })))).toEqual([
        { name: 'lightgcn', options: { epochs: 3 } },
        { name: 'lightgcn', options: { l2: 0.5, epochs: 3 } },
      ])
      const released: Product = {
        ...two,
        recommenders: [{ name: 'nmf' }, { name: 'lightgcn' }],
        methods: [{ name: 'flow' }],
        release: true,
        settings,
      }
      const { models, nodes } = expandGrid(gridOf(released))
      const whole = models.find(({ dataset, method }) => dataset === 'ml-1m' && method !== undefined)!.release!
      const trained = Object.values(whole.upstream).map(
        (id) => nodes.find((node) => node.id === id)!.parameters['recommender'],
      )
      expect(trained).toContainEqual({ name: 'lightgcn', options: { l2: 0.5, epochs: 9 } })
      expect(nodes.filter(({ stage }) => stage === 'train').length).toBe(4)
    })

    test('a product without settings has the nodes that it had', () => {
      expect(idsOf(gridOf({ ...product, settings }))).toEqual(idsOf(gridOf(product)))
    })

    test('yardsticks are evaluated once a data set and seed, on those that they name', () => {
      const { yardsticks, nodes } = expandGrid(
        gridOf({
          ...product,
          datasets: [{ name: 'synthetic' }, { name: 'ml-1m' }],
          yardsticks: [{ name: 'ease', options: { l2: 7 }, datasets: ['ml-1m'] }],
        }),
      )
      expect(yardsticks.map(({ dataset, seed, yardstick }) => [dataset, seed, yardstick])).toEqual(
        [1, 2].map((seed) => ['ml-1m', seed, { name: 'ease', options: { l2: 7 } }]),
      )
      for (const { evaluate } of yardsticks)
        expect(nodes.find(({ id }) => id === evaluate.upstream['prepare'])!.stage).toBe('prepare')
    })

    test('originals are evaluated with smoothed tables too, and compared with themselves', () => {
      const { models } = expandGrid(gridOf({ ...product, seeds: [1], smoothing: { neighbours: 3, share: 0.5 } }))
      const [original, ...variants] = models
      const { smoothed, evaluate, train } = original!
      expect(smoothed!.upstream).toMatchObject({ train: train.id, before: evaluate.id })
      expect(smoothed!.upstream['tables']).toMatch(/^smooth-/)
      expect(variants.every((model) => model.smoothed === undefined)).toBe(true)
    })

    test('a product that is read for quality alone needs no attackers, others do', () => {
      const bare: Product = { ...product, methods: [], attackers: [], protocols: [] }
      const stages = expandGrid(gridOf({ ...bare, reports: false, until: 'evaluate' })).nodes.map(({ stage }) => stage)
      expect(new Set(stages)).toEqual(new Set(['prepare', 'train', 'evaluate']))
      expect(() => expandGrid(gridOf(bare))).toThrow('expected at least one of attackers in grid test')
    })
  })

  test('what an attacker holds is asked of every variant, with the model as trained and another one beside it', () => {
    const held = { ofTables: ['logistic'], ofHeld: ['forest'], other: { name: 'ials' } }
    const { models, nodes } = expandGrid(
      gridOf({
        ...product,
        recommenders: [{ name: 'nmf' }],
        methods: [{ name: 'flow' }, { name: 'retrain' }],
        attackers: [],
        protocols: [],
        seeds: [1],
        held,
      }),
    )
    const [original, ...variants] = models
    const other = nodes.find(({ id }) => id.startsWith('train-') && id.includes('-ials-'))!
    for (const model of models) {
      expect(model.attacks).toEqual([])
      expect(model.held!.parameters).toEqual({
        ofTables: ['logistic'],
        ofHeld: ['forest'],
        attribute: 'gender',
        seed: 1,
      })
      expect(model.held!.upstream).toEqual({
        prepare: model.prepare.id,
        tables: (model.unlearn ?? model.train).id,
        earlier: original!.train.id,
        other: other.id,
      })
    }
    // Of the original both are one: what is held alone is attacked there.
    expect(original!.held!.upstream['tables']).toBe(original!.held!.upstream['earlier'])
    expect(variants).toHaveLength(2)
    expect(() => expandGrid(gridOf({ ...product, attackers: [] }))).toThrow('expected at least one of attackers')
  })

  describe('models that are released together', () => {
    const recommenders = [{ name: 'nmf' }, { name: 'lightgcn' }, { name: 'ials' }]
    const released: Product = {
      ...product,
      recommenders,
      methods: [{ name: 'flow' }, { name: 'leace' }, { name: 'retrain' }],
      seeds: [1],
      release: true,
    }
    const expanded = expandGrid(gridOf(released))
    const modelOf = (recommender: string, method?: string) =>
      expanded.models.find((model) => model.recommender === recommender && model.method?.name === method)!

    test('the flow is one node over all of them, other methods are one a model', () => {
      const whole = expanded.nodes.filter(({ stage, upstream }) => stage === 'unlearn' && 'train/0' in upstream)
      expect(whole.map(({ id }) => id)).toEqual([modelOf('nmf', 'flow').release!.id])
      const trained = ['train/0', 'train/1', 'train/2'].map((role) => whole[0]!.upstream[role])
      for (const recommender of ['nmf', 'lightgcn', 'ials']) {
        const { train, unlearn, release } = modelOf(recommender, 'flow')
        expect([unlearn!.upstream, unlearn!.parameters, release]).toEqual([
          { release: whole[0]!.id },
          { part: trained.indexOf(train.id) },
          whole[0],
        ])
        expect([
          modelOf(recommender, 'leace').unlearn!.upstream['train'],
          modelOf(recommender, 'leace').release,
        ]).toEqual([train.id, undefined])
      }
    })

    test('their tables are attacked side by side, before and after each method', () => {
      expect(expanded.releases.map(({ method, recommenders: of }) => [method?.name, of])).toEqual(
        [undefined, 'flow', 'leace', 'retrain'].map((method) => [method, ['nmf', 'lightgcn', 'ials']]),
      )
      for (const { method, join, attacks } of expanded.releases) {
        expect(Object.values(join.upstream).sort()).toEqual(
          ['nmf', 'lightgcn', 'ials']
            .map((each) => (({ unlearn, train }) => (unlearn ?? train).id)(modelOf(each, method?.name)))
            .sort(),
        )
        expect(attacks.map(({ attacker, node }) => [attacker, node.upstream['tables']])).toEqual([
          ['mlp', join.id],
          ['xgb', join.id],
        ])
      }
    })

    test('the order in which they are named makes no other node, nor does a repetition from a report', () => {
      const ids = expanded.nodes.map(({ id }) => id)
      expect(idsOf(gridOf({ ...released, recommenders: [...recommenders].reverse() })).sort()).toEqual([...ids].sort())
      const { report } = modelOf('lightgcn', 'flow')
      const again = idsOf(gridOf((report!.parameters as unknown as { product: Product }).product))
      expect(again).toContain(report!.id)
      for (const id of again) expect(ids).toContain(id)
    })

    test('one recommender alone, and tables that are treated apart, are what they are without', () => {
      const one = { ...product, seeds: [1] }
      expect(idsOf(gridOf({ ...one, release: true }))).toEqual(idsOf(gridOf(one)))
      const apart: Product = { ...released, methods: [{ name: 'flow', options: { together: false } }] }
      const unlearning = (release: boolean): string[] => idsOf(gridOf({ ...apart, release }), 'unlearn')
      expect(unlearning(true)).toEqual(unlearning(false))
    })

    test('products that overlap add up the attacks', () => {
      const { releases } = expandGrid(
        gridOf(released, { ...released, attackers: [{ name: 'xgb' }, { name: 'logistic' }] }),
      )
      expect(releases.map(({ attacks }) => attacks.map(({ attacker }) => attacker))).toEqual(
        new Array(4).fill(['mlp', 'xgb', 'logistic']),
      )
    })
  })

  test('evaluation of a variant has that of the original beside it', () => {
    const { models } = expandGrid(gridOf({ ...product, methods: [{ name: 'retrain' }, { name: 'flow' }], seeds: [1] }))
    const [original, ...variants] = models
    expect(original!.evaluate.upstream['before']).toBeUndefined()
    for (const { evaluate } of variants) expect(evaluate.upstream['before']).toBe(original!.evaluate.id)
  })

  test('without methods the original has a report of its own', () => {
    const { models } = expandGrid(gridOf({ ...product, methods: [] }))
    expect(models.map((model) => model.report?.stage)).toEqual(['report', 'report'])
    expect(expandGrid(gridOf(product)).models[0]!.report).toBeUndefined()
  })

  test('a report names the product that it repeats from', () => {
    const expanded = expandGrid(gridOf(product))
    const model = expanded.models.find((each) => each.method?.name === 'u2u-r')!
    const again = expandGrid(gridOf((model.report!.parameters as unknown as { product: Product }).product))
    expect(again.nodes.map((node) => node.id)).toContain(model.report!.id)
    for (const { id } of again.nodes) expect(expanded.nodes.map((node) => node.id)).toContain(id)
  })

  test('a product may go without reports', () => {
    expect(idsOf(gridOf({ ...product, reports: false }), 'report')).toEqual([])
  })

  test('a method that acts during training has a training of its own, and no unlearning', () => {
    const { models, nodes } = expandGrid(
      gridOf({ ...product, methods: [{ name: 'retrain' }, { name: 'flow' }], seeds: [1] }),
    )
    const [original, retrained, flow] = models
    expect(retrained!.train.stage).toBe('retrain')
    expect(Object.keys(retrained!.train.upstream)).toEqual(['prepare'])
    expect(retrained!.unlearn).toBeUndefined()
    expect(retrained!.evaluate.upstream).toMatchObject({ train: retrained!.train.id, tables: retrained!.train.id })
    expect(retrained!.attacks.every(({ node }) => node.upstream['tables'] === retrained!.train.id)).toBe(true)
    expect(retrained!.report!.upstream).toMatchObject({ train: original!.train.id, tables: retrained!.train.id })
    expect(flow!.train.id).toBe(original!.train.id)
    expect(nodes.filter((node) => node.stage === 'unlearn').length).toBe(1)
  })

  test('the choice of the epoch reaches training, and is no part of the digest where it is the usual one', () => {
    const by = (epochBy: 'validation' | 'test'): string[] => idsOf(gridOf({ ...product, epochBy }), 'train')
    expect(by('validation')).toEqual(idsOf(gridOf(product), 'train'))
    expect(by('test')).not.toEqual(by('validation'))
  })

  test('a product may end with its data', () => {
    const expanded = expandGrid(gridOf({ ...product, until: 'prepare' }))
    expect(expanded.nodes.map((node) => node.stage)).toEqual(['prepare', 'prepare'])
    expect(expanded.models).toEqual([])
    for (const { id } of expanded.nodes) expect(idsOf(gridOf(product))).toContain(id)
  })

  test('figures come from the models that they show', () => {
    const { figures, models } = expandGrid(gridOf({ ...product, figures: ['trade-off', 't-sne', 'histograms'] }))
    expect(figures.map(({ figure, method }) => [figure, method?.name])).toEqual([
      ['trade-off', undefined],
      ['t-sne', undefined],
      ['histograms', 'flow'],
      ['histograms', 'u2u-r'],
    ])
    const [tradeOff, maps, flow] = figures.map(({ node }) => node.upstream)
    // Two seeds of three models, each with an evaluation and two attacks.
    expect(Object.keys(tradeOff!).length).toBe(2 * 3 * 3)
    expect(Object.keys(maps!)).toEqual(['prepare', 'original', 'after/0', 'after/1'])
    expect(flow!['after']).toBe(models.find((model) => model.method?.name === 'flow')!.unlearn!.id)
  })

  test('a calibration is nodes of its repetitions, which a longer one has too', () => {
    const nodesOf = (repetitions: number): StageNode[] => [
      ...expandGrid({ ...gridOf(), calibrations: [{ name: 'No harm, 0.75', options: { shift: 1 }, repetitions }] })
        .nodes,
    ]
    const nodes = nodesOf(120)
    expect(nodes.map(({ parameters }) => parameters)).toEqual([
      { shift: 1, from: 0, to: 50 },
      { shift: 1, from: 50, to: 100 },
      { shift: 1, from: 100, to: 120 },
    ])
    expect(nodes[1]!.id).toMatch(/^calibrate-no-harm-0\.75-50-[0-9a-f]{10}$/)
    expect(nodesOf(150).slice(0, 2)).toEqual(nodes.slice(0, 2))
  })

  test('tables side by side are asked for, and change no other attack', () => {
    const attacksOf = (each: Product): StageNode[] =>
      expandGrid(gridOf(each)).nodes.filter(({ stage }) => stage === 'attack')
    expect(attacksOf({ ...product, sideBySide: true }).every(({ parameters }) => parameters['sideBySide'])).toBe(true)
    expect(attacksOf(product).some(({ parameters }) => 'sideBySide' in parameters)).toBe(false)
  })

  test('refuses empty dimensions and names that cannot be folders', () => {
    expect(() => expandGrid(gridOf({ ...product, seeds: [] }))).toThrow(
      'expected at least one of seeds in grid test, got none',
    )
    expect(() => expandGrid(gridOf())).toThrow('expected at least one product in grid test, got none')
    expect(() => expandGrid(gridOf({ ...product, datasets: [{ name: '../up' }] }))).toThrow('got "../up"')
  })
})

describe('mergeNodes', () => {
  test('equal nodes of two grids are one', () => {
    const one = expandGrid(gridOf({ ...product, seeds: [1] }))
    const both = expandGrid({ ...gridOf(product), name: 'other' })
    expect(
      mergeNodes([one, both])
        .map((node) => node.id)
        .sort(),
    ).toEqual(both.nodes.map((node) => node.id).sort())
  })

  test('throws when one id stands for two different nodes', () => {
    const one = expandGrid(gridOf({ ...product, seeds: [1] }))
    const forged = {
      ...one,
      nodes: one.nodes.map((node) => ({ ...node, parameters: { ...node.parameters, forged: true } })),
    }
    expect(() => mergeNodes([one, forged])).toThrow(
      'expected different digests for different parameters, got prepare-synthetic-',
    )
  })
})
