/** @file docs/reproduction.md: claim by claim what holds here, from the committed results. */

import { markdownTable } from '../markdown-table.ts'
import type { Closest } from '../definitions/closest.ts'
import type { DefinitionsSummary } from '../definitions/page.ts'
import { changeOfMeans, everyDataset, meanOfChanges, movieLens } from '../paper/averages.ts'
import { paperStatements } from '../paper/paper-tables.ts'
import { dash, signed } from '../reproduce/cells.ts'
import { methodTitle } from '../reproduce/method-titles.ts'
import type { Group } from '../reproduce/groups.ts'
import type { ResultsFile } from '../reproduce/results-file.ts'
import { cellKinds, insideOf } from './cell-kinds.ts'
import {
  against,
  attackers,
  aucChange,
  comparable,
  hiding,
  leaksOf,
  qualityChange,
  qualityOf,
  timeRatio,
  type Win,
} from './cells-of.ts'
import type { Claim } from './claim.ts'
import { claimsOf } from './claims.ts'
import { dimensionsSection, sweepSection } from './figure-sections.ts'
import type { Pictured } from './picture-claims.ts'

export interface Reproduced {
  /** Of the protocol `paper`. */
  readonly files: readonly ResultsFile[]
  readonly pictured: readonly Pictured[]
  /** What `npm run definitions` found. */
  readonly definitions: DefinitionsSummary
}

export function reproductionPage({ files, pictured, definitions }: Reproduced): string {
  const groups = comparable(files)
  const claims = claimsOf(groups, pictured)
  return [
    ...opening(groups, claims),
    ...claimsSection(claims),
    ...cellsSection(groups),
    ...attacksSection(groups),
    ...recommendationSection(groups),
    ...definitionsSection(definitions),
    ...timeSection(groups),
    ...sweepSection(pictured),
    ...dimensionsSection(pictured),
  ]
    .map(wrapped)
    .join('\n\n')
    .concat('\n')
}

function opening(groups: readonly Group[], claims: readonly Claim[]): string[] {
  const count = (verdict: string): number => claims.filter((claim) => claim.verdict === verdict).length
  const seeds = groups.map(({ title, models }) => `${title.replace(': ', ' ')} ${models[0]!.seeds.length}`)
  return [
    '# What of the paper holds here',
    `Of ${claims.length} claims of the paper ${count('holds')} hold, ${count('holds in part')} hold in part and ${count(
      'does not hold',
    )} do not. \`npm run reproduction\` writes this page from the committed results; a test holds it against them.`,
    'The paper is “Making Users Indistinguishable: Attribute-wise Unlearning in Recommender Systems” (MM ’23). ' +
      'Compared are its two MovieLens data sets. LFM-2B is withdrawn; a generated twin cannot confirm it.',
    `Repetitions: ${seeds.join(', ')}. Settings are those the paper states ([deviations](deviations.md)). ` +
      'Its own mistakes are in [paper-errata.md](paper-errata.md).',
  ]
}

function claimsSection(claims: readonly Claim[]): string[] {
  return [
    '## Claims',
    'A claim holds where every model and method that it speaks of agrees, and in part where some do. “Hardly” is ' +
      'an AUC that moves by less than 0.1 and an NDCG@10 that moves by less than 0.01.',
    markdownTable(
      ['section', 'claim', 'paper', 'here', 'verdict', 'why'],
      claims.map(({ section, claim, paper, here, verdict, why }) => [section, claim, paper, here, verdict, why]),
    ),
  ]
}

function cellsSection(groups: readonly Group[]): string[] {
  return [
    '## Cells',
    'How many of the paper’s MovieLens cells lie in our 95 % interval. AUC stands twice: beside our AUC, and ' +
      'beside our balanced accuracy, which is what the paper prints under that name.',
    markdownTable(
      ['method', ...cellKinds.map(({ title }) => title)],
      [
        ...['original', ...hiding].map((method) => [
          methodTitle(method),
          ...cellKinds.map((kind) => insideOf(groups, [method], kind)),
        ]),
        ['all', ...cellKinds.map((kind) => insideOf(groups, ['original', ...hiding], kind))],
      ],
    ),
    'Intervals of five repetitions are wide, those of ten narrower. Our models are trained otherwise than the ' +
      'paper’s, so that cells may well lie outside.',
  ]
}

function attacksSection(groups: readonly Group[]): string[] {
  return [
    '## Attacks',
    'Change of the mean AUC against the original, per cent. The paper averages over three data sets; its ' +
      'MovieLens cells are averaged beside ours.',
    markdownTable(
      ['attacker', 'method', 'paper’s text', 'paper’s table', 'of it MovieLens', 'here'],
      attackers.flatMap((attacker) => hiding.map((method) => attackRow(groups, attacker, method))),
    ),
    'Who hides better: distance of the AUC from one half, D2D-R’s less the other’s, and the repetitions in which ' +
      'D2D-R’s is smaller. Below zero D2D-R wins.',
    markdownTable(
      ['model', 'attacker', ...rivals.map(methodTitle)],
      groups.flatMap((group) =>
        attackers.map((attacker) => [
          group.title,
          attacker,
          ...rivals.map((rival) =>
            winText(
              against(group, 'd2d-r', rival, (method) => leaksOf(group, method, attacker), 'low'),
              3,
            ),
          ),
        ]),
      ),
    ),
    'The calibrated flow is ours, and not in the paper.',
  ]
}

