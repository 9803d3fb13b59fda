/** @file Which column is the attribute, what the attacker holds, and how to unlearn: choices in words. */

import { element, replace } from './dom.ts'
import { fileField } from './files-view.ts'
import type { Choices, Holds } from './state.ts'
import { methods } from './words.ts'

export interface ChoicesView {
  readonly node: HTMLElement
  show(choices: Choices): void
}

// eslint-disable-next-line max-lines-per-function -- one form, whose fields answer each other
export function choicesView(onChange: (change: Partial<Choices>) => void): ChoicesView {
  const attribute = element('select', { id: 'attribute', onchange: () => onChange({ attribute: attribute.value }) })
  const idColumn = element('select', { id: 'id-column', onchange: () => onChange(ofIdColumn(idColumn.value)) })
  const missing = element('input', { id: 'missing', onchange: () => onChange({ missing: missing.value.trim() }) })
  const seed = element('input', {
    id: 'seed',
    type: 'number',
    min: 0,
    step: 1,
    value: 0,
    onchange: () => onChange({ seed: Math.max(0, Math.floor(Number(seed.value) || 0)) }),
  })
  const held = fileField({
    label: 'What else it holds (for the audit)',
    hint: 'what users did, as user,item lines in CSV, or an older table',
    accept: '.csv,.tsv,.npy,.npz,.parquet,.safetensors',
    onFile: (file) => onChange({ held: file }),
  })
  const holds = radios('holds', 'What the attacker holds', holdings, (value) => {
    // A move by the own label shows it to who holds more.
    onChange({ holds: value, method: value === 'history' ? 'blind' : 'flow' })
  })
  const method = radios('method', 'How to unlearn', methods, (value) => onChange({ method: value }))
  const node = element(
    'section',
    { 'aria-labelledby': 'choices', hidden: true },
    element('h2', { id: 'choices' }, 'Choices'),
    element('div', { class: 'fields' }, labelled('Attribute', attribute), labelled('Ids of users', idColumn)),
    holds.node,
    held.node,
    method.node,
    element(
      'details',
      {},
      element('summary', {}, 'More'),
      element(
        'div',
        { class: 'fields' },
        labelled('A label that means "not known"', missing),
        labelled('Seed of every random choice', seed),
      ),
    ),
  )
  return {
    node,
    show(choices) {
      node.hidden = choices.columns.length === 0
      options(
        attribute,
        choices.columns.map((name) => [name, name]),
        choices.attribute ?? '',
      )
      const ids = choices.columns.filter((name) => name !== choices.attribute).map((name) => [name, name] as const)
      const fixed = [
        ['', 'found by its name'],
        [POSITION, 'none: line i is of row i'],
      ] as const
      options(idColumn, [...fixed, ...ids], choices.byPosition ? POSITION : choices.idColumn)
      held.node.hidden = choices.holds !== 'history'
      held.show(choices.held)
      holds.show(choices.holds)
      method.show(choices.method)
    },
  }
}

/** No file has a column of this name. */
const POSITION = '\u0000position'

function ofIdColumn(value: string): Partial<Choices> {
  return value === POSITION ? { byPosition: true, idColumn: '' } : { byPosition: false, idColumn: value }
}

const holdings: Readonly<Record<Holds, { readonly title: string; readonly text: string }>> = {
  tables: { title: 'This table, and some labels', text: 'Who got the table, and knows the label of some users.' },
  history: {
    title: 'More than this table',
    text: 'Also what users did, an earlier release of the table, or another model of the same users.',
  },
}

function labelled(text: string, field: HTMLElement): HTMLElement {
  return element('div', { class: 'field' }, element('label', { for: field.id }, text), field)
}

function options(select: HTMLSelectElement, given: readonly (readonly [string, string])[], chosen: string): void {
  replace(select, ...given.map(([value, text]) => element('option', { value, selected: value === chosen }, text)))
}

function radios<Name extends string>(
  group: string,
  legend: string,
  given: Readonly<Record<Name, { readonly title: string; readonly text: string }>>,
  onChange: (value: Name) => void,
): { readonly node: HTMLElement; show(value: Name): void } {
  const inputs = new Map<Name, HTMLInputElement>()
  const rows = (Object.keys(given) as Name[]).map((name) => {
    const input = element('input', { type: 'radio', name: group, value: name, onchange: () => onChange(name) })
    inputs.set(name, input)
    const { title, text } = given[name]
    return element(
      'label',
      { class: 'choice' },
      input,
      element('span', {}, element('b', {}, title), element('span', { class: 'hint' }, text)),
    )
  })
  return {
    node: element('fieldset', {}, element('legend', {}, legend), ...rows),
    show: (value) => {
      inputs.get(value)!.checked = true
    },
  }
}
