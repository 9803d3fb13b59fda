/** @file The components that a stage runs: those that its parameters, and the models above it, name. */

import type { ComponentKind } from './component-place.ts'
import type { Choice } from './grid.ts'
import type { StageNode } from './stage.ts'

export interface Component {
  readonly kind: ComponentKind
  readonly name: string
}

/**
 * Components of `node` by name, `byId` holding the nodes above it. Names that no table has are left out: the stage will
 * say so itself.
 */
export function componentsOf(node: StageNode, byId: ReadonlyMap<string, StageNode>): Component[] {
  const parameters = node.parameters as unknown as {
    readonly dataset: Choice
    readonly recommender: Choice
    readonly method: Choice
    readonly yardstick?: Choice
    readonly attacker: Choice
    readonly attackers?: readonly Choice[]
    readonly ofTables: readonly string[]
    readonly ofHeld: readonly string[]
  }
  const all = (kind: ComponentKind, names: readonly string[]): Component[] => names.map((name) => ({ kind, name }))
  switch (node.stage) {
    case 'prepare':
      return all('dataset', [parameters.dataset.name])
    case 'train':
      return all('recommender', [parameters.recommender.name])
    case 'retrain':
      return [...all('recommender', [parameters.recommender.name]), ...all('in-training', [parameters.method.name])]
    case 'unlearn': {
      const { method } = parameters
      // A part of a release is taken from the node that unlearned all of it.
      if (node.upstream['release'] !== undefined) return []
      const { metric, regulariser } = method.options ?? {}
      const scored = metric === 'scores' || regulariser !== undefined
      return [...all('unlearner', [method.name]), ...(scored ? all('recommender', modelsAbove(node, byId)) : [])]
    }
    case 'observe':
      return all('recommender', modelsAbove(node, byId))
    case 'evaluate':
      return parameters.yardstick
        ? all('yardstick', [parameters.yardstick.name])
        : all('recommender', modelsAbove(node, byId))
    case 'attack':
      return all('attacker', [parameters.attacker.name])
    case 'held':
      return all('attacker', [...parameters.ofTables, ...parameters.ofHeld])
    case 'figure':
      return all(
        'attacker',
        (parameters.attackers ?? []).map(({ name }) => name),
      )
    case 'smooth':
    case 'join':
    case 'report':
    case 'calibrate':
      return []
    default:
      throw new RangeError(`componentsOf: expected a stage, got ${String(node.stage satisfies never)}`)
  }
}

/** Recommenders whose models `node` starts from. */
function modelsAbove(node: StageNode, byId: ReadonlyMap<string, StageNode>): string[] {
  return Object.entries(node.upstream)
    .filter(([role]) => role === 'train' || role.startsWith('train/'))
    .map(([, id]) => (byId.get(id)!.parameters['recommender'] as unknown as Choice).name)
}
