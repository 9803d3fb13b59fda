/** @file Ids that are not what they look: rounded ones are refused, those that look like one or like none are told. */

import { badData, isRoundedId } from '@indistinct/core'
import { quoted } from './integer-rows.ts'

/**
 * Refuses an id that is empty, or that a floating-point column may have made one with others.
 * @param place file, row and column
 */
export function checkId(id: string, place: () => string, advice: string): void {
  if (id === '') throw badData(`${place()}: expected an id, got an empty field; ${advice}`)
  if (isRoundedId(id))
    throw badData(
      `${place()}: expected an id, got ${quoted(id)}: it went through a floating-point column, which merges ids ` +
        'above 2^53; write ids as text or integers',
    )
}

/** What programs write where there is nothing. */
const NONE = /^(nan|none|null|<na>|na|n\/a|undefined)$/i

/**
 * A sentence for each kind of `ids` that may be one id spelled twice, or no id at all.
 * @param what they are ids of, for messages: users
 */
export function idDoubts(what: string, ids: readonly string[]): string[] {
  const none = ids.filter((id) => NONE.test(id))
  const spelled = new Map<string, string>()
  const alike: [string, string][] = []
  for (const id of ids) {
    const plain = id.trim().replace(/^0+(?=\d)|(?<=\d)\.0+$/g, '')
    const before = spelled.get(plain)
    if (before === undefined) spelled.set(plain, id)
    else alike.push([before, id])
  }
  const [first] = alike
  const more = alike.length > 1 ? `, and ${alike.length - 1} more such pairs` : ''
  return [
    ...(first
      ? [
          `${what} ${quoted(first[0])} and ${quoted(first[1])} are taken for two${more}; where they are one, write ` +
            'its id in one way',
        ]
      : []),
    ...none.map((id) => `${quoted(id)} is taken for one of the ${what}; where it means none, leave out its rows`),
  ]
}
