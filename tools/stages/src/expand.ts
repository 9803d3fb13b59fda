/**
 * @file From a grid to the nodes of its stage graph. Equal nodes, of one grid or of two, are one node: two methods
 * share the training they start from, two reports the attacks they both show.
 */

import { canonicalJson, type Json } from '@indistinct/core'
import { addNode, mergeNode } from './add-node.ts'
import type { AttackCell, ExpandedGrid, FigureCell, ModelCell, ReleaseCell, YardstickCell } from './expanded-grid.ts'
import type { FigureName, Grid, Options, Product, SmoothingChoice } from './grid.ts'
import { cellOf, choice, type Cell, type FullChoice } from './product-cell.ts'
import { inTrainingMethods, togetherMethods, type StageNode } from './stage.ts'

/**
 * Expands `grid`. Originals come once per (data set, recommender, attribute, seed), before their unlearned variants.
 * @throws RangeError when a dimension is empty, or when two different nodes share an id.
 */
export function expandGrid(grid: Grid): ExpandedGrid {
  const nodes = new Map<string, StageNode>()
  const models = new Map<string, ModelCell>()
  const releases = new Map<string, ReleaseCell>()
  const yardsticks = new Map<string, YardstickCell>()
  const figures = new Map<string, FigureCell>()
  for (const product of grid.products) {
    checkDimensions(grid.name, product)
    if (product.until === 'prepare') expandData(product, nodes)
    else for (const figure of expandProduct(product, nodes, models, releases)) figures.set(figure.node.id, figure)
    for (const cell of yardsticksOf(product, nodes)) yardsticks.set(cell.evaluate.id, cell)
  }
  if (nodes.size === 0) throw new RangeError(`expandGrid: expected at least one product in grid ${grid.name}, got none`)
  return {
    grid,
    nodes: [...nodes.values()],
    models: [...models.values()],
    releases: [...releases.values()],
    yardsticks: [...yardsticks.values()],
    figures: [...figures.values()],
  }
}

/** The nodes of several grids, each once. */
export function mergeNodes(grids: readonly ExpandedGrid[]): StageNode[] {
  const merged = new Map<string, StageNode>()
  for (const grid of grids) for (const node of grid.nodes) mergeNode(merged, node)
  return [...merged.values()]
}

function checkDimensions(grid: string, product: Product): void {
  for (const [name, values] of Object.entries(product)) {
    const mayBeEmpty = [
      'methods',
      'figures',
      ...(product.held || product.until === 'evaluate' ? ['attackers', 'protocols'] : []),
    ]
    if (!mayBeEmpty.includes(name) && Array.isArray(values) && values.length === 0) {
      throw new RangeError(`expandGrid: expected at least one of ${name} in grid ${grid}, got none`)
    }
  }
}

function expandData(product: Product, nodes: Map<string, StageNode>): void {
  for (const dataset of product.datasets) {
    for (const seed of product.seeds) {
      const {
        dataset: full,
        core,
        split,
      } = cellOf(product, dataset, product.recommenders[0]!, product.attributes[0]!, seed)
      addNode(nodes, 'prepare', [full.name], { dataset: full, core, split: split as Json, seed }, {})
    }
  }
}

function yardsticksOf(product: Product, nodes: Map<string, StageNode>): YardstickCell[] {
  if (product.until === 'prepare') return []
  return (product.yardsticks ?? []).flatMap(({ name, options, datasets }) =>
    product.datasets
      .filter((dataset) => datasets?.includes(dataset.name) ?? true)
      .flatMap((dataset) =>
        product.seeds.map((seed): YardstickCell => {
          const {
            dataset: full,
            core,
            split,
            attribute,
          } = cellOf(product, dataset, product.recommenders[0]!, product.attributes[0]!, seed)
          const yardstick = choice({ name, ...(options && { options }) })
          const prepare = addNode(
            nodes,
            'prepare',
            [full.name],
            { dataset: full, core, split: split as Json, seed },
            {},
          )
          return {
            dataset: full.name,
            yardstick,
            seed,
            evaluate: addNode(
              nodes,
              'evaluate',
              [full.name, name, 'yardstick'],
              { attribute, yardstick },
              { prepare: prepare.id },
            ),
          }
        }),
      ),
  )
}

