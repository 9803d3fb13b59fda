/** @file Tables 2 to 5 from results files, as pages. */

import { meanEstimate } from '@indistinct/metrics'
import { experimentProtocol, stepsOf } from '../experiment-protocol.ts'
import { paperChanges, paperCounts, paperValues } from '../paper-values.ts'
import { headlineTable } from '../store/headline-table.ts'
import { dash, measuredCells, measuredColumns, type Measured } from './cells.ts'
import type { Block, Page } from './document.ts'
import { methodOrder, methodTitle } from './method-titles.ts'
import type { AttackFigure, ModelSeries, ResultsFile, YardstickSeries } from './results-file.ts'

export const pageNames = ['table-2', 'table-3', 'table-4', 'table-5'] as const
export type PageName = (typeof pageNames)[number]

const datasetTitles: { readonly [name: string]: string } = {
  'ml-100k': 'ML-100K',
  'ml-1m': 'ML-1M',
  lastfm: 'Last.fm 15K',
  oulad: 'OULAD',
  'lfm-2b': 'LFM-2B',
  'lfm-2b-synthetic': 'LFM-2B (withdrawn; generated twin)',
}
const recommenderTitles: { readonly [name: string]: string } = {
  nmf: 'NMF',
  lightgcn: 'LightGCN',
  'bpr-mf': 'BPR-MF',
  ials: 'iALS',
}
const yardstickTitles: { readonly [name: string]: string } = { ease: 'EASE' }
const dataOrder = ['ml-100k', 'ml-1m', 'lfm-2b', 'lfm-2b-synthetic', 'lastfm', 'oulad']

/** The page `name` over `files` of one protocol, which come in any order. */
export function pageOf(name: PageName, files: readonly ResultsFile[]): Page {
  const sorted = [...files].sort((a, b) => rank(dataOrder, a.dataset) - rank(dataOrder, b.dataset))
  switch (name) {
    case 'table-2':
      return dataPage(sorted)
    case 'table-3':
      return attackPage(sorted)
    case 'table-4':
      return utilityPage(sorted)
    case 'table-5':
      return timePage(sorted)
    default:
      throw new RangeError(
        `pageOf: expected one of ${pageNames.join(', ')}, got ${JSON.stringify(name satisfies never)}`,
      )
  }
}

function rank(order: readonly string[], name: string): number {
  const at = order.indexOf(name)
  return at < 0 ? order.length : at
}

/** Every (data set, recommender) with its models, methods in one order. */
function groupsOf(files: readonly ResultsFile[]): {
  title: string
  dataset: string
  recommender: string
  models: ModelSeries[]
  yardsticks: readonly YardstickSeries[]
  titleOf: (model: ModelSeries) => string
}[] {
  return files.flatMap(({ dataset, protocol, models, yardsticks = [] }) =>
    [...new Set(models.map(({ recommender }) => recommender))].map((recommender) => ({
      title: `${datasetTitles[dataset] ?? dataset}: ${recommenderTitles[recommender] ?? recommender}`,
      dataset,
      recommender,
      models: models
        .filter((model) => model.recommender === recommender)
        .sort((a, b) => rank(methodOrder, a.method) - rank(methodOrder, b.method)),
      yardsticks,
      titleOf: (model: ModelSeries) => `${methodTitle(model.method)}${cutShort(protocol, model) ?? ''}`,
    })),
  )
}

/** Says how far a method went that took fewer steps than its protocol has. */
function cutShort(protocol: string, { method, options }: ModelSeries): string | undefined {
  const { steps } = options as { steps?: number }
  const whole = stepsOf(experimentProtocol(protocol), method)
  return steps !== undefined && whole !== undefined && steps < whole ? ` (${steps} of ${whole} steps)` : undefined
}

function block(
  heading: string,
  first: string,
  measured: Measured,
  { models, titleOf }: ReturnType<typeof groupsOf>[number],
  note?: string,
): Block {
  const columns = ['method', first, ...measuredColumns.slice(1)]
  return {
    heading,
    ...(note !== undefined && { note }),
    columns,
    rows: models.map((model) => [titleOf(model), ...measuredCells(measured, model, models)]),
  }
}

/** Mean ± standard deviation. */
function short(values: readonly number[] | undefined, digits: number): string {
  if (values === undefined || values.length === 0) return dash
  const { mean, deviation } = meanEstimate(values)
  return deviation === undefined ? mean.toFixed(digits) : `${mean.toFixed(digits)} ± ${deviation.toFixed(digits)}`
}

