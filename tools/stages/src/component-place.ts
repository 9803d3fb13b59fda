/**
 * @file The file of each component that a grid chooses by name. It is read from the table that names the component, so
 * that a stage loads that file and none of the others, and its hash covers no more than it loads.
 */

import { dirname, join, relative, resolve, sep } from 'node:path'
import { bindings } from '@indistinct/loader/packages'
import { source } from '@indistinct/loader/sources'

/** Tables by the kind of what they name: `name: value` or `name`, the value imported from a file of its own. */
const tables = {
  dataset: ['packages/datasets/src/known-datasets.ts'],
  recommender: ['packages/recommenders/src/recommenders.ts'],
  yardstick: ['packages/recommenders/src/yardsticks/yardsticks.ts'],
  unlearner: ['packages/unlearners/src/unlearners.ts'],
  'in-training': ['packages/unlearners/src/paper/in-training.ts'],
  attacker: [
    'packages/attackers/src/battery.ts',
    'packages/attackers/src/fine-battery.ts',
    'packages/attackers/src/named-attackers.ts',
  ],
} as const

export type ComponentKind = keyof typeof tables

export interface ComponentPlace {
  /** Relative to the workspace. */
  readonly file: string
  /** The name that the file exports it under. */
  readonly name: string
}

/** Places of all components of a kind, by the names that grids choose them by. */
export function componentPlaces(kind: ComponentKind, workspaceRoot: string): ReadonlyMap<string, ComponentPlace> {
  return new Map(tables[kind].flatMap((table) => placesOf(join(workspaceRoot, table), workspaceRoot)))
}

function placesOf(table: string, workspaceRoot: string): [string, ComponentPlace][] {
  const text = source(table)
  const imported = new Map<string, ComponentPlace>()
  for (const [, names, from] of text.matchAll(/^import\s*\{([^}]*)\}\s*from\s*'(\.[^']+)'/gm)) {
    const file = relative(workspaceRoot, resolve(dirname(table), from!))
      .split(sep)
      .join('/')
    for (const [name, as] of bindings(names!)) imported.set(as, { file, name })
  }
  const entries = text
    .slice(text.search(/^(export )?const /m))
    .replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
    // Words for people and arguments may name components too.
    .replace(/:\s*'[^'\n]*'|\([^()]*\)/g, ':0')
    .matchAll(/(?:'([\w.-]+)'|(?<![.\w$])([\w$]+))\s*(?::\s*(?:\{\s*attacker:\s*)?([\w$]+))?\s*(?=[,}])/g)
  return [...entries].flatMap(([, quoted, bare, value]): [string, ComponentPlace][] => {
    const name = (quoted ?? bare)!
    const place = imported.get(value ?? name)
    return place ? [[name, place]] : []
  })
}