function expandProduct(
  product: Product,
  nodes: Map<string, StageNode>,
  models: Map<string, ModelCell>,
  releases: Map<string, ReleaseCell>,
): FigureCell[] {
  const shown = new Map<string, { cell: Cell; models: ModelCell[] }>()
  for (const dataset of product.datasets) {
    for (const seed of product.seeds) {
      const together = new Map<string, ModelCell[][]>()
      for (const recommender of product.recommenders) {
        for (const attribute of product.attributes) {
          const cell = cellOf(product, dataset, recommender, attribute, seed)
          const key = canonicalJson([cell.dataset, cell.recommender, attribute])
          const group = shown.get(key) ?? { cell, models: [] }
          shown.set(key, group)
          const original = modelOf(
            nodes,
            cell,
            undefined,
            product.methods.length === 0 && product.reports !== false ? 'alone' : 'none',
          )
          const variants = product.methods.map((method) =>
            modelOf(nodes, cell, choice(method), product.reports === false ? 'none' : original),
          )
          for (const model of [original, ...variants]) {
            addModel(models, model)
            group.models.push(model)
          }
          together.set(attribute, [...(together.get(attribute) ?? []), [original, ...variants]])
        }
      }
      if (product.release && product.recommenders.length > 1) {
        for (const [attribute, of] of together) {
          for (const release of releasesOf(
            nodes,
            cellOf(product, dataset, product.recommenders[0]!, attribute, seed),
            of,
          ))
            addRelease(releases, release)
        }
      }
    }
  }
  return (product.figures ?? []).flatMap((figure) =>
    [...shown.values()].flatMap(({ cell, models: drawn }) => figuresOf(nodes, figure, cell, drawn)),
  )
}

/**
 * The models side by side: as trained, and after each method. `of` has the variants of each recommender, in one order.
 */
function releasesOf(nodes: Map<string, StageNode>, cell: Cell, of: readonly (readonly ModelCell[])[]): ReleaseCell[] {
  const { dataset, attackers, protocols, attribute, seed } = cell
  const recommenders = of.map(([original]) => original!.recommender)
  return of[0]!.map(({ method, prepare }, at): ReleaseCell => {
    // In one order, so that a grid that names the recommenders in another has the same nodes.
    const variant = [dataset.name, ...[...recommenders].sort(), method?.name ?? 'original']
    const parts = of.map((models) => (models[at]!.unlearn ?? models[at]!.train).id).sort()
    const join = addNode(
      nodes,
      'join',
      variant,
      {},
      Object.fromEntries(parts.map((id, part) => [`tables/${part}`, id])),
    )
    return {
      dataset: dataset.name,
      recommenders,
      attribute,
      seed,
      join,
      attacks: attacksOn(nodes, { attackers, protocols, attribute, seed }, [...variant, 'joined'], prepare.id, join.id),
      ...(method && { method }),
    }
  })
}

/** Nodes of one figure over the models of a (data set, recommender, attribute), every seed of them. */
function figuresOf(
  nodes: Map<string, StageNode>,
  figure: FigureName,
  cell: Cell,
  models: readonly ModelCell[],
): FigureCell[] {
  const { dataset, recommender, attackers, protocols, attribute } = cell
  const names = [dataset.name, recommender.name, figure]
  const about = { figure, dataset: dataset.name, recommender: recommender.name, attribute }
  const tablesOf = (model: ModelCell): string => (model.unlearn ?? model.train).id
  if (figure === 'trade-off') {
    const upstream: { [role: string]: string } = {}
    models.forEach((model, at) => {
      upstream[`${at}/evaluate`] = model.evaluate.id
      model.attacks.forEach((attack, a) => (upstream[`${at}/attack/${a}`] = attack.node.id))
    })
    const described = models.map(({ method, seed }) => ({ seed, ...(method && { method }) }))
    return [
      { ...about, node: addNode(nodes, 'figure', names, { ...about, models: described as unknown as Json }, upstream) },
    ]
  }
  const first = models.filter(({ seed }) => seed === cell.seed)
  const [original, ...variants] = first
  const data = { prepare: original!.prepare.id, original: tablesOf(original!) }
  const parameters = { ...about, seed: cell.seed }
  switch (figure) {
    case 't-sne': {
      const upstream = { ...data, ...Object.fromEntries(variants.map((model, at) => [`after/${at}`, tablesOf(model)])) }
      const methods = variants.map(({ method }) => method) as unknown as Json
      return [
        {
          ...about,
          node: addNode(
            nodes,
            'figure',
            names,
            {
              ...parameters,
              methods,
              attackers: attackers as unknown as Json,
              protocol: protocols[0] as unknown as Json,
            },
            upstream,
          ),
        },
      ]
    }
    case 'histograms':
      return variants.map((model) => ({
        ...about,
        ...(model.method && { method: model.method }),
        node: addNode(
          nodes,
          'figure',
          [...names, model.method!.name],
          { ...parameters, method: model.method as unknown as Json },
          { ...data, after: tablesOf(model) },
        ),
      }))
    default:
      throw new RangeError(
        'expandGrid: expected a figure among trade-off, t-sne and histograms, got ' +
          `${JSON.stringify(figure satisfies never)}`,
      )
  }
}

