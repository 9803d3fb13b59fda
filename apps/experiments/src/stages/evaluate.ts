/**
 * @file evaluate: recommendation quality on the test items, with user tables as trained or as changed, or of a
 * yardstick.
 */

import { matrix, type Json, type Labels, type Matrix } from '@indistinct/core'
import { bootstrapMean, hitRatioDefinitions, hitRatioPerUser, ndcgPerUser } from '@indistinct/metrics'
import { seenInTraining, topK } from '@indistinct/recommenders'
import type { Choice } from '@indistinct/stages'
import { readMatricesOf, readMatrixOf } from '../store/artifact-folder.ts'
import { yardstickNamed } from '../store/components.ts'
import { readLabels, readSplit } from '../store/prepared-data.ts'
import { upstreamOf, type StageContext } from '../store/stage-context.ts'
import { restoredModel } from '../store/restored-model.ts'
import type { UtilityFigure } from '../store/results.ts'

const cutoffs = [5, 10]

/**
 * Writes utility.json: NDCG and hit ratios by their named definitions at 5 and 10, for all users and for each class;
 * and per-user.npy, a column for each of these measures. With the original's figures upstream (`before`), each has its
 * change. A yardstick is fitted here: it has no table to be kept.
 */
export async function run(context: StageContext): Promise<void> {
  const { attribute, yardstick } = context.parameters as unknown as { attribute: string; yardstick?: Choice }
  const prepared = upstreamOf(context, 'prepare')
  const split = readSplit(prepared)
  const labels = readLabels(prepared, attribute)
  const lists = await (yardstick ? listsOfYardstick(yardstick, split) : listsOfModel(context, split))
  const before =
    context.upstream['before'] === undefined ? undefined : readMatrixOf(upstreamOf(context, 'before'), 'per-user')
  const columns: Float64Array[] = []
  const figures: UtilityFigure[] = []
  for (const k of cutoffs) {
    const measures = [
      { metric: 'NDCG', definition: 'full ranking', perUser: ndcgPerUser(lists, split.test, k) },
      ...hitRatioDefinitions.map((definition) => ({
        metric: 'HR',
        definition: `full ranking, ${definition}`,
        perUser: hitRatioPerUser(lists, split.test, k, definition),
      })),
    ]
    for (const { metric, definition, perUser } of measures) {
      const own = columnOf(before, columns.length)
      columns.push(perUser)
      for (const group of [undefined, ...labels.classes]) {
        const members = (values: Float64Array): Float64Array =>
          group === undefined ? values : ofClass(values, labels, group)
        const figure = meanOf(members(perUser))
        const change = own && meanOf(members(perUser.map((value, user) => Math.fround(value) - own[user]!)))
        if (figure)
          figures.push({
            metric,
            k,
            definition,
            ...(group !== undefined && { group }),
            ...figure,
            ...(change && { change: { value: change.value, lower: change.lower, upper: change.upper } }),
          })
      }
    }
  }
  const perUser = matrix(split.users, columns.length)
  columns.forEach((values, column) =>
    values.forEach((value, user) => (perUser.data[user * columns.length + column] = value)),
  )
  context.artifact.matrix('per-user', perUser)
  context.artifact.json('utility', figures as unknown as Json)
}

const longest = Math.max(...cutoffs)

type Split = ReturnType<typeof readSplit>

async function listsOfModel(context: StageContext, split: Split): Promise<Int32Array> {
  const trained = upstreamOf(context, 'train')
  const tablesFrom = upstreamOf(context, 'tables')
  const model = await restoredModel(trained, split)
  const replaced: Record<string, Matrix> = tablesFrom === trained ? {} : readMatricesOf(tablesFrom, 'tables')
  return topK(model, replaced, split, longest)
}

async function listsOfYardstick({ name, options }: Choice, split: Split): Promise<Int32Array> {
  const fitted = (await yardstickNamed(name))(split, options)
  return fitted.rank(seenInTraining(split), longest)
}

/** Column `at` of `m`, or undefined without it. */
function columnOf(m: Matrix | undefined, at: number): Float32Array | undefined {
  return m && Float32Array.from({ length: m.rows }, (_, user) => m.data[user * m.cols + at]!)
}

function ofClass(perUser: Float64Array, labels: Labels, name: string): Float64Array {
  const code = labels.classes.indexOf(name)
  return perUser.filter((_, user) => labels.codes[user] === code)
}

/**
 * The interval comes from users drawn again, under a fixed seed: before and after then differ by the tables alone. That
 * of differences is paired: each draw takes a user's figure before along with the one after.
 */
function meanOf(perUser: Float64Array): Pick<UtilityFigure, 'users' | 'value' | 'lower' | 'upper'> | undefined {
  const users = perUser.reduce((count, value) => count + (Number.isNaN(value) ? 0 : 1), 0)
  if (users === 0) return undefined
  const { mean, lower, upper } = bootstrapMean(perUser, { seed: 0 })
  return { users, value: mean, lower, upper }
}
