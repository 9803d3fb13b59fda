/** @file `nx g @indistinct/generators:KIND NAME`: a component of that kind which works, to be changed into another. */

import { attacker } from '../templates/attacker.ts'
import { dataset } from '../templates/dataset.ts'
import { loss } from '../templates/loss.ts'
import { metric } from '../templates/metric.ts'
import { recommender } from '../templates/recommender.ts'
import { unlearner } from '../templates/unlearner.ts'
import { addComponent, type Component, type Names, type Tree } from './component.ts'

const templates = { attacker, dataset, loss, metric, recommender, unlearner } satisfies Record<
  string,
  (names: Names) => Component
>

export type Kind = keyof typeof templates

/** @throws Error where the name is no name in lower case with hyphens, or is taken. */
export async function generate(tree: Tree, kind: Kind, name: string): Promise<void> {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name))
    throw new Error(`generate: expected a name such as my-${kind}, got ${JSON.stringify(name)}`)
  const camel = name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
  const names = { kebab: name, camel, pascal: camel[0]!.toUpperCase() + camel.slice(1) }
  await addComponent(tree, names, templates[kind](names))
}
