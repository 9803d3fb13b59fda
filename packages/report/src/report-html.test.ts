import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { exampleReport, withStrings } from './testing/example-report.ts'
import type { ReportData } from './report-data.ts'
import { reportHtml } from './report-html.ts'
import { verdictOf } from './verdict.ts'
import { wellFormed } from './testing/well-formed.ts'

const data = exampleReport()
const page = reportHtml(data)
const minimal: ReportData = { title: 'Empty' }

describe('reportHtml', () => {
  test('has every section that has data', () => {
    const ids = wellFormed(page)
      .filter((e) => e.name === 'section')
      .map((e) => e.attributes.get('id'))
    expect(ids).toEqual([
      'verdict',
      'warnings',
      'threat-model',
      'attacks',
      'three-attacks',
      'exposure',
      'true-positives',
      'roc',
      'other-measures',
      'dimensions',
      'scatter',
      'displacement',
      'neighbours',
      'utility',
      'price',
      'provenance',
      'limits',
    ])
  })

  test('attackers and protocols have names in words, and no short one is left', () => {
    expect(page).toContain('Perceptron on propagated (80\u00a0% of labels known, standardised)')
    const text = page.replace(/<style>.*?<\/style>/s, '').replace(/<[^>]+>/g, ' ')
    for (const short of ['mlp', 'xgb', 'five-fold']) expect(text).not.toContain(short)
  })

  test('the legend of the forest plot has the marks of its rows', () => {
    const [, section] = /<section id="attacks">(.*?)<\/section>/s.exec(page)!
    const [, legend] = /<p class="legend">(.*?)<\/p>/s.exec(section!)!
    for (const phase of ['before', 'after']) {
      const marks = [`class="whisker ${phase}"`, `class="point ${phase}"`]
      for (const mark of marks)
        expect([legend!.includes(mark), section!.split(legend!)[1]!.includes(mark)]).toEqual([true, true])
    }
    expect(legend).not.toContain('class="line')
  })

  test('what outsiders see is judged apart from the tables', () => {
    const attack = (value: number, correctedP: number, outside: boolean) => ({
      table: outside ? 'top-10' : 'users',
      attacker: 'mlp',
      before: { auc: { value, low: value - 0.01, high: value + 0.01 }, correctedP },
      ...(outside && { outside }),
    })
    const text = reportHtml({ title: 'a', margin: 0.05, attacks: [attack(0.5, 1, false), attack(0.6, 0.01, true)] })
    expect(text).toContain('<section id="verdict" class="verdict leak">')
    expect(text).toContain('<p class="status">No leak above 0.550 in the tables of users</p>')
    expect(text).toContain('<p class="status">Leak found in what outsiders see</p>')
    expect(reportHtml({ title: 'a', margin: 0.05, attacks: [attack(0.5, 1, false)] })).toContain(
      '<p class="status">No leak above 0.550</p>',
    )
  })

  test('leaves out what has none', () => {
    const elements = wellFormed(reportHtml(minimal))
    expect(elements.filter((e) => e.name === 'section').map((e) => e.attributes.get('id'))).toEqual([])
    const audit = reportHtml({ title: 'Audit', attacks: data.attacks!.map(({ after: _, ...row }) => row) })
    wellFormed(audit)
    expect(audit).not.toContain('after unlearning')
    expect(audit).toContain('>AUC</th>')
  })

  test('every link in the contents leads to a section', () => {
    const elements = wellFormed(page)
    const ids = new Set(elements.map((e) => e.attributes.get('id')))
    const links = elements.filter((e) => e.name === 'a').map((e) => e.attributes.get('href')!.slice(1))
    expect(links.length).toBeGreaterThan(8)
    for (const link of links) expect(ids).toContain(link)
  })

  test('every figure has a name, and labelled ids exist', () => {
    const elements = wellFormed(page)
    const ids = new Set(elements.map((e) => e.attributes.get('id')))
    for (const element of elements.filter((e) => e.attributes.get('role') === 'img')) {
      for (const id of (element.attributes.get('aria-labelledby') ?? '').split(' ').filter(Boolean))
        expect(ids).toContain(id)
    }
    const images = elements.filter(
      (e) => e.name === 'svg' && e.attributes.get('aria-hidden') !== 'true' && e.attributes.get('role') === 'img',
    ).length
    expect(elements.filter((e) => e.name === 'title').length).toBe(images + 1)
  })

  test('shows the numbers', () => {
    const attack = data.attacks![5]!
    for (const estimate of [attack.before!.auc, attack.after!.foldedAuc!]) {
      expect(page).toContain(
        `${estimate.value.toFixed(3)} <span class="interval">[${estimate.low!.toFixed(3)}, ` +
          `${estimate.high!.toFixed(3)}]</span>`,
      )
    }
    for (const text of [
      '0.2955',
      '0.2898',
      '\u22120.0057',
      '\u22121.9\u00a0%',
      'full ranking, any-hit',
      'NDCG@10',
      '9f86d081884c7d65',
      'npx indistinct unlearn',
      'firstStep',
      't-SNE',
      '90 users',
    ])
      expect(page).toContain(text)
    expect(page).not.toMatch(/NaN|undefined|Infinity|\[object/)
  })

  test('equal data gives equal bytes, whatever the order of record keys', () => {
    const copy = structuredClone(data)
    expect(reportHtml(copy)).toBe(page)
    const provenance = {
      ...data.provenance!,
      versions: Object.fromEntries(Object.entries(data.provenance!.versions!).reverse()),
    }
    expect(reportHtml({ ...data, provenance })).toBe(page)
    expect(reportHtml(JSON.parse(JSON.stringify(data)) as ReportData)).toBe(page)
  })

  test('a strict policy allows its own style and nothing else', () => {
    const policy = wellFormed(page)
      .find((e) => e.attributes.get('http-equiv') === 'Content-Security-Policy')!
      .attributes.get('content')!
    const style = /<style>([^]*?)<\/style>/.exec(page)![1]!
    expect(policy).toBe(
      `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; img-src ` +
        `data:; base-uri 'none'; form-action 'none'`,
    )
    const elements = wellFormed(page)
    expect(
      elements.filter((e) =>
        ['script', 'iframe', 'img', 'object', 'form', 'use', 'image', 'foreignObject'].includes(e.name),
      ),
    ).toEqual([])
    // Inline style attributes would be refused under this policy.
    for (const { attributes } of elements)
      for (const name of attributes.keys()) expect(name).not.toMatch(/^(style|on.*)$/)
  })

  test('names no other place', () => {
    expect(page).not.toMatch(/https?:|\/\/[a-z]|url\(|@import/i)
    for (const { attributes } of wellFormed(page))
      for (const key of ['href', 'src']) expect(attributes.get(key) ?? '#').toMatch(/^(#|data:,$)/)
  })

  test('never promises more than the attacks show', () => {
    const harmless = data.attacks!.map((row) => ({
      ...row,
      after: { auc: { value: 0.5, low: 0.47, high: 0.53 }, p: 0.9 },
    }))
    for (const report of [
      page,
      reportHtml({ ...data, attacks: harmless }),
      reportHtml({ ...data, attacks: harmless, gate: 0.52 }),
    ]) {
      expect(report).not.toMatch(/anonym|complian|\bsafe\b|secure|guarantee/i)
      expect(report).toMatch(/The attacks we ran (found|cannot tell)/)
    }
    expect(reportHtml({ ...data, attacks: harmless })).toContain('No leak above 0.550')
    expect(reportHtml({ ...data, attacks: harmless, gate: 0.52 })).not.toMatch(/no leak above/i)
  })

  test.each([
    ['NaN', { ...minimal, gate: NaN }, /gate, got NaN/],
    [
      'a value out of range',
      { ...minimal, attacks: [{ table: 't', attacker: 'a', after: { auc: { value: 1.2 } } }] },
      /attacks\[0\]\.after\.auc, got 1\.2/,
    ],
    [
      'half an interval',
      { ...minimal, attacks: [{ table: 't', attacker: 'a', after: { auc: { value: 0.5, low: 0.4 } } }] },
      /both ends/,
    ],
    [
      'a reversed interval',
      { ...minimal, utility: [{ metric: 'HR', k: 5, definition: 'd', before: { value: 0.5, low: 0.6, high: 0.4 } }] },
      /low <= high/,
    ],
    [
      'infinity deep inside',
      { ...minimal, provenance: { parameters: { alpha: [1, Infinity] } } },
      /provenance\.parameters\.alpha\[1\]/,
    ],
  ] as const)('refuses %s', (_, bad, message) => {
    expect(() => reportHtml(bad as ReportData)).toThrow(message)
    expect(() => reportHtml(bad as ReportData)).toThrow(RangeError)
  })
})

describe('hostile text', () => {
  const attacks = [
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onload='alert(1)",
    '</style></title></svg><svg onload=alert(1)>',
    '<!-- ]]> --> & &lt; &#x3c;',
    'M\u202eelamef\u0000\u001b[31m\ud800',
    '{{constructor}}${1}`',
    '女性 żeńska 👩‍🔬, "quoted"; a,b',
    'javascript:alert(1)',
    'x'.repeat(5000),
  ]

  test.each(attacks)('%# is inert wherever data can stand', (text) => {
    const hostile = withStrings(data, text)
    const report = reportHtml(hostile)
    const elements = wellFormed(report)
    // The same elements with the same attribute names as with harmless text: nothing was opened or added.
    const shape = (list: typeof elements) => list.map((e) => `${e.name} ${[...e.attributes.keys()].join(' ')}`)
    expect(shape(elements)).toEqual(shape(wellFormed(reportHtml(withStrings(data, 'plain')))))
    for (const { attributes } of elements) expect(attributes.get('href') ?? '#').toMatch(/^(#[a-z-]+|#|data:,)$/)
    expect(report).not.toMatch(/[\u0000-\u0008\u001b\u202a-\u202e]|\p{Surrogate}/u)
  })
})

test('a field that no report has is refused: a misspelt section would be left out, a misspelt gate be none', () => {
  const misspelt = { title: 'Audit', atacks: [] } as ReportData
  expect(() => reportHtml(misspelt)).toThrow(/^reportHtml: expected options among title, .*, got atacks$/)
  expect(() => verdictOf({ attacks: [], gat: 0.6 } as object)).toThrow(/^verdictOf: .*, got gat$/)
})