function recommendationSection(groups: readonly Group[]): string[] {
  return [
    '## Recommendation',
    'Mean change against the original over k = 5 and 10, per cent. Ours is NDCG of the full ranking and the ' +
      'any-hit ratio.',
    markdownTable(
      ['metric', 'method', 'paper’s text', 'paper’s table', 'of it MovieLens', 'here'],
      (['NDCG', 'HR'] as const).flatMap((metric) => hiding.map((method) => qualityRow(groups, metric, method))),
    ),
    'Who ranks better: NDCG@10, D2D-R’s less the other’s, and the repetitions in which D2D-R’s is higher. Above ' +
      'zero D2D-R wins.',
    markdownTable(
      ['model', ...['original', ...rivals].map(methodTitle)],
      groups.map((group) => [
        group.title,
        ...['original', ...rivals].map((rival) =>
          winText(
            against(group, 'd2d-r', rival, (method) => qualityOf(group, method, 'NDCG', 10), 'high'),
            4,
          ),
        ),
      ]),
    ),
  ]
}

function definitionsSection(definitions: DefinitionsSummary): string[] {
  return [
    '## Which NDCG, which hit ratio',
    'The paper gives no formula. Definitions of one metric that give all its MovieLens figures of the originals ' +
      'within a tenth: ' +
      `${definitions.ofItsSize.NDCG + definitions.ofItsSize.HR} of ${definitions.tried.toLocaleString('en-GB')}. ` +
      `Settings that give both metrics so: ${definitions.ofItsSize.together || 'none'} ` +
      '([all that was tried](../apps/experiments/results/definitions/README.md)). The closest of each, with the ' +
      'largest ratio of a figure to the paper’s, either way:',
    closestTable(definitions),
  ]
}

function timeSection(groups: readonly Group[]): string[] {
  return [
    '## Time',
    'Seconds for one second of Retrain, the paper’s and ours. The paper treats one table on an RTX 3090. Here all ' +
      'tables are treated on CPUs, and seconds are of the processor: those of all threads.',
    markdownTable(
      ['model', ...timed.flatMap((method) => [`${methodTitle(method)}, paper`, 'here'])],
      groups.map((group) => [
        group.title,
        ...timed.flatMap((method) => {
          const { ours, paper } = timeRatio(group, method, 'retrain')
          return [paper.toFixed(2), ours.toFixed(2)]
        }),
      ]),
    ),
  ]
}

const rivals = ['u2u-r', 'retrain', 'adversarial', 'flow']
const timed = ['u2u-r', 'd2d-r', 'adversarial']

function attackRow(groups: readonly Group[], attacker: (typeof attackers)[number], method: string): string[] {
  const stated = paperStatements().find(
    (each) => each.method === method && each.attacker === attacker && each.figure.startsWith('fall of AUC'),
  )
  const { ours, paper } = aucChange(groups, method, attacker)
  return [
    attacker,
    methodTitle(method),
    stated ? signed(-stated.value, 2) : dash,
    signed(changeOfMeans({ table: 'table-3', method, attacker, measure: 'auc' }, everyDataset), 2),
    signed(paper, 2),
    signed(ours, 2),
  ]
}

function qualityRow(groups: readonly Group[], metric: 'NDCG' | 'HR', method: string): string[] {
  const stated = paperStatements().find(
    (each) => each.method === method && each.figure.startsWith(`change of ${metric}`),
  )
  const measures = [5, 10].map((k) => `${metric.toLowerCase()}@${k}`)
  return [
    metric,
    methodTitle(method),
    stated ? signed(stated.value, 2) : dash,
    signed(meanOfChanges(method, measures, everyDataset), 2),
    signed(meanOfChanges(method, measures, movieLens), 2),
    signed(qualityChange(groups, method, metric), 2),
  ]
}

function winText({ difference, wins, n }: Win, digits: number): string {
  return `${signed(difference, digits)}, ${wins} of ${n}`
}

function closestTable({ byDefinition, together }: DefinitionsSummary): string {
  const nearest = (metric: 'ndcg' | 'hr'): Closest =>
    byDefinition
      .filter((each) => each[metric] !== undefined)
      .reduce((best, each) => (each.factor < best.factor ? each : best))
  return markdownTable(
    ['of', 'definition', 'split', 'candidates', 'relevant', 'users', 'ratio'],
    [nearest('ndcg'), nearest('hr'), together[0]!].map(({ ndcg, hr, split, candidates, relevance, users, factor }) => [
      ndcg !== undefined && hr !== undefined ? 'both' : hr === undefined ? 'NDCG' : 'HR',
      [ndcg, hr].filter((name) => name !== undefined).join('; '),
      split,
      candidates,
      relevance,
      users,
      factor.toFixed(2),
    ]),
  )
}

/** Paragraphs at 120 columns; headings and tables as they are. */
function wrapped(text: string): string {
  if (/^[#|]/.test(text)) return text
  const lines = ['']
  for (const word of text.split(' ')) {
    const last = lines.at(-1)!
    if (last !== '' && last.length + 1 + word.length > 120) lines.push(word)
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`
  }
  return lines.join('\n')
}
