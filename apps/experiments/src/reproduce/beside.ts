/** @file Our figure beside the paper's: the difference, and whether the paper's lies in our interval. */

import { meanEstimate } from '@indistinct/metrics'
import { paperCell, paperDataset, type PaperCell } from '../paper/paper-tables.ts'
import type { ModelSeries } from './results-file.ts'

/** One cell of a table, as its JSON has it. */
export interface Beside {
  readonly dataset: string
  /** Of Table 2 alone: all users, women or men. */
  readonly group?: string
  readonly recommender?: string
  readonly method?: string
  readonly attacker?: string
  readonly measure: string
  /** Mean over repetitions, or a count. */
  readonly ours: number
  readonly n?: number
  readonly deviation?: number
  /** 95 % interval of the mean; absent for one repetition. */
  readonly lower?: number
  readonly upper?: number
  readonly paper?: {
    /** As printed. */
    readonly printed: string
    /** Where the paper's is another data set than ours, whose figures cannot be the same. */
    readonly otherDataset?: string
  }
  /** Ours less the paper's. */
  readonly difference?: number
  /** Absent for one repetition, and for another data set. */
  readonly inInterval?: boolean
}

/** One measured quantity of every model of a (data set, recommender). */
export interface Measured {
  readonly table: PaperCell['table']
  readonly dataset: string
  readonly recommender: string
  readonly attacker?: string
  /** As the table calls it. */
  readonly measure: string
  /** What the paper calls it; `measure` when absent, and nothing where it has no such figure. */
  readonly paperMeasure?: string | false
  readonly digits: number
  /** Which is better, for the choice of the best other method; `half`: the closest to one half. */
  readonly better: 'low' | 'high' | 'half'
  /** Values by repetition, or undefined where a model lacks the quantity. */
  readonly valuesOf: (model: ModelSeries) => readonly number[] | undefined
}

/** The cell of `model`; undefined where it lacks the quantity. */
export function beside(measured: Measured, model: ModelSeries): Beside | undefined {
  const { table, dataset, recommender, attacker, measure, paperMeasure = measure } = measured
  const values = measured.valuesOf(model)
  if (values === undefined || values.length === 0) return undefined
  const { mean, ...spread } = meanEstimate(values)
  const about = { dataset, recommender, method: model.method, ...(attacker !== undefined && { attacker }) }
  const paper = paperMeasure === false ? undefined : paperCell({ ...about, table, measure: paperMeasure })
  return { ...about, measure, ours: mean, ...spread, ...(paper && besidePaper(dataset, mean, spread, paper)) }
}

function besidePaper(
  dataset: string,
  mean: number,
  { lower, upper }: { lower?: number; upper?: number },
  { printed, value }: PaperCell,
): Pick<Beside, 'paper' | 'difference' | 'inInterval'> {
  const other = paperDataset(dataset) === dataset ? undefined : paperDataset(dataset)
  return {
    paper: { printed, ...(other !== undefined && { otherDataset: other }) },
    difference: mean - value,
    ...(other === undefined &&
      lower !== undefined &&
      upper !== undefined && { inInterval: lower <= value && value <= upper }),
  }
}
