/** @file What the files hold, before any attack: counts, warnings, and how long the attacks will take. */

import { counted } from '@indistinct/core'
import { element } from './dom.ts'
import { measured } from './measured.ts'
import { auditArguments, commandText, type Choices } from './state.ts'
import { duration, grouped } from './words.ts'

/** What `audit --dry-run --json` says. */
export interface CheckedInputs {
  readonly rows: number
  readonly dimensions: number
  readonly dtype: string
  readonly attribute: {
    readonly name: string
    readonly classes: readonly { readonly name: string; readonly users: number }[]
    readonly missing: number
    readonly joinedBy: string
  }
  readonly unmatched: number
  readonly warnings: readonly string[]
  readonly attacks: readonly { readonly seconds: number }[]
}

export function checkedView(checked: CheckedInputs, choices: Choices): HTMLElement {
  const { rows, dimensions, dtype, attribute, unmatched, warnings, attacks } = checked
  const most = Math.max(...attribute.classes.map(({ users }) => users), attribute.missing)
  const seconds = attacks.reduce((sum, attack) => sum + attack.seconds, 0)
  const counts = [
    ...attribute.classes.map(({ name, users }) => countRow(name, users, most)),
    ...(attribute.missing > 0 ? [countRow('without a label', attribute.missing, most)] : []),
  ]
  const large = rows * dimensions > measured.rows * measured.dimensions
  const strangers = counted(unmatched, 'label', grouped(unmatched))
  return element(
    'div',
    {},
    element(
      'p',
      {},
      `${counted(rows, 'user', grouped(rows))}, ${counted(dimensions, 'dimension')}, ${dtype}. Labels were ` +
        `joined by ${attribute.joinedBy}` +
        `${unmatched > 0 ? `; ${strangers} of users that are not in the table` : ''}.`,
    ),
    element(
      'table',
      { class: 'counts' },
      element('caption', {}, `Users by ${attribute.name}`),
      element('tbody', {}, ...counts),
    ),
    ...(warnings.length > 0 ? [warningList(warnings)] : []),
    element('p', { class: large ? 'caution' : 'soft' }, limitText(attacks.length, seconds, large)),
    commandLine(commandText(auditArguments(choices))),
  )
}

function limitText(attacks: number, seconds: number, large: boolean): string {
  return (
    `${counted(attacks, 'attack')}, about ${duration(seconds)} of one processor, as foreseen for the command line; ` +
    `a browser may take longer. This page was tried with up to ${grouped(measured.rows)} users of ` +
    `${measured.dimensions} dimensions. ` +
    (large
      ? 'Your table is larger, and may be too large for a browser. The command line takes it:'
      : 'The command line does the same:')
  )
}

function countRow(name: string, users: number, most: number): HTMLElement {
  const bar = element('span', { class: 'bar', 'aria-hidden': 'true' })
  bar.style.width = `${(100 * users) / most}%`
  return element(
    'tr',
    {},
    element('th', { scope: 'row' }, name),
    element('td', {}, grouped(users)),
    element('td', {}, bar),
  )
}

export function warningList(warnings: readonly string[]): HTMLElement {
  return element(
    'div',
    { class: 'warnings' },
    element('h3', {}, warnings.length === 1 ? 'Warning' : 'Warnings'),
    element('ul', {}, ...warnings.map((text) => element('li', {}, text))),
  )
}

/** A command, with a button that copies it. */
export function commandLine(text: string): HTMLElement {
  const said = element('span', { role: 'status' })
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text)
      said.textContent = 'Copied'
    } catch {
      getSelection()?.selectAllChildren(code)
      said.textContent = 'Selected: copy it with the keyboard'
    }
  }
  // A flag stays on one line: browsers break words behind hyphens.
  const words = text
    .split(/(?= )/)
    .map((word) => (/^ ?--/.test(word) ? element('span', { class: 'flag' }, word) : word))
  const code = element('code', {}, ...words)
  return element(
    'div',
    { class: 'command' },
    element('pre', { tabindex: 0, role: 'group', 'aria-label': 'Command' }, code),
    element('div', { class: 'row' }, element('button', { type: 'button', onclick: () => void copy() }, 'Copy'), said),
  )
}
