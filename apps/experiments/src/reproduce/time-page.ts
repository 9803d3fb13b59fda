/** @file Table 5 from results files: seconds, beside the paper's. */

import { meanEstimate } from '@indistinct/metrics'
import type { Measured } from './beside.ts'
import { dash } from './cells.ts'
import type { Block, Page } from './document.ts'
import { block, commonIntroduction, groupsOf, notesOf, type Group } from './groups.ts'
import type { ResultsFile } from './results-file.ts'

export function timePage(files: readonly ResultsFile[]): Page {
  return {
    title: 'Table 5: time',
    introduction: [
      ...commonIntroduction(files),
      'Wall-clock of the stage that makes the model, on CPU, all its user tables together, with whatever else the ' +
        'machine did. Compare methods with each other, not seconds with other machines: the paper’s are of one table ' +
        'on an RTX 3090.',
      'Processor seconds count all threads, and so what other work on the machine does not spoil; a dash where ' +
        'they were not measured. Unlearning starts from the trained original, training anew from nothing. “Best ' +
        'other” is the fastest. Tests are of seconds.',
    ],
    blocks: groupsOf(files).map(secondsBlock),
    notes: notesOf(files),
  }
}

function secondsBlock(group: Group): Block {
  const { title, dataset, recommender, models } = group
  const measured: Measured = {
    table: 'table-5',
    dataset,
    recommender,
    measure: 'seconds',
    digits: 2,
    better: 'low',
    valuesOf: ({ seconds }) => seconds,
  }
  const made = block(`${title}, seconds`, 'seconds', measured, group)
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
}
