/** @file Table 2 from results files: data sets, counted, beside the paper's counts. */

import type { DatasetDescription } from '@indistinct/datasets'
import { paperCounts, paperDataset, type PaperCounts } from '../paper/paper-tables.ts'
import type { Beside } from './beside.ts'
import { dash } from './cells.ts'
import type { Block, Page } from './document.ts'
import { datasetTitle } from './groups.ts'
import type { ResultsFile } from './results-file.ts'

/** Who is counted: the paper's name, ours, and the label of the attribute, absent for all users. */
interface Group {
  readonly group: string
  readonly title: string
  readonly isOf?: (label: string) => boolean
}

const paperGroups: readonly Group[] = [
  { group: 'total', title: 'all' },
  { group: 'female', title: 'women', isOf: (label) => label.toLowerCase().startsWith('f') },
  { group: 'male', title: 'men', isOf: (label) => label.toLowerCase().startsWith('m') },
]

/** Of any other attribute than the paper's, each label by its own name. */
function groupsOf({ attribute, data }: ResultsFile): readonly Group[] {
  if (attribute === 'gender') return paperGroups
  const classes = data!.loaded.attributes[attribute]?.classes ?? []
  return [
    paperGroups[0]!,
    ...classes.map(({ label }) => ({ group: label, title: label, isOf: (own: string) => own === label })),
  ]
}

interface Counted {
  readonly users: number
  readonly items: number
  readonly ratings: number
  readonly sparsityPercent: number
}

export function dataPage(files: readonly ResultsFile[]): Page {
  return {
    title: 'Table 2: data sets',
    introduction: [
      'Counted from the files, as loaded and after the core filter (5 interactions unless --core says otherwise). ' +
        '“Paper” is its Table 2 as printed; differences are ours less the paper’s.',
      'Sparsity is 1 less ratings over users times items, per cent.',
    ],
    blocks: files.flatMap((file) => (file.data ? [countsBlock(file, file.data)] : [])),
    notes: [
      'The paper prints ML-100K’s ratings of women and men in each other’s place. It prints 1,079 women in ML-1M ' +
        'for 1,709.',
      'Its ratings of men (printed under women in ML-100K) are those after the 5-core filter, its total that ' +
        'before it. The ratings of the other class are what is left of the total (docs/paper-errata.md).',
      'LFM-2B is withdrawn from public access. The twin is another data set, generated from the published counts.',
    ],
  }
}

function countsBlock(file: ResultsFile, { loaded, kept }: NonNullable<ResultsFile['data']>): Block {
  const { dataset, attribute } = file
  const rows = groupsOf(file).flatMap(({ group, title, isOf }) => {
    const paper = paperCounts().find((each) => each.dataset === paperDataset(dataset) && each.group === group)
    return (['users', 'items', 'ratings', 'sparsityPercent'] as const).map((measure) =>
      rowOf({
        dataset,
        group,
        title,
        measure,
        loaded: counted(loaded, attribute, isOf),
        kept: counted(kept, attribute, isOf),
        paper,
      }),
    )
  })
  return {
    heading: datasetTitle(dataset),
    columns: ['of', 'figure', 'as loaded', 'after the filter', 'paper', 'loaded less paper', 'filtered less paper'],
    rows: rows.flatMap(({ row }) => (row ? [row] : [])),
    cells: rows.flatMap(({ cell }) => cell ?? []),
  }
}

interface RowAbout {
  readonly dataset: string
  readonly group: string
  readonly title: string
  readonly measure: keyof Counted
  readonly loaded: Counted | undefined
  readonly kept: Counted | undefined
  readonly paper: PaperCounts | undefined
}

function rowOf({ dataset, group, title, measure, loaded, kept, paper }: RowAbout): { row?: string[]; cell?: Beside } {
  const [ours, filtered, stated] = [loaded?.[measure], kept?.[measure], paper?.[measure]]
  if (ours === undefined || filtered === undefined) return {}
  const digits = measure === 'sparsityPercent' ? 3 : 0
  const less = (own: number): string => (stated === undefined ? dash : signedNumber(own - stated, digits))
  const other = paperDataset(dataset) === dataset ? undefined : paperDataset(dataset)
  return {
    row: [
      title,
      measure === 'sparsityPercent' ? 'sparsity, %' : measure,
      number(ours, digits),
      number(filtered, digits),
      stated === undefined ? dash : number(stated, digits),
      less(ours),
      less(filtered),
    ],
    cell: {
      dataset,
      group,
      measure,
      ours,
      ...(stated !== undefined && {
        paper: { printed: stated.toFixed(digits), ...(other !== undefined && { otherDataset: other }) },
        difference: Number((ours - stated).toFixed(digits)),
      }),
    },
  }
}

/** Counts of all users, or of those of a label; items are those of the data set. */
function counted(
  { users, items, interactions, attributes }: DatasetDescription,
  attribute: string,
  isOf: Group['isOf'],
): Counted | undefined {
  const own = isOf ? attributes[attribute]?.classes.find(({ label }) => isOf(label)) : { users, interactions }
  return (
    own && {
      users: own.users,
      items,
      ratings: own.interactions,
      sparsityPercent: 100 * (1 - own.interactions / (own.users * items)),
    }
  )
}

function signedNumber(value: number, digits: number): string {
  const text = number(Math.abs(value), digits)
  return Number(value.toFixed(digits)) === 0 ? text : `${value < 0 ? '-' : '+'}${text}`
}

function number(value: number, digits: number): string {
  return value.toLocaleString('en-GB', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}
