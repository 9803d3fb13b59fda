/** @file Attributes are looked at before anything is trained: a name mistyped must not cost an hour. */

import { protocols, type ProtocolName } from '@indistinct/attackers'
import { badData } from '@indistinct/core'
import { describe, type DatasetDescription } from '@indistinct/datasets'
import { settledInFile, spellingWarnings } from '@indistinct/embeddings'
import type { Choice, Grid } from '@indistinct/stages'
import { chosenDataset } from '../stages/prepare-dataset.ts'

/**
 * Warnings of labels in the user's own files that look like "not known", and of those that look like one label spelled
 * twice.
 * @throws IndistinctError 'bad-data' where a data set of `grid` lacks an attribute, or has too few users of a label for
 * a protocol of attacks; 'file' where it is not on this machine.
 */
export async function checkAttributes(grid: Grid): Promise<string[]> {
  const warnings = new Set<string>()
  for (const { datasets, attributes, protocols: chosen, core = 5 } of grid.products) {
    // What some protocols cannot attack, others may: such a run ends with the figures that it has.
    const least =
      chosen.length === 0 ? 0 : Math.min(...chosen.map(({ name }) => protocols[name as ProtocolName].smallestClass))
    for (const choice of datasets) {
      const { loaded, kept } = await chosenDataset(choice, core)
      const found = describe(kept).attributes
      for (const attribute of attributes) {
        if (found[attribute] === undefined)
          throw badData(
            `${kept.name}: expected one of its attributes (${Object.keys(found).join(', ') || 'it has none'}), ` +
              `got ${JSON.stringify(attribute)}; name one with --attribute`,
          )
        const classes = found[attribute].classes.filter(({ users }) => users > 0)
        if (classes.length < 2)
          throw badData(
            `${kept.name}, ${attribute}: expected users of at least two labels, got ` +
              `${classes[0] ? `only ${classes[0].label}` : 'none'}, among users with ${core} interactions or more`,
          )
        const doubts = ownFile(choice) ? doubtsOf(attribute, describe(loaded)) : []
        for (const doubt of doubts) warnings.add(`${kept.name}, ${doubt}`)
        const rare = classes.filter(({ users }) => users < least)
        if (rare.length > 0)
          throw badData(
            `${kept.name}, ${attribute}: expected ${least} users of each label, got fewer of ${rare.length} of ` +
              `${classes.length}, such as ${rare[0]!.label} (${rare[0]!.users}); leave rare labels out with ` +
              `--least-users ${least}, or merge them in the file${doubts.map((doubt) => `; ${doubt}`).join('')}`,
          )
      }
    }
  }
  return [...warnings]
}

function ownFile({ options }: Choice): boolean {
  return options?.['interactions'] !== undefined
}

function doubtsOf(attribute: string, { attributes }: DatasetDescription): string[] {
  const classes = attributes[attribute]!.classes.map(({ label, users }) => ({ name: label, users }))
  return spellingWarnings(attribute, classes, settledInFile)
}