/**
 * The nodes of one variant: the original where `method` is absent, else its unlearning.
 * @param report the original that a report compares it with, 'alone' for a report without comparison, 'none' for none
 */
function modelOf(
  nodes: Map<string, StageNode>,
  cell: Cell,
  method: FullChoice | undefined,
  report: ModelCell | 'alone' | 'none',
): ModelCell {
  const {
    dataset,
    recommender,
    attackers,
    protocols,
    attribute,
    seed,
    core,
    split,
    epochBy,
    observed,
    release,
    smoothing,
  } = cell
  const names = [dataset.name, recommender.name]
  const variant = [...names, method?.name ?? 'original']
  const prepare = addNode(nodes, 'prepare', [dataset.name], { dataset, core, split: split as Json, seed }, {})
  const training = trainingOf(cell, recommender)
  const inTraining = method !== undefined && inTrainingMethods.includes(method.name)
  const original = addNode(nodes, 'train', names, training, { prepare: prepare.id })
  const train = inTraining
    ? addNode(nodes, 'retrain', variant, { ...training, method, attribute }, { prepare: prepare.id })
    : original
  const data = { prepare: prepare.id, train: train.id }
  const { unlearn, whole } = method && !inTraining ? unlearnNodes(nodes, cell, method, data) : {}
  const tables = (unlearn ?? train).id
  const first = addNode(
    nodes,
    'evaluate',
    [...names, 'original'],
    { attribute },
    { prepare: prepare.id, train: original.id, tables: original.id },
  )
  // With the original's figures at hand, those of a variant are compared with it user by user.
  const evaluate = method
    ? addNode(nodes, 'evaluate', variant, { attribute }, { ...data, tables, before: first.id })
    : first
  const smoothed =
    !method && smoothing && smoothedNode(nodes, names, smoothing, { attribute }, { ...data, before: first.id })
  const attacks = attacksOn(nodes, cell, variant, prepare.id, tables)
  const held =
    cell.held && heldNode(nodes, cell, cell.held, variant, { prepare: prepare.id, tables, earlier: original.id })
  const observe =
    observed &&
    addNode(nodes, 'observe', variant, { top: observed.top, width: observed.width, seed }, { ...data, tables })
  const model: ModelCell = {
    dataset: dataset.name,
    recommender: recommender.name,
    attribute,
    seed,
    prepare,
    train,
    evaluate,
    attacks,
    observedAttacks: observe
      ? attacksOn(nodes, { ...observed, attribute, seed }, [...variant, 'observed'], prepare.id, observe.id)
      : [],
    ...(method && { method }),
    ...(unlearn && { unlearn }),
    ...(whole && { release: whole }),
    ...(observe && { observe }),
    ...(smoothed && { smoothed }),
    ...(held && { held }),
  }
  if (report === 'none') return model
  const upstream: { [role: string]: string } = { ...data, train: original.id, tables }
  for (const [when, shown] of report === 'alone'
    ? [['before', model] as const]
    : [['before', report] as const, ['after', model] as const]) {
    upstream[`${when}/evaluate`] = shown.evaluate.id
    shown.attacks.forEach((attack, at) => (upstream[`${when}/attack/${at}`] = attack.node.id))
    shown.observedAttacks.forEach((attack, at) => (upstream[`${when}/observed/${at}`] = attack.node.id))
    if (shown.observe) upstream[`${when}/observe`] = shown.observe.id
  }
  // The report shows the product of this one comparison as its parameters, and the grid to repeat it with.
  const others = (release ?? []).filter((each) => canonicalJson(each) !== canonicalJson(recommender))
  const product: Product = {
    datasets: [dataset],
    recommenders: [recommender, ...others],
    methods: method ? [method] : [],
    attackers,
    protocols,
    attributes: [attribute],
    seeds: [seed],
    core,
    split,
    ...(epochBy === 'test' && { epochBy }),
    ...(observed && { observed }),
    ...(release && { release: true }),
  }
  return { ...model, report: addNode(nodes, 'report', variant, { product: product as unknown as Json }, upstream) }
}

/**
 * The unlearning of one model. One of `togetherMethods` of a release is one node over all models, of which each model's
 * own node takes its part, unless the method's option `together` says that tables are treated apart.
 */
