/** @file What the paper prints: the cells of its Tables 2 to 5 and the averages of its text. */

import { readFileSync } from 'node:fs'

/** One number as printed, such as `0.6465`; its digits say how exactly it is known. */
export interface PaperCell {
  readonly table: 'table-3' | 'table-4' | 'table-5'
  readonly dataset: string
  readonly recommender: string
  readonly method: string
  /** Of Table 3 alone. */
  readonly attacker?: string
  /** accuracy, precision, recall, auc; ndcg@5 … hr@10; seconds. */
  readonly measure: string
  readonly printed: string
  readonly value: number
}

/** A row of Table 2: all users, women or men. A count that the row does not have is absent. */
export interface PaperCounts {
  readonly dataset: string
  readonly group: 'total' | 'female' | 'male'
  readonly users: number
  readonly items?: number
  readonly ratings: number
  readonly sparsityPercent: number
}

/** An average that the text states. */
export interface PaperStatement {
  readonly section: string
  readonly figure: string
  readonly method: string
  readonly attacker?: string
  readonly value: number
}

export function paperCells(): readonly PaperCell[] {
  return (cells ??= (['table-3', 'table-4', 'table-5'] as const).flatMap((table) =>
    rowsOf(table).flatMap(({ dataset, recommender, method, attacker, ...measures }) =>
      Object.entries(measures).map(([measure, printed]): PaperCell => ({
        table,
        dataset: dataset!,
        recommender: recommender!,
        method: method!,
        ...(attacker !== undefined && { attacker }),
        measure,
        printed: printed!,
        value: Number(printed),
      })),
    ),
  ))
}
let cells: readonly PaperCell[] | undefined

export function paperCounts(): readonly PaperCounts[] {
  return rowsOf('table-2').map(({ dataset, group, users, items, ratings, sparsity_percent }) => ({
    dataset: dataset!,
    group: group as PaperCounts['group'],
    users: Number(users),
    ...(items !== '' && { items: Number(items) }),
    ratings: Number(ratings),
    sparsityPercent: Number(sparsity_percent),
  }))
}

export function paperStatements(): readonly PaperStatement[] {
  return rowsOf('statements').map(({ section, figure, method, attacker, value }) => ({
    section: section!,
    figure: figure!,
    method: method!,
    ...(attacker !== '' && { attacker: attacker! }),
    value: Number(value),
  }))
}

/** The twin of LFM-2B stands beside LFM-2B, and is another data set. */
export const twin = 'lfm-2b-synthetic'

/** The paper's name of a data set of ours. */
export function paperDataset(dataset: string): string {
  return dataset === twin ? 'lfm-2b' : dataset
}

/** The cell that stands beside ours, if there is one; attackers of the authors' code stand beside the paper's. */
export function paperCell(
  about: Pick<PaperCell, 'table' | 'dataset' | 'recommender' | 'method' | 'measure'> & { readonly attacker?: string },
): PaperCell | undefined {
  const { table, dataset, recommender, method, measure, attacker } = about
  return paperCells().find(
    (cell) =>
      cell.table === table &&
      cell.dataset === paperDataset(dataset) &&
      cell.recommender === recommender &&
      cell.method === method &&
      cell.measure === measure.toLowerCase() &&
      cell.attacker === attacker?.replace(/-official$/, ''),
  )
}

/** Rows of a file without quotes, by the names of its first line. */
function rowsOf(name: string): Record<string, string>[] {
  const text = readFileSync(new URL(`../../paper/${name}.csv`, import.meta.url), 'utf8')
  const [header, ...lines] = text.trimEnd().split('\n')
  const names = header!.split(',')
  return lines.map((line) => Object.fromEntries(line.split(',').map((value, at) => [names[at]!, value])))
}
