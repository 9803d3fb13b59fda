/**
 * @file From a grid to the nodes of its stage graph. Equal nodes, of one grid or of two, are one node: two methods
 * share the training they start from, two reports the attacks they both show.
 */

import { canonicalJson, type Json } from '@indistinct/core'
import { addNode, mergeNode } from './add-node.ts'
import type { AttackCell, ExpandedGrid, FigureCell, ModelCell, ReleaseCell, YardstickCell } from './expanded-grid.ts'
import type { Grid, Product } from './grid.ts'
import { cellOf, choice, type Cell } from './product-cell.ts'
import type { StageNode } from './stage.ts'
import { attacksOn } from './attack-nodes.ts'
import { modelOf } from './model-nodes.ts'
import { calibrationOf } from './calibration-nodes.ts'
import { figuresOf } from './figure-nodes.ts'
import { yardsticksOf } from './yardstick-nodes.ts'

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
  for (const calibration of grid.calibrations ?? []) calibrationOf(nodes, calibration)
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
