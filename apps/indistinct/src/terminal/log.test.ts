import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createLog } from './log.ts'

let written = ''
beforeEach(() => {
  written = ''
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written += String(text)
    return true
  })
})
afterEach(() => vi.restoreAllMocks())

test('names from files cannot steer the terminal or turn the direction of a line', () => {
  const log = createLog(false)
  log.warn('x.csv: dimension \u001b[2Jd0\u009b31m is the same\nin every row')
  log.info('\u202egnp.exe\r')
  expect(written).toBe(
    'warning: x.csv: dimension \\u001b[2Jd0\\u009b31m is the same\nin every row\n\\u202egnp.exe\\u000d\n',
  )
})

test('nothing where quiet', () => {
  createLog(true).warn('x')
  expect(written).toBe('')
})
