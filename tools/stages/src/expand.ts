/**
 * @file From a grid to the nodes of its stage graph. Equal nodes, of one grid or of two, are one node: two methods share
 * the training they start from, two reports the attacks they both show.
 */

import { canonicalJson, sha256, type Json } from '@indistinct/core'
import type { Choice, Grid, Options, Product } from './grid.ts'
import type { Stage, StageNode } from './stage.ts'

/** One attack on a model: all its user tables, seen by one attacker under one protocol. */
export interface AttackCell {
  readonly attacker: string
  readonly protocol: string
  readonly node: StageNode
}

/** One variant of a model in a grid, with every node that concerns it. */
export interface ModelCell {
  readonly dataset: string
  readonly recommender: string
  /** Absent for the original model. */
  readonly method?: Choice
  readonly attribute: string
  readonly seed: number
  readonly prepare: StageNode
  readonly train: StageNode
  /** Absent for the original model. */
  readonly unlearn?: StageNode
  readonly evaluate: StageNode
  readonly attacks: readonly AttackCell[]
  /** The comparison with the original; the original has one of its own only where its product names no method. */
  readonly report?: StageNode
}

/** A grid with its nodes, in an order where upstream comes first. */
export interface ExpandedGrid {
  readonly grid: Grid
  readonly nodes: readonly StageNode[]
  readonly models: readonly ModelCell[]
}

/**
 * Expands `grid`. Originals come once per (data set, recommender, attribute, seed), before their unlearned variants.
 * @throws RangeError when a dimension is empty, or when two different nodes share an id.
 */
export function expandGrid(grid: Grid): ExpandedGrid {
  const nodes = new Map<string, StageNode>()
  const models = new Map<string, ModelCell>()
  for (const product of grid.products) expandProduct(grid.name, product, nodes, models)
  if (models.size === 0) throw new RangeError(`expandGrid: expected at least one product in grid ${grid.name}, got none`)
  return { grid, nodes: [...nodes.values()], models: [...models.values()] }
}

/** The nodes of several grids, each once. */
export function mergeNodes(grids: readonly ExpandedGrid[]): StageNode[] {
  const merged = new Map<string, StageNode>()
  for (const grid of grids) for (const node of grid.nodes) merge(merged, node)
  return [...merged.values()]
}

function expandProduct(grid: string, product: Product, nodes: Map<string, StageNode>, models: Map<string, ModelCell>): void {
  for (const [name, values] of Object.entries(product)) {
    if (name !== 'methods' && Array.isArray(values) && values.length === 0) {
      throw new RangeError(`expandGrid: expected at least one of ${name} in grid ${grid}, got none`)
    }
  }
  for (const dataset of product.datasets) {
    for (const seed of product.seeds) {
      const prepare = addNode(nodes, 'prepare', [dataset.name], prepareParameters(product, dataset, seed), {})
      for (const recommender of product.recommenders) {
        const names = [dataset.name, recommender.name]
        const train = addNode(nodes, 'train', names, { recommender: choice(recommender), seed }, { prepare: prepare.id })
        for (const attribute of product.attributes) {
          const base = { dataset: dataset.name, recommender: recommender.name, attribute, seed, prepare, train }
          const original = modelOf(nodes, product, base, undefined, undefined)
          addModel(models, original)
          for (const method of product.methods) addModel(models, modelOf(nodes, product, base, method, original))
        }
      }
    }
  }
}

function prepareParameters(product: Product, dataset: Choice, seed: number): Options {
  const split = product.split ?? { kind: 'ratio', ratios: [0.8, 0.1, 0.1] }
  return { dataset: choice(dataset), core: product.core ?? 5, split: split as Json, seed }
}

type ModelBase = Pick<ModelCell, 'dataset' | 'recommender' | 'attribute' | 'seed' | 'prepare' | 'train'>

/** The nodes of one variant: the original where `method` is absent, else its unlearning and the comparison with `original`. */
function modelOf(nodes: Map<string, StageNode>, product: Product, base: ModelBase, method: Choice | undefined, original: ModelCell | undefined): ModelCell {
  const { dataset, recommender, attribute, seed, prepare, train } = base
  const names = [dataset, recommender]
  const variant = [...names, method?.name ?? 'original']
  const data = { prepare: prepare.id, train: train.id }
  const unlearn = method && addNode(nodes, 'unlearn', variant, { method: choice(method), attribute, seed }, data)
  const tables = (unlearn ?? train).id
  const evaluate = addNode(nodes, 'evaluate', variant, { attribute }, { ...data, tables })
  const attacks: AttackCell[] = []
  for (const attacker of product.attackers) {
    for (const protocol of product.protocols) {
      const parameters = { attacker: choice(attacker), protocol: choice(protocol), attribute, seed }
      const node = addNode(nodes, 'attack', [...variant, attacker.name, protocol.name], parameters, { prepare: prepare.id, tables })
      attacks.push({ attacker: attacker.name, protocol: protocol.name, node })
    }
  }
  const model: ModelCell = { ...base, ...(method && unlearn && { method, unlearn }), evaluate, attacks }
  if (original === undefined && product.methods.length > 0) return model
  const upstream: { [role: string]: string } = { ...data, tables }
  for (const [when, cell] of [['before', original ?? model], ['after', original && model]] as const) {
    if (cell === undefined) continue
    upstream[`${when}/evaluate`] = cell.evaluate.id
    cell.attacks.forEach((attack, at) => (upstream[`${when}/attack/${at}`] = attack.node.id))
  }
  const report = addNode(nodes, 'report', variant, { dataset, recommender, attribute, seed, ...(method && { method: choice(method) }) }, upstream)
  return { ...model, report }
}

/** Products may overlap: a model that two of them name keeps the attacks of both, and the report of the later. */
function addModel(models: Map<string, ModelCell>, model: ModelCell): void {
  const key = `${model.attribute} ${model.evaluate.id}`
  const known = models.get(key)
  if (known === undefined) {
    models.set(key, model)
    return
  }
  const seen = new Set(known.attacks.map((attack) => attack.node.id))
  models.set(key, { ...known, ...model, attacks: [...known.attacks, ...model.attacks.filter((attack) => !seen.has(attack.node.id))] })
}

function choice(value: Choice): Options {
  return { name: value.name, options: value.options ?? {} }
}

function addNode(
  nodes: Map<string, StageNode>,
  stage: Stage,
  names: readonly string[],
  parameters: Options,
  upstream: { readonly [role: string]: string },
): StageNode {
  for (const name of names) {
    if (!/^[a-z0-9][a-z0-9.-]*$/.test(name)) throw new RangeError(`expandGrid: expected a name of lower-case letters, digits, dots and dashes, got ${JSON.stringify(name)}`)
  }
  const digest = sha256(canonicalJson({ stage, parameters, upstream })).slice(0, 10)
  const label = `${names.join('-')}-${digest}`
  return merge(nodes, { id: `${stage}-${label}`, stage, root: `artifacts/${stage}/${label}`, parameters, upstream })
}

function merge(nodes: Map<string, StageNode>, node: StageNode): StageNode {
  const known = nodes.get(node.id)
  if (known === undefined) {
    nodes.set(node.id, node)
    return node
  }
  if (canonicalJson(known as unknown as Json) !== canonicalJson(node as unknown as Json)) {
    throw new RangeError(`expandGrid: expected different digests for different parameters, got ${node.id} for both\n${canonicalJson(known.parameters)}\n${canonicalJson(node.parameters)}`)
  }
  return known
}
