/** @file `indistinct compare`: every method on one table, what it still gives away and what it costs. */

import { tableExtensionList } from '@indistinct/embeddings'
import { unlearners } from '@indistinct/unlearners'
import type { CommandModule } from 'yargs'
import { readCompareInputs } from '../compare/compare-inputs.ts'
import { compareOptions, methodNames, type CompareArguments } from '../compare/compare-options.ts'
import { comparePlan } from '../compare/compare-plan.ts'
import { compareRequest } from '../compare/compare-request.ts'
import { comparedJson, comparedText, writeCompared } from '../compare/compare-result.ts'
import { comparedMethods } from '../compare/compared.ts'
import { described } from '../terminal/command-help.ts'
import { computeEnvironment } from '../terminal/common-options.ts'
import { exitCodes } from '../terminal/exit-codes.ts'
import { openSession } from '../terminal/session.ts'
import { showPlan } from '../outputs/dry-run.ts'

export const compareCommand: CommandModule<object, CompareArguments> = {
  builder: (yargs) =>
    described(yargs, {
      usage: 'compare TABLE --attributes FILE --attribute NAME',
      examples: [
        'compare users.npy --attributes people.csv --attribute gender --report compare.html',
        'compare users.npy --attributes people.csv --attribute gender --methods leace,gaussian-transport,flow --json',
        'compare users.npy --attributes people.csv --attribute gender --items items.npy --interactions ' +
          'held-out.csv --seen training.csv',
      ],
      notes: ['Methods:', ...methodNames.map((name) => `  ${name}: ${unlearners[name].description}`)],
      exits: ['partlyDone'],
      environment: computeEnvironment,
    })
      .positional('table', {
        describe: `embeddings, one row a user: ${tableExtensionList}, or a folder of Parquet parts`,
        type: 'string',
        demandOption: true,
      })
      .options(compareOptions) as never,
  handler: (args) => compare(args),
}

async function compare(args: CompareArguments): Promise<void> {
  const session = openSession(args)
  const { log } = session
  const request = compareRequest(args)
  const read = await readCompareInputs(request, log)
  if (request['dry-run']) return showPlan(comparePlan(read), request.json, session)
  const compared = await comparedMethods(read, log)
  await writeCompared(compared)
  session.result(request.json ? comparedJson(compared) : comparedText(compared))
  if (compared.data.rows.some(({ failure }) => failure !== undefined)) process.exitCode = exitCodes.partlyDone
}
