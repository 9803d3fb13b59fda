/** @file `indistinct audit`: every attacker of the battery on one table or several, and what may be said about them. */

import { openSession } from '#session'
import { setExitCode } from '#system'
import { jsonText } from '@indistinct/core'
import { tableExtensionList } from '@indistinct/embeddings'
import type { CommandModule } from 'yargs'
import { readAuditInputs } from '../audit/audit-inputs.ts'
import { auditOptions, type AuditArguments } from '../audit/audit-options.ts'
import { writeAuditReport } from '../audit/audit-page.ts'
import { auditPlan } from '../audit/audit-plan.ts'
import { auditRequest } from '../audit/audit-request.ts'
import { auditJson, auditResultText } from '../audit/audit-result.ts'
import { attackedInputs } from '../audit/audited.ts'
import { readEarlierAudit } from '../audit/earlier-audit.ts'
import { annotations, githubEnvironment, withoutCommands, writeForGithub } from '../audit/github-format.ts'
import { filingOf } from '../filing/filing-options.ts'
import { described } from '../terminal/command-help.ts'
import { computeEnvironment } from '../terminal/common-options.ts'
import { exitCodes } from '../terminal/exit-codes.ts'
import { showPlan } from '../outputs/dry-run.ts'

export const auditCommand: CommandModule<object, AuditArguments> = {
  builder: (yargs) =>
    described(yargs, {
      usage: 'audit TABLE... --attributes FILE --attribute NAME',
      examples: [
        'audit users.npy --attributes people.csv --attribute gender',
        'audit users.csv --attributes people.csv --attribute gender --report audit.html --json',
        'audit users.npy --attributes people.csv --attribute gender --gate 0.55',
        'audit unlearned/manifest.json --sample 20000 --attributes people.csv --attribute gender',
        'audit users.npy --attributes people.csv --attribute age --continuous',
        'audit users.npy --attributes people.csv --attribute gender --also age_group,occupation',
        'audit layer-0.npy propagated.npy --attributes people.csv --attribute gender',
        'audit unlearned.npy --attributes people.csv --attribute gender --with ratings.csv,last-month.npy',
      ],
      exits: ['gate'],
      environment: { ...computeEnvironment, ...githubEnvironment },
    })
      .positional('tables', {
        describe:
          `embeddings, one row a user: ${tableExtensionList}, or a folder of Parquet parts; several of the same ` +
          'users are attacked one by one and joined',
        type: 'string',
        array: true,
        demandOption: true,
      })
      .options(auditOptions) as never,
  handler: (args) => audit(args),
}

async function audit(args: AuditArguments): Promise<void> {
  const session = openSession(args)
  const { log } = session
  const request = auditRequest(args)
  const read = await readAuditInputs(request, log)
  const earlier = request.before === undefined ? undefined : readEarlierAudit(request.before, request.attribute)
  if (request['dry-run']) return showPlan(auditPlan(read), request.json, session)
  const filing = filingOf(request, log)
  const audited = await attackedInputs(read, log)
  await writeAuditReport(audited, filing)
  if (request.json) session.result(jsonText(auditJson(audited), 2))
  else if (request.format === 'text') session.result(auditResultText(audited))
  if (request.format === 'github') {
    session.result(`${withoutCommands(auditResultText(audited))}${annotations(audited)}`)
    writeForGithub(audited, earlier)
  }
  if (audited.gate && !audited.gate.passed) setExitCode(exitCodes.gate)
}