function commonIntroduction(files: readonly ResultsFile[]): string[] {
  const protocol = experimentProtocol(files[0]!.protocol)
  const seeds = files.map(({ dataset, models }) => {
    const counts = models.map((model) => model.seeds.length)
    return (
      `${datasetTitles[dataset] ?? dataset} ` +
      `${counts.length === 0 ? 0 : Math.min(...counts) === Math.max(...counts) ? counts[0] : `${Math.min(...counts)} to ${Math.max(...counts)}`}`
    )
  })
  return [
    `Protocol \`${protocol.name}\`: ${protocol.title}. Generated from the JSON files beside it; runs: ` +
      `${seeds.join(', ')}.`,
    'Each repetition has a seed of its own for split, training, unlearning and attack. Intervals are of the ' +
      'mean, by Student’s t over repetitions. p values pair repetitions by seed: two-sided paired t-test, then ' +
      'exact Wilcoxon signed-rank, neither corrected for the number of comparisons; with n repetitions Wilcoxon’s ' +
      'p cannot be below 2^(1-n).',
  ]
}

function sourcesOf(table: string, files: readonly ResultsFile[]): string[] {
  return [
    `${dash} under “paper”: the paper’s single cells are not in this repository ` +
      '(apps/experiments/src/paper-values.ts); what is shown are its statements.',
    ...paperValues.filter((value) => value.table === table).map(({ source }) => source + '.'),
    ...files.flatMap(({ dataset, models }) =>
      models.flatMap(({ recommender, method, note }) =>
        note === undefined
          ? []
          : [
              `${datasetTitles[dataset] ?? dataset}, ${recommenderTitles[recommender] ?? recommender}, ` +
                `${methodTitle(method)}: ${note}.`,
            ],
      ),
    ),
    ...(files.some(({ protocol, models }) => models.some((model) => cutShort(protocol, model) !== undefined))
      ? ['Rows with a number of steps were cut short by `--steps`; the same command without it takes all of them.']
      : []),
    ...(files.some(({ dataset }) => dataset === 'lfm-2b-synthetic')
      ? [
          'LFM-2B’s interactions are withdrawn from public access. Its rows show a twin generated from published ' +
            'statistics, with a planted leak: they compare methods with each other, not with the paper.',
        ]
      : []),
  ]
}

/** Largest folded AUC over user tables and forms of input, repetition by repetition. */
function worstFolded(model: ModelSeries, attacker: string): number[] | undefined {
  const lists = model.attacks
    .filter((attack) => attack.attacker === attacker)
    .flatMap(({ figures }) => (figures.foldedAuc ? [figures.foldedAuc] : []))
  if (lists.length === 0) return undefined
  return model.seeds.map((_, at) => Math.max(...lists.map((list) => list[at]!)))
}

function headlineFigure(model: ModelSeries, attacker: string, figure: AttackFigure): readonly number[] | undefined {
  const own = model.attacks.filter((attack) => attack.attacker === attacker && attack.input === 'raw')
  const table =
    own.length === 0
      ? undefined
      : headlineTable(
          model.recommender,
          own.map((attack) => attack.table),
        )
  return own.find((attack) => attack.table === table)?.figures[figure]
}

function attackPage(files: readonly ResultsFile[]): Page {
  const blocks = groupsOf(files).flatMap((group) => {
    const { title, dataset, recommender, models, titleOf } = group
    const attackers = [...new Set(models.flatMap(({ attacks }) => attacks.map(({ attacker }) => attacker)))]
    return attackers.flatMap((attacker): Block[] => {
      const about = { table: 'table-3', dataset, recommender, attacker, digits: 3, better: 'low' } as const
      const table = headlineTable(
        recommender,
        models[0]!.attacks.map((attack) => attack.table),
      )
      return [
        block(
          `${title}, ${attacker}`,
          'AUC',
          { ...about, better: 'half', measure: 'auc', valuesOf: (model) => headlineFigure(model, attacker, 'auc') },
          group,
          `The paper’s table (${table}), raw input.`,
        ),
        block(
          `${title}, ${attacker}, worst case`,
          'folded AUC',
          { ...about, measure: 'worst folded auc', valuesOf: (model) => worstFolded(model, attacker) },
          group,
          'Largest folded AUC of a repetition over all user tables that the method protects, raw and standardised.',
        ),
        {
          heading: `${title}, ${attacker}, threshold at one half`,
          columns: ['method', 'accuracy', 'precision', 'recall'],
          rows: models.map((model) => [
            titleOf(model),
            ...(['accuracy', 'precision', 'recall'] as const).map((figure) =>
              short(headlineFigure(model, attacker, figure), 3),
            ),
          ]),
        },
      ]
    })
  })
  return {
    title: 'Table 3: attacks',
    introduction: [
      ...commonIntroduction(files),
      'An AUC below one half is a leak as large as one above it: the folded AUC is max(a, 1 - a), whose ' +
        'expectation under guessing lies a little above one half, the more so as the largest of several is taken. ' +
        '“Best other” is the method with the mean AUC closest to one half, or with the lowest folded AUC.',
    ],
    blocks,
    notes: sourcesOf('table-3', files),
  }
}