function unlearnNodes(
  nodes: Map<string, StageNode>,
  cell: Cell,
  method: FullChoice,
  data: { readonly prepare: string; readonly train: string },
): { unlearn: StageNode; whole?: StageNode } {
  const { dataset, recommender, attribute, seed, release } = cell
  const names = [dataset.name, recommender.name, method.name]
  if (!release || !togetherMethods.includes(method.name) || method.options['together'] === false) {
    return { unlearn: addNode(nodes, 'unlearn', names, { method, attribute, seed }, data) }
  }
  const trained = release.map(
    (each) => addNode(nodes, 'train', [dataset.name, each.name], trainingOf(cell, each), { prepare: data.prepare }).id,
  )
  const models = Object.fromEntries(trained.map((id, part) => [`train/${part}`, id]))
  const whole = addNode(
    nodes,
    'unlearn',
    [dataset.name, ...release.map(({ name }) => name), method.name],
    { method, attribute, seed },
    { prepare: data.prepare, ...models },
  )
  return {
    unlearn: addNode(nodes, 'unlearn', names, { part: trained.indexOf(data.train) }, { release: whole.id }),
    whole,
  }
}

/** The evaluation of the original's tables smoothed. `data` has the roles of an evaluation but `tables`. */
function smoothedNode(
  nodes: Map<string, StageNode>,
  names: readonly string[],
  smoothing: SmoothingChoice,
  parameters: Options,
  data: { readonly prepare: string; readonly train: string; readonly before: string },
): StageNode {
  const smooth = addNode(nodes, 'smooth', names, { ...smoothing }, { tables: data.train })
  return addNode(nodes, 'evaluate', [...names, 'smoothed'], parameters, { ...data, tables: smooth.id })
}

/** What the tables of one variant tell to whom, the other model of `held` being trained on the same split. */
function heldNode(
  nodes: Map<string, StageNode>,
  cell: Cell,
  { ofTables, ofHeld, other }: NonNullable<Cell['held']>,
  names: readonly string[],
  upstream: { readonly [role: string]: string },
): StageNode {
  const { dataset, attribute, seed } = cell
  const trained = addNode(nodes, 'train', [dataset.name, other.name], trainingOf(cell, other), {
    prepare: upstream['prepare']!,
  })
  return addNode(nodes, 'held', names, { ofTables, ofHeld, attribute, seed }, { ...upstream, other: trained.id })
}

/** Parameters of training. What is as it should be is left out, so that it makes no other digest. */
function trainingOf({ seed, epochBy }: Cell, recommender: FullChoice): Options {
  return { recommender, seed, ...(epochBy === 'test' && { epochBy }) }
}

/** Each attacker under each protocol on the tables of the node `attacked`. */
function attacksOn(
  nodes: Map<string, StageNode>,
  { attackers, protocols, attribute, seed }: Pick<Cell, 'attackers' | 'protocols' | 'attribute' | 'seed'>,
  names: readonly string[],
  prepare: string,
  attacked: string,
): AttackCell[] {
  return attackers.flatMap((attacker) =>
    protocols.map((protocol): AttackCell => ({
      attacker: attacker.name,
      protocol: protocol.name,
      node: addNode(
        nodes,
        'attack',
        [...names, attacker.name, protocol.name],
        { attacker, protocol, attribute, seed },
        { prepare, tables: attacked },
      ),
    })),
  )
}

/** Products may overlap: a model that two of them name keeps the attacks of both, and the report of the later. */
function addModel(models: Map<string, ModelCell>, model: ModelCell): void {
  const key = `${model.attribute} ${model.evaluate.id}`
  const known = models.get(key)
  if (known === undefined) {
    models.set(key, model)
    return
  }
  models.set(key, {
    ...known,
    ...model,
    attacks: joined(known.attacks, model.attacks),
    observedAttacks: joined(known.observedAttacks, model.observedAttacks),
  })
}

/** As of models, attacks of products that overlap add up. */
function addRelease(releases: Map<string, ReleaseCell>, release: ReleaseCell): void {
  const key = `${release.attribute} ${release.join.id}`
  const known = releases.get(key)
  releases.set(key, known ? { ...release, attacks: joined(known.attacks, release.attacks) } : release)
}

function joined(one: readonly AttackCell[], other: readonly AttackCell[]): AttackCell[] {
  const seen = new Set(one.map((attack) => attack.node.id))
  return [...one, ...other.filter((attack) => !seen.has(attack.node.id))]
}
