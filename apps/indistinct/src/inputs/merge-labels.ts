/** @file --merge-labels: spellings that are one label. */

import { usageError } from '@indistinct/core'

/** The flags of a command that say how labels count. */
export interface LabelArguments {
  readonly 'missing-label'?: readonly string[] | undefined
  readonly 'merge-labels'?: readonly string[] | undefined
}

/**
 * The label that each spelling stands for, from `F=Female,f` and the like.
 * @throws IndistinctError 'usage' where a flag has another form, or a spelling stands for two labels or for none.
 */
function mergedLabels({
  'merge-labels': given = [],
  'missing-label': missing = [],
}: LabelArguments): ReadonlyMap<string, string> {
  const merged = new Map<string, string>()
  for (const text of given) {
    const [label = '', ...rest] = text.split('=')
    const spellings = rest.join('=').split(',')
    if (label === '' || rest.length !== 1 || spellings.includes(''))
      throw usageError(
        `--merge-labels: expected LABEL=SPELLING,SPELLING such as F=Female,f, got ${JSON.stringify(text)}`,
      )
    for (const spelling of spellings) {
      if (merged.has(spelling) || spelling === label)
        throw usageError(
          `--merge-labels: ${JSON.stringify(spelling)} is given twice; expected each spelling under one label`,
        )
      if (missing.includes(spelling))
        throw usageError(
          `--merge-labels: ${JSON.stringify(spelling)} is to count as missing (--missing-label); leave one of them out`,
        )
      merged.set(spelling, label)
    }
  }
  const chained = [...merged].find(([, label]) => merged.has(label))
  if (chained)
    throw usageError(
      `--merge-labels: ${JSON.stringify(chained[1])} is a label and a spelling of another; name the last label ` +
        'for all of them',
    )
  return merged
}

/** What of these flags an attribute has: of several attributes of a file, each has labels of its own. */
export function labelNamesOf(
  args: LabelArguments,
  values?: readonly string[],
): { readonly missing: readonly string[]; readonly merge: ReadonlyMap<string, string> } {
  const { 'missing-label': missing = [] } = args
  const merge = mergedLabels(args)
  if (!values) return { missing, merge }
  const there = new Set(values)
  return {
    missing: missing.filter((label) => there.has(label)),
    merge: new Map([...merge].filter(([spelling]) => there.has(spelling))),
  }
}
