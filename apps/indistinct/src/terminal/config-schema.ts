/** @file The JSON Schema of indistinct.config.json, made from the options of the commands. */

import { type Json } from '@indistinct/core'
import { commandOptions, sharedOptions, type OptionTable } from './command-options.ts'
import { sectionsOf } from './config-file.ts'
import { acceptedBy } from './option-values.ts'

type Schema = { readonly [key: string]: Json }

/** The schema that is published as config.schema.json. */
export function configSchema(): Schema {
  const sections = Object.entries(sectionsOf(commandOptions)).map(([name, section]): [string, Schema] => [
    name,
    'options' in section
      ? tableSchema(section.options)
      : objectSchema(
          Object.fromEntries(Object.entries(section.subcommands).map(([word, table]) => [word, tableSchema(table)])),
        ),
  ])
  const shared = propertiesOf(sharedOptions)
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'indistinct.config.json',
    description:
      'Flags of the commands of indistinct. Keys beside the commands are for every command that has the flag; a ' +
      'flag on the command line and a variable of the environment come before both.',
    ...objectSchema({ $schema: { type: 'string' }, ...shared, ...Object.fromEntries(sections) }),
  }
}

function tableSchema(table: OptionTable): Schema {
  return objectSchema(propertiesOf(table))
}

function propertiesOf(table: OptionTable): Record<string, Schema> {
  return Object.fromEntries(
    Object.entries(table).map(([name, option]) => {
      const { describe: description, default: value } = option
      // The default of the seed is of the environment that made the schema.
      const stated = value !== undefined && name !== 'seed'
      return [
        name,
        {
          ...(description !== undefined && { description }),
          ...acceptedBy(option).schema,
          ...(stated && { default: value as Json }),
        },
      ]
    }),
  )
}

function objectSchema(properties: Readonly<Record<string, Schema>>): Schema {
  return { type: 'object', properties, additionalProperties: false }
}
