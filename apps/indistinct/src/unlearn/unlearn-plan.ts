/** @file What `unlearn --dry-run` says: what the run would do, once everything that it would refuse is ruled out. */

import { counted, type Json } from '@indistinct/core'
import { tableFiles } from '@indistinct/embeddings'
import { checkedClasses, unlearners } from '@indistinct/unlearners'
import { planTargets } from '../audit/planned-attacks.ts'
import { inputFiles } from '../inputs/table-inputs.ts'
import { inputFacts, inputSteps, type Plan } from '../outputs/dry-run.ts'
import { derivedNames, type UnlearnInputs } from './unlearn-inputs.ts'
import { stagesLine } from '../terminal/work-stages.ts'
import { unlearnStages } from './unlearn-cost.ts'
import { sharedFiles, sidecarOf, smoothedBy, type UnlearnRequest } from './unlearn-request.ts'

function withoutLabel(request: UnlearnRequest): string {
  if (request.unlabelled === 'map') return 'mapped'
  return smoothedBy(request) > 0 ? 'smoothed as everyone, and else left as they are' : 'left as they are'
}

/** @throws IndistinctError where the method would refuse the tables. */
export function unlearnPlan(read: UnlearnInputs): Plan {
  const { request, inputs, tables, extras, fit } = read
  const { update, seed, unlabelled } = request
  const { matrix } = inputs.table
  const derived = derivedNames(read)
  if (!fit) for (const table of tables) checkedClasses(request.method, table.matrix, inputs.labels)
  for (const [name, labels] of fit ? [] : Object.entries(extras.also ?? {}))
    checkedClasses(`${request.method}, ${name}`, matrix, labels)
  const method = fit?.fitted.method ?? (request.continuous ? 'hsic-flow' : request.method)
  const { defaults } = unlearners[request.method]
  const own = fit ? fit.fitted.parameters : defaults
  const parameters = { ...own, ...request.parameters } as { [name: string]: Json }
  const attacks = request.audit ? planTargets(matrix, read.targets, request) : undefined
  // A fit has what it found among its parameters too: that is for --json.
  const listed = Object.entries(parameters)
    .filter(([name]) => !fit || (Object.hasOwn(defaults, name) && name !== 'seed'))
    .map(([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : value}`)
  const line = stagesLine(unlearnStages(read))
  const others = tables.map(({ name }) => name).filter((name) => !derived.includes(name))
  return {
    command: 'unlearn',
    steps: [
      ...inputSteps(request.table, inputs),
      ...tables.slice(1).map((table) => `${table.path}: the same users, ${counted(table.matrix.cols, 'dimension')}`),
      `${method}${fit ? `, as ${update!} has it` : ''}${listed.length > 0 ? `: ${listed.join(', ')}` : ''}; ` +
        `seed ${seed}`,
      ...derived.map((name) => `${name} as a linear function of ${others.join(' and ')}`),
      `users without a label are ${withoutLabel(request)}`,
      'then a self-check: does the new table give away more than before, to attackers of fine structure?',
      ...(line === undefined ? [] : [line]),
      ...(attacks
        ? [`before and after it${tables.length > 1 ? ', on each table and on all joined' : ''}:`, ...attacks.steps]
        : []),
    ],
    facts: {
      ...inputFacts(inputs),
      ...(tables.length > 1 && { tables: tables.map(({ name }) => name), derived }),
      method,
      parameters,
      seed,
      unlabelled,
      ...(extras.also && { also: [...extras.summaries] }),
      input: { ...inputFiles(request, inputs), ...extras.files },
      ...(attacks && { attacks: attacks.attacks }),
    },
    writes: [
      ...tables.flatMap(({ out, source }) => [...tableFiles(out, source), sidecarOf(out)]),
      ...sharedFiles(request),
    ],
  }
}
