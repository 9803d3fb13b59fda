/** @file A page of tables with notes, and two of its forms: Markdown and LaTeX. */

import type { Beside } from './beside.ts'

export interface Block {
  readonly heading: string
  /** Text under the heading. */
  readonly note?: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** What the rows show, each figure beside the paper's. */
  readonly cells?: readonly Beside[]
}

export interface Page {
  readonly title: string
  readonly introduction: readonly string[]
  readonly blocks: readonly Block[]
  readonly notes: readonly string[]
}

/** `page` as Markdown. */
export function markdownOf({ title, introduction, blocks, notes }: Page): string {
  const parts = [`# ${title}`, ...introduction]
  let section: string | undefined
  for (const { heading, note, columns, rows } of blocks) {
    const [own, rest] = divided(heading)
    if (own !== section) parts.push(`## ${own}`)
    section = own
    if (rest !== '') parts.push(`### ${rest}`)
    if (note !== undefined) parts.push(note)
    const lines = [columns, columns.map((_, at) => (at === 0 ? '---' : '--:')), ...rows].map(
      (row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`,
    )
    parts.push(lines.join('\n'))
  }
  if (notes.length > 0) parts.push('## Notes', notes.map((note) => `- ${note}`).join('\n'))
  return `${parts.join('\n\n')}\n`
}

/** `page` as LaTeX: one tabular a block (booktabs), to be input into a document. */
export function latexOf({ title, introduction, blocks, notes }: Page): string {
  const tables = blocks.map(({ heading, note, columns, rows }) =>
    [
      '\\begin{table}[t]',
      '\\centering',
      '\\small',
      `\\caption{${escaped(`${title}. ${heading}.${note === undefined ? '' : ` ${note}`}`)}}`,
      `\\begin{tabular}{l${'r'.repeat(columns.length - 1)}}`,
      '\\toprule',
      `${columns.map(escaped).join(' & ')} \\\\`,
      '\\midrule',
      ...rows.map((row) => `${row.map(escaped).join(' & ')} \\\\`),
      '\\bottomrule',
      '\\end{tabular}',
      '\\end{table}',
    ].join('\n'),
  )
  const comments = [...introduction, ...notes].map((line) => `% ${line}`)
  return `${[comments.join('\n'), ...tables].join('\n\n')}\n`
}

/** "ML-100K: NMF, mlp" is the section ML-100K and the table NMF, mlp. */
function divided(heading: string): [string, string] {
  const at = heading.indexOf(': ')
  return at < 0 ? [heading, ''] : [heading.slice(0, at), heading.slice(at + 2)]
}

const specials: { readonly [character: string]: string } = {
  '\\': '\\textbackslash{}',
  '&': '\\&',
  '%': '\\%',
  $: '\\$',
  '#': '\\#',
  _: '\\_',
  '{': '\\{',
  '}': '\\}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '–': '--',
  '±': '$\\pm$',
  '≥': '$\\geq$',
  '<': '$<$',
  '>': '$>$',
  '|': '\\textbar{}',
  '×': '$\\times$',
  '`': '',
}

function escaped(text: string): string {
  return [...text].map((character) => specials[character] ?? character).join('')
}
