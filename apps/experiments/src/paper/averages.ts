/** @file Averages of the paper's cells, as its text forms them or should have. */

import { paperCells, type PaperCell } from './paper-tables.ts'

/** The paper's cell of every data set and recommender that `datasets` keeps, in one order. */
export function cellsOver(
  about: Pick<PaperCell, 'table' | 'method' | 'measure' | 'attacker'>,
  datasets: (name: string) => boolean,
): PaperCell[] {
  return paperCells().filter(
    (cell) =>
      cell.table === about.table &&
      cell.method === about.method &&
      cell.measure === about.measure &&
      cell.attacker === about.attacker &&
      datasets(cell.dataset),
  )
}

/** All data sets of the paper; the two that are at hand. */
export const everyDataset = (): boolean => true
export const movieLens = (name: string): boolean => name.startsWith('ml-')

/**
 * By how many per cent the mean over data sets and recommenders changed against the original's: how the text averages
 * its AUCs.
 */
export function changeOfMeans(
  about: Pick<PaperCell, 'table' | 'method' | 'measure' | 'attacker'>,
  datasets: (name: string) => boolean,
): number {
  const after = cellsOver(about, datasets)
  const before = cellsOver({ ...about, method: 'original' }, datasets)
  return 100 * (meanOf(after.map(({ value }) => value)) / meanOf(before.map(({ value }) => value)) - 1)
}

/** Mean over data sets, recommenders and `measures` of the change against the original, per cent. */
export function meanOfChanges(
  method: string,
  measures: readonly string[],
  datasets: (name: string) => boolean,
): number {
  return meanOf(
    measures.flatMap((measure) => {
      const after = cellsOver({ table: 'table-4', method, measure }, datasets)
      const before = cellsOver({ table: 'table-4', method: 'original', measure }, datasets)
      return after.map(({ value }, at) => 100 * (value / before[at]!.value - 1))
    }),
  )
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
