/** @file One line of totals over the test tasks of a run, those that the cache served too. */

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { reportPath } from './report-path.js'

/**
 * `N passed, N failed, N skipped`; undefined where nothing was tested. A task that failed without a failing test, lint
 * or types say, counts as one.
 * @param {readonly import('nx/src/devkit-exports.js').TaskResult[]} results
 * @param {string} workspaceRoot
 */
export function totalsLine(results, workspaceRoot) {
  const totals = { passed: 0, failed: 0, skipped: 0 }
  let tested = false
  for (const { task, status } of results) {
    const { target } = task.target
    if (status === 'skipped') continue
    let failed = 0
    if (target === 'test' || target === 'e2e') {
      tested = true
      const path = join(workspaceRoot, reportPath(task.projectRoot ?? '', target))
      if (existsSync(path)) {
        const report = JSON.parse(readFileSync(path, 'utf8'))
        failed = report.numFailedTests
        totals.passed += report.numPassedTests
        totals.skipped += report.numPendingTests + report.numTodoTests
      }
    }
    totals.failed += status === 'failure' ? Math.max(1, failed) : failed
  }
  return tested ? `${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped` : undefined
}
