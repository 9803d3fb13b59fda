/** @file The figures of a product. */

import type { Json } from '@indistinct/core'
import { addNode } from './add-node.ts'
import type { FigureCell, ModelCell } from './expanded-grid.ts'
import type { FigureName } from './grid.ts'
import type { Cell } from './product-cell.ts'
import type { StageNode } from './stage.ts'

/** Nodes of one figure over the models of a (data set, recommender, attribute), every seed of them. */
export function figuresOf(
  nodes: Map<string, StageNode>,
  figure: FigureName,
  cell: Cell,
  models: readonly ModelCell[],
): FigureCell[] {
  const { dataset, recommender, attackers, protocols, attribute } = cell
  const names = [dataset.name, recommender.name, figure]
  const about = { figure, dataset: dataset.name, recommender: recommender.name, attribute }
  const tablesOf = (model: ModelCell): string => (model.unlearn ?? model.train).id
  if (figure === 'trade-off') return [{ ...about, node: tradeOffNode(nodes, names, about, models) }]
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

/** Over every seed. */
function tradeOffNode(
  nodes: Map<string, StageNode>,
  names: readonly string[],
  about: { readonly [parameter: string]: Json },
  models: readonly ModelCell[],
): StageNode {
  const upstream: { [role: string]: string } = {}
  models.forEach((model, at) => {
    upstream[`${at}/evaluate`] = model.evaluate.id
    model.attacks.forEach((attack, a) => (upstream[`${at}/attack/${a}`] = attack.node.id))
  })
  const described = models.map(({ method, seed }) => ({ seed, ...(method && { method }) }))
  return addNode(nodes, 'figure', names, { ...about, models: described as unknown as Json }, upstream)
}
