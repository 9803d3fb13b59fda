/**
 * @file What the paper reports, as far as it is at hand: statements of its text and figures quoted from its tables. The
 * single cells of its Tables 3, 4 and 5 are not in this repository, nor among the files of the authors' own (code and
 * settings, no results); tables print a dash for them, and no number is made up. Add a value here, with its source, and
 * every table shows it beside ours.
 */

export interface PaperValue {
  readonly table: 'table-3' | 'table-4' | 'table-5'
  /** What the value is of; an absent dimension stands for all of it. */
  readonly dataset?: string
  readonly recommender?: string
  readonly method: string
  readonly attacker?: string
  /** `auc`, `seconds`, or the name of a metric in Table 4. */
  readonly measure: string
  readonly stated: Stated
  readonly source: string
}

/** A number, a range that single cells lie in, or a bound. */
export type Stated =
  | { readonly kind: 'value'; readonly value: number }
  | { readonly kind: 'range'; readonly from: number; readonly to: number }
  | { readonly kind: 'above'; readonly bound: number }
  | { readonly kind: 'chance' }

export const paperValues: readonly PaperValue[] = [
  {
    table: 'table-3',
    method: 'u2u-r',
    attacker: 'xgb',
    measure: 'auc',
    stated: { kind: 'above', bound: 0.95 },
    source: 'Table 3: the AUC of XGB after U2U-R is above 0.95',
  },
  {
    table: 'table-3',
    method: 'u2u-r',
    attacker: 'mlp',
    measure: 'auc',
    stated: { kind: 'chance' },
    source: 'Table 3: MLP is at chance after U2U-R',
  },
  {
    table: 'table-5',
    dataset: 'ml-1m',
    method: 'd2d-r',
    measure: 'seconds',
    stated: { kind: 'range', from: 29, to: 61 },
    source: 'Table 5: D2D-R on ML-1M takes 29 to 61 s on an RTX 3090, over its recommenders',
  },
]

/** Mean change of NDCG against the original over data sets and recommenders, per cent. */
export interface StatedChange {
  readonly method: string
  /** What the text claims. */
  readonly text: number
  /** What the cells of its Table 4 average to. */
  readonly table: number
}

export const paperChanges: readonly StatedChange[] = [
  { method: 'u2u-r', text: -5.3, table: -11 },
  { method: 'd2d-r', text: 6.28, table: -0.2 },
]

/** What the paper's Table 2 says where it is known: counts by class of users, and of ratings. */
export interface PaperCounts {
  readonly dataset: string
  readonly users?: number
  readonly items?: number
  readonly interactions?: number
  readonly women?: number
  readonly men?: number
  readonly ratingsOfWomen?: number
  readonly ratingsOfMen?: number
  readonly note: string
}

export const paperCounts: readonly PaperCounts[] = [
  {
    dataset: 'ml-100k',
    ratingsOfWomen: 74_260,
    ratingsOfMen: 25_740,
    note: 'the paper has the ratings of women and men of ML-100K swapped, and counts items before its filter',
  },
  {
    dataset: 'ml-1m',
    women: 1079,
    note: 'the paper has 1,079 women in ML-1M for 1,709, and counts items before its filter',
  },
  {
    dataset: 'lfm-2b',
    users: 19_972,
    items: 99_639,
    interactions: 2_829_503,
    women: 4415,
    men: 15_557,
    note: 'LFM-2B is withdrawn from public access; the twin is generated from published statistics',
  },
]

/** Data sets that the paper reports on. */
const paperDatasets: readonly string[] = ['ml-100k', 'ml-1m', 'lfm-2b']

/** The statement about one cell, if there is one. */
export function paperValueOf(cell: {
  readonly table: PaperValue['table']
  readonly dataset: string
  readonly recommender: string
  readonly method: string
  readonly attacker?: string
  readonly measure: string
}): PaperValue | undefined {
  if (!paperDatasets.includes(cell.dataset)) return undefined
  return paperValues.find(
    (value) =>
      value.table === cell.table &&
      value.method === cell.method &&
      value.measure === cell.measure &&
      value.attacker === cell.attacker?.replace(/-official$/, '') &&
      (value.dataset ?? cell.dataset) === cell.dataset &&
      (value.recommender ?? cell.recommender) === cell.recommender,
  )
}
