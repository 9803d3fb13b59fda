/** @file The work as it goes on: how far it is, and attack after attack. */

import { attackerName, protocolName } from '@indistinct/report'
import { element, replace } from './dom.ts'
import type { Report, Scored } from './messages.ts'

export interface ProgressView {
  readonly node: HTMLElement
  show(report: Report): void
  end(): void
}

export function progressView(title: string, onStop: () => void): ProgressView {
  const bar = element('progress', { 'aria-label': title, max: 1 })
  const said = element('p', { role: 'status', class: 'soft' }, 'Reading files')
  const stop = element('button', { type: 'button', onclick: onStop }, 'Stop')
  const attacks = element('div', { class: 'scored' })
  const groups = new Map<string, HTMLElement>()
  const node = element('div', { class: 'progress' }, element('div', { class: 'row' }, bar, stop), said, attacks)
  const groupOf = (label: string): HTMLElement => {
    const known = groups.get(label)
    if (known) return known
    const body = element('tbody')
    attacks.append(
      element('table', {}, element('caption', {}, `${phase(label)}: folded AUC, before any test of chance`), body),
    )
    groups.set(label, body)
    return body
  }
  return {
    node,
    show(report) {
      if (report.kind === 'progress') {
        if (report.share === undefined) bar.removeAttribute('value')
        else bar.value = report.share
        const share = report.share === undefined ? '' : `, ${Math.floor(100 * report.share)} %`
        const text = `${phase(report.label)}${share}`
        if (said.textContent !== text) said.textContent = text
      }
      if (report.kind === 'scored') groupOf(report.label).append(scoredRow(report.attack))
    },
    end: () => replace(node, attacks),
  }
}

function phase(label: string): string {
  const known: Readonly<Record<string, string>> = {
    audit: 'Attacking the table',
    'audit before': 'Attacking the table as it was',
    'audit after': 'Attacking the new table',
    flow: 'Unlearning',
    blind: 'Unlearning',
    relabel: 'Unlearning',
  }
  return known[label] ?? label
}

function scoredRow({ attacker, protocol, input, foldedAuc }: Scored): HTMLElement {
  return element(
    'tr',
    {},
    element(
      'th',
      { scope: 'row' },
      attackerName(attacker),
      ' ',
      element('small', {}, `${protocolName(protocol)}, ${input}`),
    ),
    element('td', {}, foldedAuc.value.toFixed(3)),
  )
}
