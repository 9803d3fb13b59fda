/** @file Claims about Figures 2 to 4: Sections 4.2.4, 4.2.5 and B.2. */

import { meanOf } from '../paper/averages.ts'
import type { Group } from '../reproduce/groups.ts'
import { headlineFigure } from '../reproduce/series.ts'
import { given, modelOf } from './cells-of.ts'
import { type Claim, verdictOf } from './claim.ts'
import type { Dimension, Swept } from './figure-numbers.ts'

/** Committed pictures of one model. */
export interface Pictured {
  /** As files are named: `ml-100k-nmf`. */
  readonly model: string
  /** As pages name it: `ML-100K: NMF`. */
  readonly title: string
  /** Whether the paper has the same data set. */
  readonly compared: boolean
  /** None where alpha was not swept. */
  readonly swept: readonly Swept[]
  /** Whether there is a map of users. */
  readonly mapped: boolean
  readonly dimensions: Readonly<Record<'u2u-r' | 'd2d-r', readonly Dimension[]>>
}

export function pictureClaims(groups: readonly Group[], pictured: readonly Pictured[]): Claim[] {
  const compared = pictured.filter((each) => each.compared)
  return [...sweepClaims(compared), ...answerClaims(groups), ...dimensionClaims(compared)]
}

/** Of the sweeps over alpha. */
function sweepClaims(pictured: readonly Pictured[]): Claim[] {
  const spans = (method: string, kind: 'AUC' | 'NDCG'): number[] =>
    pictured.flatMap(({ swept }) =>
      swept
        .filter((line) => line.method === method && line.measure.startsWith(kind))
        .map(
          ({ points }) => Math.max(...points.map(({ value }) => value)) - Math.min(...points.map(({ value }) => value)),
        ),
    )
  const most = (method: string): string =>
    `AUC moves by up to ${Math.max(...spans(method, 'AUC')).toFixed(2)}, NDCG@10 by up to ${Math.max(
      ...spans(method, 'NDCG'),
    ).toFixed(3)}`
  const rising = pictured.flatMap(({ swept }) =>
    swept
      .filter(({ method }) => method === 'd2d-r')
      .map(({ points }) => {
        const ordered = [...points].sort((a, b) => a.alpha - b.alpha)
        return ordered.at(-1)!.value > ordered[0]!.value
      }),
  )
  return [
    {
      section: '4.2.4, Figure 2',
      claim: 'U2U-R hardly changes with alpha',
      paper: 'a picture',
      here: most('u2u-r'),
      verdict: verdictOf([
        ...spans('u2u-r', 'AUC').map((span) => span < 0.1),
        ...spans('u2u-r', 'NDCG').map((span) => span < 0.01),
      ]),
      why: 'Its loss sums over all pairs, so that alpha up to 1 weighs little.',
    },
    {
      section: '4.2.4, Figure 2',
      claim: 'D2D-R hardly changes with alpha',
      paper: 'a picture',
      here: most('d2d-r'),
      verdict: verdictOf([
        ...spans('d2d-r', 'AUC').map((span) => span < 0.1),
        ...spans('d2d-r', 'NDCG').map((span) => span < 0.01),
      ]),
      why: 'From 1e-4 to 1e-2 it goes from hidden to untouched: the norm sums over users, MMD^2 does not.',
    },
    {
      section: '4.2.4, Figure 2',
      claim: 'A smaller alpha lets D2D-R hide more and rank worse',
      paper: 'a picture',
      here: `so on ${rising.filter(Boolean).length} of ${rising.length} lines`,
      verdict: verdictOf(rising),
      why: 'That is the trade-off itself.',
    },
  ]
}

/** Of what attackers answer. */
function answerClaims(groups: readonly Group[]): Claim[] {
  const recalls = groups.flatMap((group) =>
    given(headlineFigure(modelOf(group, 'u2u-r'), 'mlp', 'recall'), group.title),
  )
  const oneSided = recalls.map((recall) => recall < 0.02 || recall > 0.98)
  const trees = groups.map((group) =>
    meanOf(given(headlineFigure(modelOf(group, 'u2u-r'), 'xgb', 'accuracy'), group.title)),
  )
  return [
    {
      section: 'B.2, Figure 3',
      claim: 'After U2U-R the MLP puts all users into one class',
      paper: 'LightGCN, ML-1M',
      here: `in ${oneSided.filter(Boolean).length} of ${recalls.length} repetitions`,
      verdict: verdictOf(oneSided),
      why: 'So with NMF. LightGCN’s table is larger than 5,000 steps of 0.001 can collapse.',
    },
    {
      section: 'B.2, Figure 3',
      claim: 'After U2U-R the answers of XGBoost are about the truth',
      paper: 'LightGCN, ML-1M',
      here: `accuracy ${Math.min(...trees).toFixed(2)} to ${Math.max(...trees).toFixed(2)}`,
      verdict: verdictOf(trees.map((accuracy) => accuracy > 0.9)),
      why: 'As in Table 3.',
    },
  ]
}

/** Of the distributions of single dimensions. */
function dimensionClaims(pictured: readonly Pictured[]): Claim[] {
  const mean = (
    model: Pictured,
    method: 'u2u-r' | 'd2d-r',
    phase: Dimension['phase'],
    figure: 'ks' | 'range' | 'meanDifference',
  ): number => meanOf(model.dimensions[method].filter((each) => each.phase === phase).map((each) => each[figure]))
  const moved = (method: 'u2u-r' | 'd2d-r', figure: 'ks' | 'meanDifference'): string =>
    pictured
      .map(
        (each) =>
          `${each.title.replace(': ', ' ')} ${mean(each, method, 'before', figure).toFixed(2)} to ${mean(
            each,
            method,
            'after',
            figure,
          ).toFixed(2)}`,
      )
      .join(', ')
  return [
    {
      section: '4.2.5, Figure 4',
      claim: 'U2U-R draws both classes to the mean of the embedding',
      paper: 'a picture',
      here: `difference of means, in deviations: ${moved('u2u-r', 'meanDifference')}`,
      verdict: verdictOf(
        pictured.map(
          (each) => mean(each, 'u2u-r', 'after', 'meanDifference') < mean(each, 'u2u-r', 'before', 'meanDifference'),
        ),
      ),
      why: 'Means meet. But the classes overlap less than before, as their KS distances say.',
    },
    {
      section: '4.2.5',
      claim: 'U2U-R makes users of both classes more alike',
      paper: 'a picture',
      here: `mean KS distance of a dimension: ${moved('u2u-r', 'ks')}`,
      verdict: verdictOf(
        pictured.map((each) => mean(each, 'u2u-r', 'after', 'ks') < mean(each, 'u2u-r', 'before', 'ks')),
      ),
      why: 'A needle in a wider needle is told apart by its width.',
    },
    {
      section: '4.2.5, Figure 4',
      claim: 'D2D-R makes the classes overlap more and keeps their shapes',
      paper: 'a picture',
      here: `mean KS distance of a dimension: ${moved('d2d-r', 'ks')}`,
      verdict: verdictOf(
        pictured.map((each) => mean(each, 'd2d-r', 'after', 'ks') < mean(each, 'd2d-r', 'before', 'ks')),
      ),
      why: 'Measured dimension by dimension; together they may still tell.',
    },
  ]
}
