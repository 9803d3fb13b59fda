/** @file `node run-tests.js FOLDER test|e2e`: Vitest on the fast or the end-to-end tests of a folder, with a report. */

import { spawnSync } from 'node:child_process'
import { readdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { reportPath } from './report-path.js'

const [root = '', target = 'test'] = process.argv.slice(2)
const report = reportPath(root, target)
// A run that dies early must not leave the totals of the one before.
rmSync(report, { force: true })

// As if started by hand: tests that start Nx, or look at colours, see nothing of the Nx around them.
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(NX_|LERNA_|FORCE_COLOR$)/.test(name)))
const endToEnd = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.e2e.test.ts') && !path.includes('node_modules'))
  .map((path) => resolve(root, path))
/**
 * Folders whose test files have a process each, as all end-to-end tests have: they set what all of a process share,
 * such as the backend of TensorFlow.js, the number of threads or the engine of XGBoost, or start servers.
 */
const apart = [
  'packages/kernels',
  'packages/recommenders',
  'packages/unlearners',
  'packages/xgboost',
  'packages/stores',
  'packages/executors',
  'apps/bench',
  'test',
]
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
const { status } = spawnSync(
  process.execPath,
  [
    vitest,
    'run',
    // A process for each file loads the same modules again, a quarter of the processor time.
    ...(target === 'e2e' || apart.includes(root) ? [] : ['--no-isolate']),
    ...(target === 'e2e' ? endToEnd : [`${resolve(root)}/`, '--exclude=**/*.e2e.test.ts']),
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ],
  { stdio: 'inherit', env },
)
process.exitCode = status ?? 1
