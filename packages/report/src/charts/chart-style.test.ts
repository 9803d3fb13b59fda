import { expect, test } from 'vitest'
import { chartColours, chartRules, standaloneRules } from './chart-style.ts'
import { styleSheet } from '../style-sheet.ts'

test('rules of a figure that stands alone name colours and touch nothing outside it', () => {
  const rules = standaloneRules('.figure')
  expect(rules).not.toMatch(/var\(|undefined/)
  expect(rules).toContain(`.figure .k1{stroke:${chartColours.k1}}`)
  expect(rules).toContain('.figure .grid,.figure .grid path{')
  const selectors = [...rules.matchAll(/([^{}]+)\{/g)].flatMap(([, list]) => list!.split(','))
  expect(selectors.length).toBeGreaterThan(40)
  for (const selector of selectors) expect(selector.trim()).toMatch(/^\.figure /)
})

test('the page has the same rules, and a colour for each of their properties', () => {
  expect(styleSheet).toContain(chartRules)
  for (const [, name] of chartRules.matchAll(/var\(--(\w+)\)/g)) expect(chartColours).toHaveProperty(name!)
  for (const [name, colour] of Object.entries(chartColours)) expect(styleSheet).toContain(`--${name}:${colour}`)
})
