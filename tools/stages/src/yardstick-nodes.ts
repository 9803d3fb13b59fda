/** @file Recommenders that tables print beside those unlearned. */

import type { Json } from '@indistinct/core'
import { addNode } from './add-node.ts'
import type { YardstickCell } from './expanded-grid.ts'
import type { Product } from './grid.ts'
import { cellOf, choice } from './product-cell.ts'
import type { StageNode } from './stage.ts'

export function yardsticksOf(product: Product, nodes: Map<string, StageNode>): YardstickCell[] {
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