function utilityPage(files: readonly ResultsFile[]): Page {
  const anyHit = 'full ranking, any-hit'
  const shown = [
    ['NDCG', 5, 'full ranking'],
    ['NDCG', 10, 'full ranking'],
    ['HR', 5, anyHit],
    ['HR', 10, anyHit],
  ] as const
  const others = [
    ['HR', 5, 'full ranking, hits/min(k,|T|)'],
    ['HR', 10, 'full ranking, hits/min(k,|T|)'],
    ['HR', 5, 'full ranking, hits/k'],
    ['HR', 10, 'full ranking, hits/k'],
  ] as const
  const valuesOf = (model: ModelSeries, metric: string, k: number, definition: string): readonly number[] | undefined =>
    model.utility.find((each) => each.metric === metric && each.k === k && each.definition === definition)?.values
  const groups = groupsOf(files)
  const blocks = groups.flatMap((group): Block[] => {
    const { title, dataset, recommender, models, yardsticks, titleOf } = group
    return [
      ...shown.map(([metric, k, definition]): Block => {
        const measured: Measured = {
          table: 'table-4',
          dataset,
          recommender,
          measure: `${metric}@${k}`,
          digits: 4,
          better: 'high',
          valuesOf: (model) => valuesOf(model, metric, k, definition),
        }
        const own = block(`${title}, ${metric}@${k} (${definition})`, `${metric}@${k}`, measured, group)
        return { ...own, rows: [...own.rows, ...yardsticks.map((each) => yardstickRow(each, measured, recommender))] }
      }),
      {
        heading: `${title}, other definitions of the hit ratio`,
        columns: [
          'method',
          ...others.map(([metric, k, definition]) => `${metric}@${k} (${definition.replace('full ranking, ', '')})`),
        ],
        rows: models.map((model) => [
          titleOf(model),
          ...others.map(([metric, k, definition]) => short(valuesOf(model, metric, k, definition), 4)),
        ]),
      },
    ]
  })
  return {
    title: 'Table 4: recommendation',
    introduction: [
      ...commonIntroduction(files),
      'Every item that a user has not in its training and validation ratings is ranked. “Best other” is the ' +
        'method with the highest mean.',
      ...(groups.some(({ yardsticks }) => yardsticks.length > 0)
        ? [
            'EASE ranks from items to items and has no user table, so that nothing can be unlearned from it: the ' +
              'last row says what the split allows, and is the same under each recommender.',
          ]
        : []),
    ],
    blocks: [...blocks, ...changeBlock(groups, (model, k) => valuesOf(model, 'NDCG', k, 'full ranking'))],
    notes: [
      ...sourcesOf('table-4', files),
      'The paper’s hit ratios fall from 5 to 10 in places, which no usual definition does; each table here names ' +
        'its own.',
    ],
  }
}

/** A yardstick’s row, compared with nothing. */
function yardstickRow({ name, ...series }: YardstickSeries, measured: Measured, recommender: string): string[] {
  const model: ModelSeries = { ...series, recommender, method: name, attacks: [], seconds: [] }
  return [`${yardstickTitles[name] ?? name} (yardstick)`, ...measuredCells(measured, model, [])]
}

/**
 * Mean change of NDCG@5 and @10 against the original over recommenders and MovieLens data sets, beside the paper's two.
 */
function changeBlock(
  groups: ReturnType<typeof groupsOf>,
  ndcg: (model: ModelSeries, k: number) => readonly number[] | undefined,
): Block[] {
  const real = groups.filter(({ dataset }) => dataset.startsWith('ml-'))
  const methods = [...new Set(real.flatMap(({ models }) => models.map(({ method }) => method)))]
    .filter((method) => method !== 'original')
    .sort((a, b) => rank(methodOrder, a) - rank(methodOrder, b))
  if (methods.length === 0) return []
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
  return [
    {
      heading: 'Mean change of NDCG',
      note:
        'Against the original, per cent, over NDCG@5 and NDCG@10 and the MovieLens data sets and recommenders ' +
        'above. The paper’s text and the average of its own Table 4 disagree (docs/paper-errata.md); its averages ' +
        'include LFM-2B.',
      columns: ['method', 'ours', 'paper’s text', 'paper’s table', 'ours less the table'],
      rows: methods.map((method) => {
        const changes = real.flatMap(({ models }) => {
          const own = models.find((model) => model.method === method)
          const original = models.find((model) => model.method === 'original')
          return [5, 10].flatMap((k) => {
            const [after, before] = [own && ndcg(own, k), original && ndcg(original, k)]
            return after && before ? [100 * (mean(after) / mean(before) - 1)] : []
          })
        })
        const stated = paperChanges.find((change) => change.method === method)
        const ours = changes.length === 0 ? undefined : mean(changes)
        return [
          methodTitle(method),
          percent(ours),
          percent(stated?.text),
          percent(stated?.table),
          percent(ours !== undefined && stated ? ours - stated.table : undefined),
        ]
      }),
    },
  ]
}

