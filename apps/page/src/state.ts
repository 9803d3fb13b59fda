/** @file What the user has chosen, and the command line that does the same. */

import type { NamedFile } from './messages.ts'
import type { MethodName } from './words.ts'

export type Holds = 'tables' | 'history'

export interface Choices {
  readonly table: NamedFile | undefined
  readonly attributes: NamedFile | undefined
  /** What the attacker holds beside the table. */
  readonly held: NamedFile | undefined
  readonly columns: readonly string[]
  readonly attribute: string | undefined
  /** '' where it is found by its name. */
  readonly idColumn: string
  readonly byPosition: boolean
  readonly missing: string
  readonly holds: Holds
  readonly method: MethodName
  readonly seed: number
}

export const firstChoices: Choices = {
  table: undefined,
  attributes: undefined,
  held: undefined,
  columns: [],
  attribute: undefined,
  idColumn: '',
  byPosition: false,
  missing: '',
  holds: 'tables',
  method: 'flow',
  seed: 0,
}

/** Whether there is enough for a command. */
export function isComplete({ table, attributes, attribute }: Choices): boolean {
  return table !== undefined && attributes !== undefined && attribute !== undefined
}

/** The files that a command reads. */
export function filesOf({ table, attributes, held, holds }: Choices): NamedFile[] {
  return [table, attributes, holds === 'history' ? held : undefined].filter((file) => file !== undefined)
}

function inputs({ table, attributes, attribute, idColumn, byPosition, missing, seed }: Choices): string[] {
  return [
    table!.name,
    ...['--attributes', attributes!.name, '--attribute', attribute!],
    ...(idColumn === '' || byPosition ? [] : ['--id-column', idColumn]),
    ...(byPosition ? ['--by-position'] : []),
    ...(missing === '' ? [] : ['--missing-label', missing]),
    ...(seed === 0 ? [] : ['--seed', String(seed)]),
  ]
}

export function checkArguments(choices: Choices): string[] {
  return ['audit', ...inputs(choices), '--dry-run', '--json']
}

export function auditArguments(choices: Choices): string[] {
  const { holds, held } = choices
  const beside = holds === 'history' && held ? ['--with', held.name] : []
  return ['audit', ...inputs(choices), ...beside, '--report', 'audit.html', '--json']
}

/** The name of the new table. */
function outputName(choices: Choices): string {
  return `unlearned-${choices.table!.name}`
}

export function unlearnArguments(choices: Choices): string[] {
  const { method, holds } = choices
  const how = ['--method', method, '--attacker-holds', holds]
  return ['unlearn', ...inputs(choices), ...how, '--out', outputName(choices), '--audit', '--json']
}

/** `words` as a shell reads them. */
export function commandText(words: readonly string[]): string {
  return ['npx', 'indistinct', ...words]
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ')
}
