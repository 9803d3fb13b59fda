/** @file The fast tests under a given Node, which the processes of tests find as `node` too. */

import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'

export interface TestRun {
  /** As the binary tells it. */
  readonly node: string
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  readonly seconds: number
  /** File, test and first line of the error; also for a file that could not be loaded. */
  readonly failures: readonly string[]
}

interface VitestReport {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message: string
    readonly assertionResults: readonly {
      readonly fullName: string
      readonly status: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

/** Tests of `root`, or those under `paths` alone. */
export function runTests(node: string, paths: readonly string[], { root = '.' } = {}): TestRun {
  const folder = mkdtempSync(join(tmpdir(), 'indistinct-test-nodes-'))
  const file = join(folder, 'report.json')
  const started = performance.now()
  try {
    const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim()
    const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
    const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env['PATH']}` }
    const { status } = spawnSync(
      node,
      [
        vitest,
        'run',
        ...paths,
        `--root=${root}`,
        '--exclude=**/*.e2e.test.ts',
        '--reporter=json',
        `--outputFile=${file}`,
      ],
      { stdio: ['ignore', 'ignore', 'inherit'], env },
    )
    const seconds = Math.round((performance.now() - started) / 1000)
    if (!existsSync(file))
      return {
        node: version,
        passed: 0,
        failed: 0,
        skipped: 0,
        seconds,
        failures: [`vitest ended with exit code ${status} and no report`],
      }
    const report = JSON.parse(readFileSync(file, 'utf8')) as VitestReport
    const failures = failuresOf(report)
    if (status !== 0 && failures.length === 0) failures.push(`vitest ended with exit code ${status}`)
    return {
      node: version,
      passed: report.numPassedTests,
      failed: report.numFailedTests,
      skipped: report.numPendingTests,
      seconds,
      failures,
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function failuresOf({ testResults }: VitestReport): string[] {
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults.filter((each) => each.status === 'failed')
    if (failed.length === 0) return status === 'failed' ? [`${name}: ${firstLine(message)}`] : []
    return failed.map(({ fullName, failureMessages }) => `${name}: ${fullName}: ${firstLine(failureMessages[0] ?? '')}`)
  })
}

function firstLine(text: string): string {
  return text.split('\n')[0]!
}