function percent(value: number | undefined): string {
  return value === undefined ? dash : `${value > 0 ? '+' : ''}${value.toFixed(1)}`
}

function timePage(files: readonly ResultsFile[]): Page {
  const blocks = groupsOf(files).map((group): Block => {
    const { title, dataset, recommender, models } = group
    const made = block(
      `${title}, seconds`,
      'seconds',
      {
        table: 'table-5',
        dataset,
        recommender,
        measure: 'seconds',
        digits: 2,
        better: 'low',
        valuesOf: ({ seconds }) => seconds,
      },
      group,
    )
    const mean = (values: readonly number[] | undefined): number | undefined =>
      values === undefined ? undefined : meanEstimate(values).mean
    const retrain = models.find(({ method }) => method === 'retrain')
    const ratio = (own: number | undefined, of: number | undefined): string =>
      own === undefined || of === undefined ? dash : `${(own / of).toFixed(3)} ×`
    return {
      ...made,
      columns: [
        'method',
        'stage',
        'seconds',
        'of Retrain’s',
        'processor seconds',
        'of Retrain’s',
        ...made.columns.slice(2),
      ],
      rows: made.rows.map(([name, seconds, ...rest], at) => {
        const { method, seconds: wall, cpuSeconds } = models[at]!
        return [
          name!,
          method === 'original'
            ? 'training'
            : method === 'retrain' || method === 'adversarial'
              ? 'training anew'
              : 'unlearning',
          seconds!,
          ratio(mean(wall), mean(retrain?.seconds)),
          mean(cpuSeconds)?.toFixed(2) ?? dash,
          ratio(mean(cpuSeconds), mean(retrain?.cpuSeconds)),
          ...rest,
        ]
      }),
    }
  })
  return {
    title: 'Table 5: time',
    introduction: [
      ...commonIntroduction(files),
      'Wall-clock of the stage that makes the model, on CPU, all its user tables together, with another stage ' +
        'beside it: compare methods with each other, not seconds with other machines. Processor seconds count all ' +
        'threads, and so what other work on the machine does not spoil; a dash where they were not measured. ' +
        'Unlearning starts from the trained original, training anew from nothing. “Best other” is the fastest. ' +
        'Tests are of seconds.',
    ],
    blocks,
    notes: sourcesOf('table-5', files),
  }
}

function dataPage(files: readonly ResultsFile[]): Page {
  const columns = ['', 'users', 'items', 'interactions', 'women', 'men', 'ratings of women', 'ratings of men']
  const blocks = files.flatMap(({ dataset, data }): Block[] => {
    if (!data) return []
    const counted = [
      ['as loaded', data.loaded],
      ['after the 5-core filter', data.kept],
    ] as const
    const paper = paperCounts.find(
      (each) => each.dataset === dataset || (each.dataset === 'lfm-2b' && dataset === 'lfm-2b-synthetic'),
    )
    const stated = paper && [
      paper.users,
      paper.items,
      paper.interactions,
      paper.women,
      paper.men,
      paper.ratingsOfWomen,
      paper.ratingsOfMen,
    ]
    return [
      {
        heading: datasetTitles[dataset] ?? dataset,
        columns,
        rows: [
          ...counted.map(([name, { users, items, interactions, attributes }]) => {
            const class_ = (label: string): { users: number; interactions: number } | undefined =>
              attributes['gender']?.classes.find((each) => each.label.toLowerCase().startsWith(label))
            return [
              name,
              ...[
                users,
                items,
                interactions,
                class_('f')?.users,
                class_('m')?.users,
                class_('f')?.interactions,
                class_('m')?.interactions,
              ].map(whole),
            ]
          }),
          ...(stated ? [['paper', ...stated.map(whole)]] : []),
        ],
      },
    ]
  })
  const shown = paperCounts.filter(({ dataset }) =>
    files.some((file) => file.dataset === dataset || (dataset === 'lfm-2b' && file.dataset === 'lfm-2b-synthetic')),
  )
  return {
    title: 'Table 2: data sets',
    introduction: ['Counted from the files. The paper’s row holds what is known of its Table 2, dashes elsewhere.'],
    blocks,
    notes: shown.map(({ note }) => note + '.'),
  }
}

function whole(value: number | undefined): string {
  return value === undefined ? dash : value.toLocaleString('en-GB')
}
