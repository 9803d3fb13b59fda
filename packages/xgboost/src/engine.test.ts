import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { describeXgbEngine, xgbEngine } from './engine.ts'
import { libraryCandidates } from './library-paths.ts'

const root = mkdtempSync(join(tmpdir(), 'indistinct-xgboost-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

test('a virtual environment comes before the system, and only files that exist are tried', () => {
  const folder = join(root, 'lib', 'python3.12', 'site-packages', 'xgboost', 'lib')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'libxgboost.so'), '')
  expect(libraryCandidates({ VIRTUAL_ENV: root }, 'linux')[0]).toBe(join(folder, 'libxgboost.so'))
  expect(libraryCandidates({ CONDA_PREFIX: root }, 'linux')[0]).toBe(join(folder, 'libxgboost.so'))
  expect(libraryCandidates({}, 'linux')).not.toContain(join(folder, 'libxgboost.so'))
})

test('a file that is no library is passed over, with the next best engine in its place', () => {
  const engine = xgbEngine({ VIRTUAL_ENV: root })
  expect(engine.path).not.toContain(root)
})

test('without a native library, one line says so and how to get one', () => {
  const line = describeXgbEngine({ INDISTINCT_XGBOOST: 'wasm' })
  expect(line).toMatch(
    /^XGBoost in WebAssembly \(ml-xgboost 1\.1\.2\): INDISTINCT_XGBOOST=wasm\. .*apt install libxgboost0.*XGBOOST_LIB$/,
  )
  expect(line).not.toContain('\n')
})

test('settings that cannot be followed are errors, not silent fallbacks', () => {
  expect(() => xgbEngine({ INDISTINCT_XGBOOST: 'gpu' })).toThrow(
    'INDISTINCT_XGBOOST: expected native or wasm, got "gpu"',
  )
  const missing = join(root, 'nowhere.so')
  expect(() => xgbEngine({ XGBOOST_LIB: missing })).toThrow(
    /^XGBOOST_LIB: expected a libxgboost that loads, got .*nowhere\.so/,
  )
  expect(xgbEngine({ XGBOOST_LIB: missing, INDISTINCT_XGBOOST: 'wasm' }).engine).toBe('wasm')
})
