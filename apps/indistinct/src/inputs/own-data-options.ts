/** @file Flags for a data set of the user's own: two CSV files, and how they are laid out. */

import { delimiterOf, unknownUsers, type OwnFiles } from '@indistinct/datasets'
import { usageError } from '@indistinct/core'
import type { Options } from 'yargs'
import { inGroup } from '../terminal/command-help.ts'
import { textOption } from '../terminal/option-values.ts'

export interface OwnDataArguments {
  readonly interactions?: string | undefined
  readonly attributes?: string | undefined
  readonly 'user-column'?: string | undefined
  readonly 'item-column'?: string | undefined
  readonly 'attributes-user-column'?: string | undefined
  readonly delimiter?: string | undefined
  readonly 'unknown-users'?: OwnFiles['unknownUsers'] | undefined
}

function text(flag: string, describe: string) {
  return { describe, type: 'string', requiresArg: true, coerce: textOption(flag) } as const
}

export const ownDataOptions = inGroup('Your own data', {
  interactions: text('--interactions', 'CSV file of interactions, a row each'),
  attributes: text('--attributes', 'CSV file of user attributes, a row a user'),
  'user-column': text('--user-column', 'column of the user ids in both files (default: user)'),
  'item-column': text('--item-column', 'column of the item ids (default: item)'),
  'attributes-user-column': text(
    '--attributes-user-column',
    'column of the user ids in --attributes, where it has another name',
  ),
  delimiter: text('--delimiter', 'what stands between columns of both files, or tab (default: a comma)'),
  'unknown-users': {
    ...text('--unknown-users', 'users without a row in --attributes: error (the default), or unlabelled'),
    choices: unknownUsers,
  },
} as const satisfies Record<string, Options>)

/**
 * The files that `args` name, if they name some.
 * @throws IndistinctError 'usage' for flags about files that are not given.
 */
export function ownFilesOf(args: OwnDataArguments): OwnFiles | undefined {
  const { interactions, attributes, delimiter } = args
  const given = Object.keys(ownDataOptions).filter((name) => args[name as keyof OwnDataArguments] !== undefined)
  if (interactions === undefined) {
    if (given.length > 0) throw usageError(`--${given[0]}: expected --interactions beside it, got none`)
    return undefined
  }
  return {
    interactions,
    ...(attributes !== undefined && { attributes }),
    ...(args['user-column'] !== undefined && { userColumn: args['user-column'] }),
    ...(args['item-column'] !== undefined && { itemColumn: args['item-column'] }),
    ...(args['attributes-user-column'] !== undefined && { attributesUserColumn: args['attributes-user-column'] }),
    ...(delimiter !== undefined && { delimiter: delimiterOf(delimiter) }),
    ...(args['unknown-users'] !== undefined && { unknownUsers: args['unknown-users'] }),
  }
}
