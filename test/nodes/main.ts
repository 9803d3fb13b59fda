/**
 * @file `npm run test:nodes -- [PATH…] [--node 22]…`: the fast tests under PATH (default: all) on each version of Node
 * that is promised, one after the other; a table of what passed. Exit code 1 where a test failed. The versions come
 * from npm and stay in the system's folder for temporary files.
 */

import { parseArgs } from 'node:util'
import { nodeBinary } from './node-binary.ts'
import { runTests, type TestRun } from './run-tests.ts'

const versions = ['20.19', '22', '24', '26']

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { node: { type: 'string', multiple: true } },
})
const paths = positionals

const runs: TestRun[] = []
for (const version of values.node ?? versions) {
  const binary = nodeBinary(version)
  if (binary.path === undefined) {
    console.log(`skipped: Node ${version}: ${binary.reason}`)
    continue
  }
  console.error(`Node ${version}: vitest run ${paths.join(' ')}`.trimEnd())
  const run = runTests(binary.path, paths)
  runs.push(run)
  for (const failure of run.failures) console.log(`Node ${run.node}: ${failure}`)
}
const rows = runs.map(({ node, passed, failed, skipped, seconds }) =>
  [node, passed, failed, skipped, seconds].join(' | '),
)
if (rows.length > 0)
  console.log(
    [
      '| Node | passed | failed | skipped | seconds |',
      '|---|---|---|---|---|',
      ...rows.map((row) => `| ${row} |`),
    ].join('\n'),
  )
if (runs.some(({ failures }) => failures.length > 0)) process.exitCode = 1
