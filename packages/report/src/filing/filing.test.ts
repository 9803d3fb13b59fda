import Ajv from 'ajv'
import { describe, expect, test } from 'vitest'
import { exampleReport } from '../testing/example-report.ts'
import type { ReportData } from '../report-data.ts'
import { reportHtml } from '../report-html.ts'
import { dpiaMarkdown } from './dpia.ts'
import { residualRisk } from './filing.ts'
import { modelCard } from './model-card.ts'

const filing = {
  recipients: [
    { name: 'analytics vendor', holds: 'vectors and ids' },
    { name: '<b>partner</b>', holds: 'vectors | nothing else' },
  ],
  criterion: { text: 'No leak above 0.55.', sha256: 'a'.repeat(64) },
}
const data: ReportData = { ...exampleReport(), filing }

describe('the record', () => {
  test('the page names recipients, what risk is left, the criterion, and when to look again', () => {
    const page = reportHtml(data)
    expect(page).toContain('<h2>For the record</h2>')
    expect(page).toContain('<dt>analytics vendor</dt><dd>vectors and ids</dd>')
    expect(page).toContain(filing.criterion.sha256)
    expect(page).toContain('&lt;b&gt;partner&lt;/b&gt;')
    expect(page).toMatch(/Singling out: .*Linkability: /s)
    expect(reportHtml(exampleReport())).not.toContain('For the record')
  })

  test('the sentence of a recipient says what the verdict says', () => {
    const [vendor] = filing.recipients
    const attack = (low: number, high: number, correctedP: number): ReportData => ({
      title: 'a',
      gate: 0.55,
      attacks: [{ table: 't', attacker: 'mlp', before: { auc: { value: (low + high) / 2, low, high }, correctedP } }],
    })
    expect(residualRisk(attack(0.7, 0.8, 0.01), vendor!)).toContain(
      'the attribute can be inferred from the table; the attacks we ran found a leak, up to',
    )
    expect(residualRisk(attack(0.48, 0.54, 0.5), vendor!)).toContain(
      'inferred the attribute no better than a folded AUC of 0.550',
    )
    expect(residualRisk(attack(0.48, 0.64, 0.5), vendor!)).toContain(
      'found nothing of the attribute beyond chance, and do not rule it out',
    )
    expect(residualRisk({ title: 'a' }, vendor!)).toContain('no attack on the attribute was run')
  })

  test('a leak is of one of the attributes that were attacked, and need not be of the first', () => {
    const [vendor] = filing.recipients
    const several: ReportData = {
      title: 'a',
      attribute: { name: 'gender', classes: [] },
      also: ['age', 'region'],
      attacks: [
        { table: 't: gender', attacker: 'mlp', before: { auc: { value: 0.5, low: 0.45, high: 0.55 }, correctedP: 1 } },
        { table: 't: age', attacker: 'mlp', before: { auc: { value: 0.8, low: 0.7, high: 0.9 }, correctedP: 0.01 } },
      ],
    }
    expect(residualRisk(several, vendor!)).toContain('gender or age or region can be inferred from the table')
    expect(reportHtml(several)).toContain('Only the attributes gender, age and region were looked at')
    expect(reportHtml({ ...several, also: [] })).toContain('Only the attribute gender was looked at')
  })

  test('of one table nothing is said to be before unlearning: it may be one that was unlearned', () => {
    const { attacks = [], exposure, ...rest } = data
    const audited = {
      ...rest,
      utility: [],
      exposure: { before: exposure!.before! },
      attacks: attacks.map(({ after: _, ...row }) => row),
    } as ReportData
    const text = dpiaMarkdown(audited)
    expect(text).toMatch(/^- By folded AUC: main 0\.\d+/m)
    expect(text).toContain('| attack | folded AUC | p corrected |\n| --- | --- | --- |\n')
    expect(text.slice(text.indexOf('## 4.'))).not.toMatch(/before/i)
    expect(JSON.stringify(modelCard(audited))).not.toMatch(/, before"/)
    expect(JSON.stringify(modelCard(data))).toMatch(/, before"/)
  })

  test('Markdown has the sections 0 to 6 in order, and names cannot leave their place', () => {
    const text = dpiaMarkdown(data)
    expect([...text.matchAll(/^## (\d)\./gm)].map(([, digit]) => digit)).toEqual(['0', '1', '2', '3', '4', '5', '6'])
    expect(text).toContain('Recipient: \\<b\\>partner\\</b\\>, who holds vectors \\| nothing else.')
    expect(text).toContain('| attack | folded AUC before | after | p corrected |')
    expect(() => dpiaMarkdown(exampleReport())).toThrow('expected a report with recipients and a criterion')
  })

  test('the assessment names attackers in words, and tells of the most exposed, control and price', () => {
    const text = dpiaMarkdown(data)
    expect(text).not.toMatch(/\bmlp\b|five-fold/)
    expect(text).toContain('The largest risk of a user is 0.970 before unlearning, by Perceptron on propagated')
    expect(text).toContain('The most exposed group is “longest fifth of vectors”, with an AUC of')
    expect(text).toMatch(/Before unlearning, by folded AUC: main 0\.\d+ .* control 0\.519, naive 0\.500/)
    expect(text).toMatch(/Price for F \(\d+\): moved .* of nearest users kept, quality changed by -?/)
  })

  test('the model card has both the names and the ids of attackers', () => {
    const text = JSON.stringify(modelCard(data))
    expect(text).toContain('{"name":"indistinct:attacker:mlp","value":"Perceptron"}')
    expect(text).toContain('Perceptron on layer-0')
  })

  test('the model card has the shape that CycloneDX 1.6 gives the fields it uses', () => {
    const text = { type: 'string' }
    const texts = { type: 'array', items: text }
    const strict = (properties: object, required: readonly string[] = []): object => ({
      type: 'object',
      additionalProperties: false,
      properties,
      required,
    })
    const schema = strict({
      bomFormat: { const: 'CycloneDX' },
      specVersion: { const: '1.6' },
      version: { const: 1 },
      components: {
        type: 'array',
        items: strict({
          type: { const: 'machine-learning-model' },
          name: text,
          description: text,
          modelCard: strict({
            modelParameters: strict({ task: text }),
            quantitativeAnalysis: strict({
              performanceMetrics: {
                type: 'array',
                minItems: 1,
                items: strict({
                  type: text,
                  value: text,
                  slice: text,
                  confidenceInterval: strict({ lowerBound: text, upperBound: text }),
                }),
              },
            }),
            considerations: strict({
              users: texts,
              technicalLimitations: texts,
              ethicalConsiderations: { type: 'array', items: strict({ name: text, mitigationStrategy: text }) },
            }),
            properties: { type: 'array', items: strict({ name: text, value: text }, ['name', 'value']) },
          }),
        }),
      },
    })
    const valid = new Ajv().compile(schema)
    expect([valid(modelCard(data)), valid.errors]).toEqual([true, null])
  })
})
