/**
 * @file `npm run test:hostile -- [--only TEXT]`: the command line on files made to harm who reads them, each in a
 * process of its own. Prints a table of exit code, peak memory and seconds on processors, and one of the most of each
 * format; exit code 1 where one ended otherwise than it should, or took more than 256 MiB (or what the file is allowed)
 * or 10 s.
 */

import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { hostileFiles } from './hostile-files.ts'
import { complaints, hostilePlace, type HostileRun } from './hostile-run.ts'

const { values } = parseArgs({ options: { only: { type: 'string', default: '' } } })
const files = hostileFiles.filter(({ name }) => name.includes(values.only))
if (files.length === 0) throw new Error(`--only: expected a part of the name of a file, got ${values.only}`)
const folder = mkdtempSync(join(tmpdir(), 'indistinct-hostile-'))
try {
  const { run, plain } = await hostilePlace(folder)
  const wrong: string[] = []
  const byFormat = new Map<string, HostileRun[]>()
  console.log('| file | exit code | MiB | seconds |\n|---|---|---|---|')
  for (const file of files) {
    const ran = run(file)
    console.log(`| ${ran.name} | ${ran.exit} | ${ran.mib} | ${ran.seconds.toFixed(1)} |`)
    const format = ran.name.slice(ran.name.lastIndexOf('.') + 1)
    byFormat.set(format, [...(byFormat.get(format) ?? []), ran])
    for (const complaint of complaints(file, ran, plain)) wrong.push(`${ran.name}: ${complaint}`)
  }
  console.log('\n| format | files | refused | most MiB | most seconds |\n|---|---|---|---|---|')
  for (const [format, runs] of byFormat) {
    const refused = runs.filter(({ exit }) => exit === 3).length
    const most = (of: (run: HostileRun) => number): number => Math.max(...runs.map(of))
    console.log(
      `| ${format} | ${runs.length} | ${refused} | ${most(({ mib }) => mib)} | ` +
        `${most(({ seconds }) => seconds).toFixed(1)} |`,
    )
  }
  if (existsSync(join(folder, 'escaped.npy'))) wrong.push('an entry of an archive was written to a path of its own')
  for (const line of wrong) console.log(line)
  if (wrong.length > 0) process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true })
}
