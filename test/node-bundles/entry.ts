/** @file What the bundles of the test start with: FOLDER of ml-xgboost's files, and one for what it writes. */

import { readFileSync } from 'node:fs'
import { setThreads, threads } from '@indistinct/kernels'
import { provideXgboost } from '@indistinct/xgboost/browser'
import { runEveryPackage } from '../browser/every-package.ts'

const [files, made] = process.argv.slice(2)
provideXgboost({
  script: readFileSync(`${files}/xgboost.js`, 'utf8'),
  wasm: readFileSync(`${files}/xgboost.wasm`),
  version: readFileSync(`${files}/version`, 'utf8'),
})
setThreads(3)
const found = await runEveryPackage(`${made}/`)
console.log(JSON.stringify({ threads: threads(), found }))
process.exit(0)
