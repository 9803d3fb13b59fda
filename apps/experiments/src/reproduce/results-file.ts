/**
 * @file Results of a data set under a protocol, as they are committed: one value a repetition of every figure, nothing
 * about single users. Tables are generated from these files and hold nothing else.
 */

import { existsSync, readFileSync } from 'node:fs'
import { jsonText, fileError, writeFileAtomic, type Json } from '@indistinct/core'
import type { DatasetDescription } from '@indistinct/datasets'

export const resultsSchema = 'indistinct.reproduce/1'

export interface ResultsFile {
  readonly schema: typeof resultsSchema
  readonly protocol: string
  readonly dataset: string
  readonly attribute: string
  /** As loaded, and after the 5-core filter. */
  readonly data?: { readonly loaded: DatasetDescription; readonly kept: DatasetDescription }
  readonly models: readonly ModelSeries[]
  /** What others are held against on the same splits; absent where none was run. */
  readonly yardsticks?: readonly YardstickSeries[]
}

/** One recommender without user tables: quality is all there is of it. */
export interface YardstickSeries extends Pick<ModelSeries, 'options' | 'seeds' | 'utility'> {
  readonly name: string
}

/** One method on one recommender; every list has a value for each of `seeds`, in their order. */
export interface ModelSeries {
  readonly recommender: string
  /** `original` without unlearning. */
  readonly method: string
  readonly options: Json
  readonly seeds: readonly number[]
  readonly attacks: readonly AttackSeries[]
  readonly utility: readonly UtilitySeries[]
  /** Wall-clock of the stage that made the model: training, training anew, or unlearning. */
  readonly seconds: readonly number[]
  /** Processor time of all threads of that stage; absent where it was not measured. */
  readonly cpuSeconds?: readonly number[]
  /** What a reader must know of this series, such as that its code has changed since. A new run takes its place. */
  readonly note?: string
}

export const attackFigures = ['auc', 'foldedAuc', 'accuracy', 'balancedAccuracy', 'precision', 'recall'] as const
export type AttackFigure = (typeof attackFigures)[number]

export interface AttackSeries {
  readonly attacker: string
  readonly protocol: string
  readonly table: string
  readonly input: 'raw' | 'standardised' | 'whitened'
  readonly figures: { readonly [figure in AttackFigure]?: readonly number[] }
}

export interface UtilitySeries {
  readonly metric: string
  readonly k: number
  readonly definition: string
  readonly values: readonly number[]
}

/** The file at `path`, or undefined where there is none. */
export function readResults(path: string): ResultsFile | undefined {
  if (!existsSync(path)) return undefined
  try {
    const file = JSON.parse(readFileSync(path, 'utf8')) as ResultsFile
    if (file.schema !== resultsSchema)
      throw new Error(`expected schema ${resultsSchema}, got ${JSON.stringify(file.schema)}`)
    return file
  } catch (cause) {
    throw fileError(`cannot read the results ${path}: ${(cause as Error).message}; move the file away and run again`, {
      cause,
    })
  }
}

export function writeResults(path: string, file: ResultsFile): void {
  writeFileAtomic(path, jsonText(file, 1))
}

/**
 * `made` over `known`: a model that was made again takes the place of the older one.
 * @throws IndistinctError 'file' where rows of another attribute, or of data with another filter, would stay beside.
 */
export function mergeResults(known: ResultsFile | undefined, made: ResultsFile): ResultsFile {
  if (known === undefined) return made
  const key = ({ recommender, method }: ModelSeries): string => `${recommender} ${method}`
  const fresh = new Set(made.models.map(key))
  const yardsticks = [
    ...(known.yardsticks ?? []).filter(({ name }) => !made.yardsticks?.some((each) => each.name === name)),
    ...(made.yardsticks ?? []),
  ]
  const kept = known.models.filter((model) => !fresh.has(key(model)))
  const olderYardsticks = yardsticks.length > (made.yardsticks?.length ?? 0)
  if (kept.length > 0 || olderYardsticks) expectAlike(known, made)
  return {
    ...known,
    ...made,
    models: [...kept, ...made.models],
    ...(yardsticks.length > 0 && { yardsticks }),
  }
}

/** One file is about one attribute of one data set: its tables compare all of its rows. */
function expectAlike(known: ResultsFile, made: ResultsFile): void {
  const about = ({ attribute, data }: ResultsFile): [string, string] => {
    const { users, items, interactions } = data?.kept ?? {}
    return [attribute, data === undefined ? '' : `${users} users, ${items} items and ${interactions} interactions`]
  }
  const [before, after] = [about(known), about(made)]
  const differs = before.findIndex((each, at) => each !== after[at] && each !== '' && after[at] !== '')
  if (differs >= 0)
    throw fileError(
      `results of ${made.dataset} under ${made.protocol}: expected ${before[differs]}, as the rows have that are ` +
        `there, got ${after[differs]}; name another folder by --out, or move the file away`,
    )
}
