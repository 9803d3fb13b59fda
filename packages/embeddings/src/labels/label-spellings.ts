/** @file Labels that look like "not known", and labels that look like one label written twice. */

import { counted } from '@indistinct/core'
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
  'unk.',
  'not available',
  'not applicable',
  'not specified',
  'unspecified',
  'not stated',
  'not reported',
  'not provided',
  'not given',
  'not disclosed',
  'undisclosed',
  'not answered',
  'no answer',
  'no response',
  'declined',
  'declined to answer',
  'refused',
  'withheld',
  'prefer not to say',
  'prefer not to answer',
  'prefer not to disclose',
  'rather not say',
  'other/unknown',
  'unknown/other',
  'nd',
  'n.d.',
  'n/d',
  'unbekannt',
  'keine angabe',
  'k.a.',
  'k. a.',
  'inconnu',
  'desconocido',
  'sconosciuto',
  '<null>',
  '(null)',
  '[null]',
  '(blank)',
  '(none)',
  '(unknown)',
  '<unknown>',
  '[unknown]',
  '-',
  '--',
  '?',
  '.',
])

export interface CountedLabel {
  readonly name: string
  readonly users: number
}

/** How a reader settles what labels mean: the end of a sentence that begins with when to do so. */
export interface SettledBy {
  missing(labels: readonly string[]): string
  merged(first: string, others: readonly string[]): string
}

const byFlags: SettledBy = {
  missing: (labels) => `add ${labels.map((name) => `--missing-label ${shellWord(name)}`).join(' ')}`,
  merged: (first, others) =>
    [first, ...others].some((name) => /[,=]/.test(name))
      ? 'make them one in the file'
      : `add --merge-labels ${shellWord(`${first}=${others.join(',')}`)}`,
}

/** For commands that take labels as they stand. */
export const settledInFile: SettledBy = {
  missing: () => 'leave the cells empty in the file',
  merged: () => 'make them one in the file',
}

/**
 * A line for every label that looks like "not known", and for every group of labels that look like one: equal but for
 * case and blanks, numbers as 1 and 1.0, or a single letter with which one other label begins. Each tells what settles
 * it, by default a flag.
 */
export function spellingWarnings(
  attribute: string,
  classes: readonly CountedLabel[],
  settled: SettledBy = byFlags,
): string[] {
  const codes = codesOfNone(classes.map(({ name }) => name))
  const unknown = classes.filter(({ name }) => NOT_KNOWN.has(folded(name)) || codes.has(name))
  const known = classes.filter((label) => !unknown.includes(label))
  return [
    ...(unknown.length > 0
      ? [
          `${attribute}: ${listed(unknown)} ` +
            `${unknown.length === 1 ? 'is taken for a label of its own' : 'are taken for labels of their own'}; ` +
            `where that means "not known", ${settled.missing(unknown.map(({ name }) => name))}`,
        ]
      : []),
    ...sameLabels(known).map((group) => {
      const [first, ...others] = group
      const merge = settled.merged(
        first!.name,
        others.map(({ name }) => name),
      )
      return `${attribute}: ${listed(group)} are taken for different labels; where they are one, ${merge}`
    }),
  ]
}

const NUMBER = /^-?\d+(\.\d+)?$/
const NINES = /^9+(\.0+)?$/

/**
 * Labels that stand for "not known" in lists of codes: a negative number among others, 9, 99 or the like beyond all
 * others, a number or U among letters. Two labels are two labels: 0 and 9, -1 and 1, M and U.
 */
function codesOfNone(names: readonly string[]): ReadonlySet<string> {
  if (names.length < 3) return new Set()
  const numbers = names.filter((name) => NUMBER.test(name))
  const letters = names.filter((name) => /\p{L}/u.test(name))
  if (numbers.length === names.length) {
    const known = names.filter((name) => !name.startsWith('-'))
    const largest = known.filter((name) => !NINES.test(name)).reduce((most, name) => Math.max(most, Number(name)), 0)
    const negative = known.length > 1 ? names.filter((name) => name.startsWith('-')) : []
    return new Set([...negative, ...known.filter((name) => NINES.test(name) && Number(name) > largest + 1)])
  }
  const single = letters.filter((name) => [...name].length === 1)
  return new Set([
    ...(numbers.length === 1 && letters.length === names.length - 1 ? numbers : []),
    ...(single.length === letters.length ? single.filter((name) => /^u$/i.test(name)) : []),
  ])
}

/**
 * The same for values of an attribute that is a number: a line for codes such as -1 and 999 that several users have.
 */
export function numberWarnings(attribute: string, values: readonly string[]): string[] {
  const users = new Map<string, number>()
  for (const value of values) if (value !== '') users.set(value, (users.get(value) ?? 0) + 1)
  const names = [...users.keys()]
  const codes = names.filter((name) => name.startsWith('-')).length > 1 ? new Set<string>() : codesOfNone(names)
  const shared = [...codes].filter((name) => users.get(name)! > 1)
  if (shared.length === 0) return []
  return [
    `${attribute}: ${listed(shared.map((name) => ({ name, users: users.get(name)! })))} count as numbers like the ` +
      'others; where that means "not known", add ' +
      shared.map((name) => `--missing-label ${shellWord(name)}`).join(' '),
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
  const plain = name.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase()
  // 1, 01 and 1.0 are one number.
  return /^[+-]?\d{1,15}(\.0*)?$/.test(plain) ? String(Number(plain)) : plain
}

function listed(labels: readonly CountedLabel[]): string {
  const each = labels.map(({ name, users }) => `${quoted(name)} (${counted(users, 'user')})`)
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
