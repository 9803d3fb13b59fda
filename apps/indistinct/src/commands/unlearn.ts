/** @file `indistinct unlearn`: tables in, tables that hide the attribute out, and a record of how they were made. */

import { openSession } from '#session'
import { setExitCode } from '#system'
import { jsonText } from '@indistinct/core'
import { tableExtensionList } from '@indistinct/embeddings'
import { unlearners } from '@indistinct/unlearners'
import type { CommandModule } from 'yargs'
import { attackBeforeAndAfter } from '../audit/before-and-after.ts'
import { filingOf } from '../filing/filing-options.ts'
import { described } from '../terminal/command-help.ts'
import { computeEnvironment } from '../terminal/common-options.ts'
import { exitCodes } from '../terminal/exit-codes.ts'
import { checkedForHarm } from '../unlearn/checked-for-harm.ts'
import { showPlan } from '../outputs/dry-run.ts'
import { tableToStream } from '../unlearn/streamed-table.ts'
import { unlearnStreamed } from '../unlearn/streamed-unlearning.ts'
import { readUnlearnInputs } from '../unlearn/unlearn-inputs.ts'
import { methodNames, unlearnOptions, type AskedUnlearnArguments } from '../unlearn/unlearn-options.ts'
import { requestOfFit } from '../unlearn/request-of-fit.ts'
import { stageTeller } from '../terminal/work-stages.ts'
import { unlearnStages } from '../unlearn/unlearn-cost.ts'
import { unlearnPlan } from '../unlearn/unlearn-plan.ts'
import { unlearnRequest } from '../unlearn/unlearn-request.ts'
import { resultJson, resultText } from '../unlearn/unlearn-result.ts'
import { methodFor } from '../unlearn/unlearn-scope.ts'
import { allTables, unlearnedTables } from '../unlearn/unlearned-tables.ts'
import { unlearnRead } from '../unlearn/unlearning.ts'
import { writeUnlearned } from '../unlearn/write-unlearned.ts'

export const unlearnCommand: CommandModule<object, AskedUnlearnArguments> = {
  builder: (yargs) =>
    described(yargs, {
      usage: 'unlearn TABLE... --attributes FILE --attribute NAME --out FILE[,FILE...]',
      examples: [
        'unlearn users.npy --attributes people.csv --attribute gender --out unlearned.npy --audit',
        'unlearn users.csv --attributes people.csv --attribute age_group --missing-label unknown --out unlearned.csv',
        'unlearn users.npy --attributes people.csv --attribute gender --also age_group --items items.npy --out ' +
          'unlearned.npy',
        'unlearn users.npy --attributes people.csv --attribute age --continuous --out unlearned.npy',
        'unlearn users.npy --attributes people.csv --attribute gender --method d2d-r --steps 500 --out d2d.npy',
        'unlearn users.npy --attributes some.csv --attribute gender --method leace --unlabelled map --out leace.npy',
        'unlearn users.npy --attributes people.csv --attribute gender --out unlearned.npy --delta users.delta ' +
          '--fit gender.fit',
        'unlearn more.npy --attributes people.csv --attribute gender --update gender.fit --previous ' +
          'unlearned.npy --out new.npy',
        'unlearn gmf.npy mlp.npy --attributes people.csv --attribute gender --out new-gmf.npy,new-mlp.npy',
        'unlearn propagated.npy layer-0.npy --derived layer-0.npy --attributes people.csv --attribute gender ' +
          '--out p.npy,l.npy',
      ],
      notes: ['Methods:', ...methodNames.map((name) => `  ${name}: ${unlearners[name].description}`)],
      exits: ['gate'],
      environment: computeEnvironment,
    })
      .positional('tables', {
        describe:
          `embeddings, one row a user: ${tableExtensionList}, or a folder of Parquet parts; several of the same ` +
          'users are unlearned together, so that all of them joined hide the attribute too',
        type: 'string',
        array: true,
        demandOption: true,
      })
      .options(unlearnOptions) as never,
  handler: unlearn,
}

async function unlearn(asked: AskedUnlearnArguments): Promise<void> {
  const args = { ...asked, method: asked.method ?? methodFor(asked['attacker-holds']) }
  const session = openSession(args)
  const { log } = session
  const request = requestOfFit(unlearnRequest(args), asked)
  const large = tableToStream(request)
  if (large) return unlearnStreamed(request, large, session)
  const read = await readUnlearnInputs(request, log)
  if (request['dry-run']) return showPlan(unlearnPlan(read), request.json, session)
  const filing = filingOf(request, log)
  const tell = stageTeller('unlearn', unlearnStages(read), log)
  tell(request.method)
  const unlearning = unlearnRead(read, log)
  tell('self-check')
  const checked = await checkedForHarm(read, unlearning, log)
  tell('report')
  const made = unlearnedTables(read, unlearning, checked, log)
  const audits = request.audit ? await attackBeforeAndAfter(allTables(made), read.targets, request, log) : undefined
  const unlearned = { ...made, audits, filing }
  const { files, outputs } = await writeUnlearned(unlearned)
  // What --force writes all the same is still a failure.
  const unhidden = (unlearned.updated?.refit.unhidden.length ?? 0) > 0
  if (unlearned.harm.worse || unhidden || read.followsLabels) setExitCode(exitCodes.gate)
  session.result(request.json ? jsonText(resultJson(unlearned, outputs), 2) : resultText(unlearned, files))
}
