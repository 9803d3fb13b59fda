/** @file What was found, before and after, and files to take along. */

import { counted } from '@indistinct/core'
import { attackerName, protocolName } from '@indistinct/report'
import { commandLine, warningList } from './check-view.ts'
import { element } from './dom.ts'
import type { NamedFile } from './messages.ts'
import { grouped, verdictInWords } from './words.ts'

interface Interval {
  readonly value: number
  readonly lower: number
  readonly upper: number
}

interface Attack {
  readonly attacker: string
  readonly protocol: string
  readonly input: string
  readonly foldedAuc: Interval
}

interface AuditRecord {
  readonly verdict: string
  readonly leak: boolean
  readonly attacks: readonly Attack[]
  readonly warnings?: readonly string[]
}

interface UnlearnRecord {
  readonly method: string
  readonly moved: number
  readonly rows: number
  readonly scope: string
  readonly warnings: readonly string[]
  readonly audit: { readonly before: AuditRecord; readonly after: AuditRecord }
}

export interface Finished {
  /** The result as JSON, as the command line prints it. */
  readonly result: string
  readonly exitCode: number
  readonly files: readonly NamedFile[]
  readonly command: string
}

export function auditedView(finished: Finished): HTMLElement {
  const record = JSON.parse(finished.result) as AuditRecord
  const files = [...finished.files, { name: 'audit.json', content: new Blob([finished.result]) }]
  return element(
    'div',
    {},
    element('p', { class: record.leak ? 'verdict leak' : 'verdict' }, verdictInWords(record.verdict)),
    attackTable(record.attacks),
    ...downloads(files),
    ...repeat(finished.command),
  )
}

export function unlearnedView(finished: Finished): HTMLElement {
  const record = JSON.parse(finished.result) as UnlearnRecord
  const { before, after } = record.audit
  return element(
    'div',
    {},
    element(
      'p',
      { class: before.leak ? 'verdict leak' : 'verdict' },
      element('b', {}, 'Before. '),
      verdictInWords(before.verdict),
    ),
    element(
      'p',
      { class: after.leak ? 'verdict leak' : 'verdict' },
      element('b', {}, 'After. '),
      verdictInWords(after.verdict),
    ),
    element(
      'p',
      {},
      `${grouped(record.moved)} of ${counted(record.rows, 'user', grouped(record.rows))} were moved. ${record.scope}`,
    ),
    ...(finished.exitCode === 0
      ? []
      : [element('p', { class: 'caution' }, 'The new table gives away more than before.')]),
    ...(record.warnings.length > 0 ? [warningList(record.warnings)] : []),
    attackTable(before.attacks, after.attacks),
    ...downloads(finished.files),
    ...repeat(finished.command),
  )
}

function repeat(command: string): HTMLElement[] {
  return [element('h3', {}, 'The same from the command line'), commandLine(command)]
}

/** The strongest first; those after are of the same attacks on another table. */
function attackTable(before: readonly Attack[], after?: readonly Attack[]): HTMLElement {
  const order = before.map((_, at) => at).sort((a, b) => before[b]!.foldedAuc.value - before[a]!.foldedAuc.value)
  const head = ['Attacker', ...(after ? ['Before', 'After'] : ['Folded AUC'])]
  return element(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Attacks' },
    element(
      'table',
      {},
      element('caption', {}, 'Folded AUC with its 95 % interval: 0.5 is guessing, 1 tells every user'),
      element('thead', {}, element('tr', {}, ...head.map((name) => element('th', { scope: 'col' }, name)))),
      element(
        'tbody',
        {},
        ...order.map((at) => {
          const { attacker, protocol, input, foldedAuc } = before[at]!
          return element(
            'tr',
            {},
            element(
              'th',
              { scope: 'row' },
              attackerName(attacker),
              element('small', {}, `${protocolName(protocol)}, ${input}`),
            ),
            intervalCell(foldedAuc),
            ...(after ? [intervalCell(after[at]!.foldedAuc)] : []),
          )
        }),
      ),
    ),
  )
}

function intervalCell({ value, lower, upper }: Interval): HTMLElement {
  return element(
    'td',
    {},
    element('b', {}, value.toFixed(3)),
    ' ',
    element('span', { class: 'interval' }, `${lower.toFixed(3)}–${upper.toFixed(3)}`),
  )
}

const kinds: readonly (readonly [end: string, words: string])[] = [
  ['.html', 'Report'],
  ['.ids.csv', 'Ids of the rows'],
  ['.json', 'Record, JSON'],
]

function downloads(files: readonly NamedFile[]): HTMLElement[] {
  const links = files.map(({ name, content }) => {
    const words = kinds.find(([end]) => name.endsWith(end))?.[1] ?? 'New table'
    return element('li', {}, element('a', { href: URL.createObjectURL(content), download: name }, `${words}: ${name}`))
  })
  const compressed = files.some(({ name }) => name.endsWith('.npz'))
  return [
    element('h3', {}, 'Take along'),
    element('ul', { class: 'downloads' }, ...links),
    ...(compressed ? [element('p', { class: 'soft' }, ofNpz)] : []),
  ]
}

const ofNpz =
  'Where the npz file that came in is compressed, the new one holds the same arrays as the command line’s, in other ' +
  'bytes: a page has no zlib, and stores them uncompressed. One that came uncompressed has the same bytes, too.'
