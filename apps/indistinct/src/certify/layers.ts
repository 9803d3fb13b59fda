/** @file What is known of a table in three layers, as sentences: bounded or exact, found, not tested. */

import type { Certificate, Certified } from '@indistinct/attackers'
import { layerTitles, type LayersData } from '@indistinct/report'
import { printable, grouped } from '../terminal/text-table.ts'

const unheld =
  'Who also holds what users did, an earlier release, another model, or lists that leave out what users have ' +
  'seen (audit --with tests those it is given).'
const heldBeside = 'Who holds more than these tables, labels, and what --with named.'
/** What no command here tests. */
const never = 'Singling out one user, and linking users between tables.'
/** Where nothing was bounded. */
export const unbounded = 'Nothing is bounded or exact here. Run indistinct certify, which says what can be.'

export function exactLayer(attribute: string): string[] {
  return [
    `Exact, against who holds this table, any labels and any computer: every labelling of ${attribute} with ` +
      'these counts is equally likely, since a secret draw ' +
      'decided which points carry which label. The expected AUC of any attack is 0.500. It needs that the order ' +
      'of rows and ids tells nothing of users, and that the draw stays secret.',
  ]
}

export function boundedLayer({ bounds, users, delta, vectors }: Certificate, attribute: string): string[] {
  const any = bounds.some(({ against }) => against === 'any attacker')
  return [
    ...bounds.map((bound) => sentenceOf(bound, attribute)),
    ...(any
      ? []
      : [
          `Not bounded: any attacker. Users have ${grouped(vectors)} different vectors, too many to bound; ` +
            '--codes 32 --out FILE makes and certifies a table that has few.',
        ]),
    `All bounds hold together with confidence ${percent(1 - delta)}, for users drawn like the ${grouped(users)} ` +
      `certified: the best of each class on these users, and what McDiarmid's inequality adds.`,
    'Assumed: the rows of users are independent. A recommender trains users together, which ties their rows ' +
      'through its items; that is not accounted for.',
  ]
}

function sentenceOf({ label, against, measure, sample, margin, bound }: Certified, attribute: string): string {
  const says = bound >= 1 ? ', which says nothing' : ''
  return (
    `Against ${classes[against]}: ${measure} of ${attribute} ${label} at most ${three(bound)}${says} ` +
    `(${three(sample)} on these users, and ${three(margin)}).`
  )
}

const classes: Readonly<Record<Certified['against'], string>> = {
  'any attacker': 'any attacker whatever',
  'a threshold on one column': 'attackers who look at one column, whichever, and decide by a threshold',
  'a score in the ball of a kernel':
    'attackers who say yes with probability (1 + f) / 2, f of norm 1 at most in the space of a Gaussian kernel',
}

/**
 * @param found what attacks have found, nothing where none was run; `others` are not tested either, and `held` says
 * that --with was given.
 */
export function layersOf(
  bounded: readonly string[],
  found: readonly string[],
  others: readonly string[] = [],
  held = false,
): LayersData {
  const attackers =
    found.length === 0 ? 'Any attack: none was run here. Run indistinct audit.' : 'Attackers other than those listed.'
  return { bounded, found, notTested: [attackers, ...others, held ? heldBeside : unheld, never] }
}

export function layersText(layers: LayersData): string {
  const names = Object.keys(layerTitles) as (keyof LayersData)[]
  return names
    .map((name) =>
      [
        layerTitles[name],
        ...(layers[name].length === 0 ? ['Nothing.'] : layers[name]).map((line) => `  ${printable(line)}`),
      ].join('\n'),
    )
    .join('\n')
}

function three(value: number): string {
  return value.toFixed(3)
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(4))} %`
}
