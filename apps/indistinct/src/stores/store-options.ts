/** @file How `export`, `publish`, `versions` and `rollback` name a place in PostgreSQL or Redis. */

import { usageError } from '@indistinct/core'
import { openPostgres, openRedis, type Progress, type Store } from '@indistinct/stores'
import type { Options } from 'yargs'
import { inGroup } from '../terminal/command-help.ts'
import type { Log } from '../terminal/log.ts'
import { choiceOption, textOption, textFlag } from '../terminal/option-values.ts'

export type StoreKind = 'postgres' | 'redis'

export interface StoreArguments {
  readonly table?: string | undefined
  readonly 'id-column'?: string | undefined
  readonly 'vector-column'?: string | undefined
  readonly prefix?: string | undefined
  readonly 'vector-field'?: string | undefined
  readonly json: boolean
  readonly quiet: boolean
}

export const placeOptions = inGroup('Place', {
  table: textFlag('postgres: the table, as SQL names it: users, app.users or \'"Users"\'', textOption('--table')),
  'id-column': textFlag('postgres: the column that identifies users; default: id', textOption('--id-column')),
  'vector-column': textFlag(
    'postgres: the column of type vector or real[]; default: embedding',
    textOption('--vector-column'),
  ),
  prefix: textFlag('redis: what stands before the id in the keys of the hashes, such as user:', textOption('--prefix')),
  'vector-field': textFlag(
    'redis: the field with the vector, float32 little-endian; default: embedding',
    textOption('--vector-field'),
  ),
} as const satisfies Record<string, Options>)

/** The flags that each kind of store takes. */
const flagsOf = { postgres: ['table', 'id-column', 'vector-column'], redis: ['prefix', 'vector-field'] } as const

/** The option that chooses a store. An address is refused without repeating it: it may hold a password. */
export function storeOption<Name extends string>(name: Name, describe: string): Record<Name, Options> {
  const flag = `--${name}`
  const coerce = choiceOption(flag, ['postgres', 'redis'] as const, (text) => {
    const given = /[:/@]/.test(text)
      ? '; the address belongs into DATABASE_URL or REDIS_URL, never on the command line'
      : `, got ${JSON.stringify(text)}`
    return usageError(`${flag}: expected postgres or redis${given}`)
  })
  return {
    [name]: { describe, group: 'Place:', type: 'string', demandOption: true, requiresArg: true, coerce },
  } as unknown as Record<Name, Options>
}

/** Where addresses and passwords come from: the environment alone. */
export const storeEnvironment = {
  DATABASE_URL: 'postgres: the address, with the password',
  'PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE': 'the same in parts; default: localhost',
  REDIS_URL: 'redis: the address; default: redis://localhost:6379',
} as const

/** Opens the place, lets `use` work on it, and closes it. */
export async function withStore<T>(
  kind: StoreKind,
  args: StoreArguments,
  use: (store: Store) => Promise<T>,
): Promise<T> {
  for (const [other, flags] of Object.entries(flagsOf)) {
    const given = flags.find((flag) => args[flag] !== undefined)
    if (other !== kind && given !== undefined)
      throw usageError(
        `--${given} is for ${other}; ${kind} takes ${flagsOf[kind].map((flag) => `--${flag}`).join(', ')}`,
      )
  }
  const [needed] = flagsOf[kind]
  if (args[needed] === undefined) throw usageError(`${kind}: missing --${needed}`)
  const store =
    kind === 'postgres'
      ? await openPostgres({ table: args.table!, idColumn: args['id-column'], vectorColumn: args['vector-column'] })
      : await openRedis({ prefix: args.prefix!, vectorField: args['vector-field'] })
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}

/** The flags that name the same place again, for a command to suggest. */
export function placeFlags(kind: StoreKind, args: StoreArguments): string[] {
  return [kind, ...flagsOf[kind].flatMap((flag) => (args[flag] === undefined ? [] : [`--${flag}`, args[flag]]))]
}

const steps: Readonly<Record<Progress['step'], string>> = {
  survey: 'reading',
  keep: 'keeping a copy',
  write: 'writing',
  verify: 'reading back',
  switch: 'switching',
}

/** Shows the steps of a transfer on stderr. */
export async function withProgress<T>(
  log: Log,
  label: string,
  work: (onProgress: (progress: Progress) => void) => Promise<T>,
): Promise<T> {
  const shown = log.progress(label)
  try {
    return await work(({ step, done, total }) => shown.update(done, total || undefined, steps[step]))
  } finally {
    shown.end()
  }
}
