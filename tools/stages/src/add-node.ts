/** @file Nodes of the stage graph by what they are made with: equal ones are one, and no two share an id. */

import { canonicalJson, sha256, type Json } from '@indistinct/core'
import type { Options } from './grid.ts'
import type { Stage, StageNode } from './stage.ts'

/**
 * The node of `stage` made with `parameters` from `upstream`, added to `nodes` unless it is there.
 * @param names readable part of its id
 * @throws RangeError for a name of other characters, or where another node has its id.
 */
export function addNode(
  nodes: Map<string, StageNode>,
  stage: Stage,
  names: readonly string[],
  parameters: Options,
  upstream: { readonly [role: string]: string },
): StageNode {
  for (const name of names) {
    if (!/^[a-z0-9][a-z0-9.-]*$/.test(name))
      throw new RangeError(
        `expandGrid: expected a name of lower-case letters, digits, dots and dashes, got ${JSON.stringify(name)}`,
      )
  }
  const digest = sha256(canonicalJson({ stage, parameters, upstream })).slice(0, 10)
  const label = `${names.join('-')}-${digest}`
  return mergeNode(nodes, { id: `${stage}-${label}`, stage, root: `artifacts/${stage}/${label}`, parameters, upstream })
}

/**
 * `node`, or the equal one in `nodes`; added where there is none.
 * @throws RangeError where another node has its id.
 */
export function mergeNode(nodes: Map<string, StageNode>, node: StageNode): StageNode {
  const known = nodes.get(node.id)
  if (known === undefined) {
    nodes.set(node.id, node)
    return node
  }
  if (canonicalJson(known as unknown as Json) !== canonicalJson(node as unknown as Json)) {
    throw new RangeError(
      `expandGrid: expected different digests for different parameters, got ${node.id} for ` +
        `both\n${canonicalJson(known.parameters)}\n${canonicalJson(node.parameters)}`,
    )
  }
  return known
}
