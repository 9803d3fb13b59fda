/** @file The report as a CycloneDX 1.6 document with a model card: https://cyclonedx.org/docs/1.6/json/ */

import type { Json } from '@indistinct/core'
import { attackerName, inWords } from '../attacker-names.ts'
import { largestRisks } from '../sections/exposure-section.ts'
import { attackName, foldedAuc } from '../leak.ts'
import type { Estimate, ReportData } from '../report-data.ts'
import { verdictOf } from '../verdict.ts'
import { attackedAttributes, bareDigest, notAssessed, residualRisk } from './filing.ts'

interface Metric {
  readonly type: string
  readonly value: string
  readonly slice: string
  readonly confidenceInterval?: { readonly lowerBound: string; readonly upperBound: string }
}

/**
 * Attackers have their names in words; properties say what each is called in results.
 * @throws RangeError where `given` has no filing.
 */
export function modelCard(given: ReportData): Json {
  const data = inWords(given)
  const { filing, provenance } = data
  if (!filing) throw new RangeError('modelCard: expected a report with recipients and a criterion, got none')
  const { sentence, details } = verdictOf(data)
  const hashes = Object.entries(provenance?.hashes ?? {})
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    components: [
      {
        type: 'machine-learning-model',
        name: data.title,
        ...(data.subject !== undefined && { description: data.subject }),
        modelCard: {
          modelParameters: { task: 'user embeddings of a recommender' },
          quantitativeAnalysis: { performanceMetrics: metrics(data) as unknown as Json },
          considerations: {
            users: filing.recipients.map(({ name, holds }) => `${name}: ${holds}`),
            technicalLimitations: [
              sentence,
              ...details,
              ...largestRisks(data.exposure ?? {}),
              ...notAssessed,
              ...(data.layers?.notTested ?? []),
            ],
            ethicalConsiderations: filing.recipients.map((recipient) => ({
              name: `inference of ${attackedAttributes(data) ?? 'a sensitive attribute'}`,
              mitigationStrategy: residualRisk(data, recipient),
            })),
          },
          properties: [
            { name: 'indistinct:criterion', value: filing.criterion.text },
            { name: 'indistinct:criterion:sha256', value: filing.criterion.sha256 },
            ...attackerIds(given),
            ...hashes.map(([name, digest]) => ({ name: `indistinct:sha256:${name}`, value: bareDigest(digest) })),
          ],
        },
      },
    ],
  }
}

function attackerIds({ attacks = [] }: ReportData): { name: string; value: string }[] {
  return [...new Set(attacks.map(({ attacker }) => attacker))].map((id) => ({
    name: `indistinct:attacker:${id}`,
    value: attackerName(id),
  }))
}

/** Of a table that was not unlearned here nothing is said to be before. */
function metrics({ attacks = [], utility = [] }: ReportData): Metric[] {
  const unlearned = [...attacks, ...utility].some((row) => row.after)
  const when = (phase: 'before' | 'after'): string[] => (unlearned ? [phase] : [])
  return [
    ...attacks.flatMap((row) =>
      (['before', 'after'] as const).flatMap((phase) => {
        const figures = row[phase]
        const slice = [attackName(row), ...when(phase)].join(', ')
        return figures ? [metric('folded AUC of an attack', foldedAuc(figures), slice)] : []
      }),
    ),
    ...utility.flatMap((row) =>
      (['before', 'after'] as const).flatMap((phase) => {
        const figure = row[phase]
        const slice = [row.definition, row.group, ...when(phase)].filter((part) => part !== undefined).join(', ')
        return figure ? [metric(`${row.metric}@${row.k}`, figure, slice)] : []
      }),
    ),
  ]
}

function metric(type: string, { value, low, high }: Estimate, slice: string): Metric {
  return {
    type,
    value: String(value),
    slice,
    ...(low !== undefined &&
      high !== undefined && { confidenceInterval: { lowerBound: String(low), upperBound: String(high) } }),
  }
}
