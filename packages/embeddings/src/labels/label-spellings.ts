/** @file Labels that look like "not known", and labels that look like one label written twice. */

import { quoted } from '../quoted.ts'
import { shellWord } from './join-rule.ts'

/** What people and programs write where a label is not known, in lower case. */
const NOT_KNOWN = new Set([
  'na',
  'n/a',
  'n.a.',
  '#n/a',
  '<na>',
  'nan',
  'nat',
  'null',
  '\\n',
  'none',
  'nil',
  'undefined',
  'missing',
  'unknown',
  'unk',
  'not known',
  'not available',
  'not specified',
  'unspecified',
  '-',
  '--',
  '?',
  '.',
])

export interface CountedLabel {
  readonly name: string
  readonly users: number
}

/**
 * A line for every label that looks like "not known", and for every group of labels that look like one: equal but for
 * case and blanks, or a single letter with which one other label begins. Each names the flag that settles it.
 */
export function spellingWarnings(attribute: string, classes: readonly CountedLabel[]): string[] {
  const unknown = classes.filter(({ name }) => NOT_KNOWN.has(folded(name)))
  const known = classes.filter((label) => !unknown.includes(label))
  const flags = unknown.map(({ name }) => `--missing-label ${shellWord(name)}`).join(' ')
  return [
    ...(unknown.length > 0
      ? [
          `${attribute}: ${listed(unknown)} ` +
            `${unknown.length === 1 ? 'is taken for a label of its own' : 'are taken for labels of their own'}; ` +
            `where that means "not known", add ${flags}`,
        ]
      : []),
    ...sameLabels(known).map((group) => {
      const [first, ...others] = group
      const merge = [first!, ...others].some(({ name }) => /[,=]/.test(name))
        ? 'make them one in the file'
        : `add --merge-labels ${shellWord(`${first!.name}=${others.map(({ name }) => name).join(',')}`)}`
      return `${attribute}: ${listed(group)} are taken for different labels; where they are one, ${merge}`
    }),
  ]
}

/** Groups of two labels or more that look like one, the one with most users first. */
function sameLabels(classes: readonly CountedLabel[]): CountedLabel[][] {
  const groups = new Map<string, CountedLabel[]>()
  for (const label of classes) {
    const key = folded(label.name)
    groups.set(key, [...(groups.get(key) ?? []), label])
  }
  for (const [key, group] of groups) {
    if ([...key].length !== 1 || !/\p{L}/u.test(key)) continue
    const longer = [...groups.keys()].filter((other) => other !== key && other.startsWith(key))
    if (longer.length !== 1) continue
    groups.get(longer[0]!)!.push(...group)
    groups.delete(key)
  }
  return [...groups.values()]
    .filter(({ length }) => length > 1)
    .map((group) => group.sort((a, b) => b.users - a.users || (a.name < b.name ? -1 : 1)))
}

function folded(name: string): string {
  return name.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase()
}

function listed(labels: readonly CountedLabel[]): string {
  const each = labels.map(({ name, users }) => `${quoted(name)} (${users === 1 ? '1 user' : `${users} users`})`)
  return each.length === 1 ? each[0]! : `${each.slice(0, -1).join(', ')} and ${each.at(-1)}`
}

/** A line for labels with fewer users than the folds that attackers are tested on, which leave some of them out. */
export function rareWarnings(attribute: string, classes: readonly CountedLabel[], folds: number): string[] {
  const rare = classes.filter(({ users }) => users < folds)
  return rare.length === 0
    ? []
    : [
        `${attribute}: ${listed(rare)} ${rare.length === 1 ? 'has' : 'have'} fewer users than the ${folds} folds ` +
          `of an attack, so figures of ${rare.length === 1 ? 'it' : 'them'} mean little; merge (--merge-labels) or ` +
          'leave out (--missing-label)',
      ]
}
