/**
 * @file From a grid to the nodes of its stage graph. Equal nodes, of one grid or of two, are one node: two methods share
 * the training they start from, two reports the attacks they both show.
 */

import { canonicalJson, sha256, type Json } from '@indistinct/core'
import type { Choice, Grid, Options, Product } from './grid.ts'
import type { Stage, StageNode } from './stage.ts'

/** One attack of a grid: a table set before (`method` absent) or after unlearning, seen by one attacker. */
export interface AttackCell {
  readonly dataset: string
  readonly recommender: string
  readonly method?: Choice
  readonly attribute: string
  readonly seed: number
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
}

/** A grid with its nodes: `nodes` in an order where upstream comes first, `report` last among them. */
export interface ExpandedGrid {
  readonly grid: Grid
  readonly nodes: readonly StageNode[]
  readonly models: readonly ModelCell[]
  readonly report: StageNode
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
  const ends = new Set<string>()
  for (const model of models.values()) {
    ends.add(model.evaluate.id)
    for (const attack of model.attacks) ends.add(attack.node.id)
  }
  const report = addNode(nodes, 'report', [grid.name], { grid: grid as unknown as Json }, {}, [...ends])
  return { grid, nodes: [...nodes.values()], models: [...models.values()], report }
}

/** The nodes of several grids, each once. */
export function mergeNodes(grids: readonly ExpandedGrid[]): StageNode[] {
  const merged = new Map<string, StageNode>()
  for (const grid of grids) for (const node of grid.nodes) merge(merged, node)
  return [...merged.values()]
}

function expandProduct(grid: string, product: Product, nodes: Map<string, StageNode>, models: Map<string, ModelCell>): void {
  for (const [name, values] of Object.entries(product)) {
    if (Array.isArray(values) && values.length === 0) throw new RangeError(`expandGrid: expected at least one of ${name} in grid ${grid}, got none`)
  }
  const core = product.core ?? 5
  const split = product.split ?? { kind: 'ratio', ratios: [0.8, 0.1, 0.1] }
  for (const dataset of product.datasets) {
    for (const seed of product.seeds) {
      const prepare = addNode(nodes, 'prepare', [dataset.name], { dataset: choice(dataset), core, split: split as Json, seed }, {})
      for (const recommender of product.recommenders) {
        const names = [dataset.name, recommender.name]
        const train = addNode(nodes, 'train', names, { recommender: choice(recommender), seed }, { prepare: prepare.id })
        for (const attribute of product.attributes) {
          const shared = { dataset: dataset.name, recommender: recommender.name, attribute, seed, prepare, train }
          for (const method of [undefined, ...product.methods]) {
            const unlearn =
              method &&
              addNode(
                nodes, 'unlearn', [...names, method.name],
                { method: choice(method), attribute, seed, recommender: choice(recommender) },
                { prepare: prepare.id, train: train.id },
              )
            const tables = (unlearn ?? train).id
            const variant = [...names, method?.name ?? 'original']
            const evaluate = addNode(nodes, 'evaluate', variant, { attribute }, { prepare: prepare.id, train: train.id, tables })
            const attacks: AttackCell[] = []
            for (const attacker of product.attackers) {
              for (const protocol of product.protocols) {
                const node = addNode(
                  nodes, 'attack', [...variant, attacker.name, protocol.name],
                  { attacker: choice(attacker), protocol: choice(protocol), attribute, seed },
                  { prepare: prepare.id, tables },
                )
                attacks.push({ dataset: dataset.name, recommender: recommender.name, ...(method && { method }), attribute, seed, attacker: attacker.name, protocol: protocol.name, node })
              }
            }
            addModel(models, { ...shared, ...(method && { method }), ...(unlearn && { unlearn }), evaluate, attacks })
          }
        }
      }
    }
  }
}

/** Products may overlap: a model that two of them name keeps the attacks of both. */
function addModel(models: Map<string, ModelCell>, model: ModelCell): void {
  const key = `${model.attribute} ${model.evaluate.id}`
  const known = models.get(key)
  if (known === undefined) {
    models.set(key, model)
    return
  }
  const seen = new Set(known.attacks.map((attack) => attack.node.id))
  models.set(key, { ...known, attacks: [...known.attacks, ...model.attacks.filter((attack) => !seen.has(attack.node.id))] })
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
  dependsOn: readonly string[] = [...new Set(Object.values(upstream))],
): StageNode {
  for (const name of names) {
    if (!/^[a-z0-9][a-z0-9.-]*$/.test(name)) throw new RangeError(`expandGrid: expected a name of lower-case letters, digits, dots and dashes, got ${JSON.stringify(name)}`)
  }
  const digest = sha256(canonicalJson({ stage, parameters, upstream, dependsOn })).slice(0, 10)
  const label = `${names.join('-')}-${digest}`
  return merge(nodes, { id: `${stage}-${label}`, stage, root: `artifacts/${stage}/${label}`, parameters, upstream, dependsOn })
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
