/** @file report: one HTML page that compares a model before and after unlearning, from the artifacts of both. */

import { join } from 'node:path'
import { classCounts, sha256, type Json, type Labels, type Matrix } from '@indistinct/core'
import { neighbourOverlap } from '@indistinct/metrics'
import {
  attackerName,
  displacementOf,
  mapUsers,
  neighbourDataOf,
  protocolName,
  reportHtml,
  tellingDimensions,
  type AttributeSummary,
  type Provenance,
  type ReportData,
  type UserMapOptions,
} from '@indistinct/report'
import type { Grid, Product } from '@indistinct/stages'
import { readJsonOf, readMatricesOf, readMatrixOf } from '../store/artifact-folder.ts'
import { readLabels } from '../store/prepared-data.ts'
import type { StoredAttack, UtilityFigure } from '../store/results.ts'
import { upstreamOf, type StageContext } from '../store/stage-context.ts'
import { attackRows, exposures, rocCurves, threatModel, utilityRows } from './report-sections.ts'

/** The distance of a folded AUC from 0.5 that counts as none, as in `indistinct audit`. */
const margin = 0.05

/** Writes report.html, its data as report.json, and grid.json, which repeats the run. */
export async function run(context: StageContext): Promise<void> {
  const { product } = context.parameters as unknown as { product: Product }
  const [dataset, recommender, method, attribute, seed] = [
    product.datasets[0]!,
    product.recommenders[0]!,
    product.methods[0],
    product.attributes[0]!,
    product.seeds[0]!,
  ]
  const labels = readLabels(upstreamOf(context, 'prepare'), attribute)
  const before = readMatricesOf(upstreamOf(context, 'train'), 'tables')
  const after = method && readMatricesOf(upstreamOf(context, 'tables'), 'tables')
  const onTables = { before: attacksOf(context, 'before', 'attack'), after: attacksOf(context, 'after', 'attack') }
  const outside = { before: attacksOf(context, 'before', 'observed'), after: attacksOf(context, 'after', 'observed') }
  const attacks = { before: [...onTables.before, ...outside.before], after: [...onTables.after, ...outside.after] }
  const utility = { before: utilityOf(context, 'before'), after: utilityOf(context, 'after') }
  // A method may have left tables alone.
  const shown = Object.keys(after ?? before)
  const drawn = mostTelling(
    onTables.before.filter(({ table }) => shown.includes(table)),
    shown,
  )
  const exposure = exposures(onTables.before, onTables.after)
  const grid: Grid = { name: 'repeat', title: context.id, products: [product] }
  const data: ReportData = {
    title: method
      ? `Unlearning of ${attribute} in ${dataset.name} by ${method.name}`
      : `Audit of ${attribute} in ${dataset.name}`,
    subject: `${dataset.name}, ${recommender.name}, ${labels.codes.length} users, user tables ${Object.entries(before)
      .map(([name, { cols }]) => `${name} (K = ${cols})`)
      .join(', ')}`,
    attribute: summaryOf(attribute, labels),
    smallestLeak: Math.min(...(method ? attacks.after : attacks.before).map((attack) => attack.smallestDetectable)),
    margin,
    threatModel: threatModel(attribute, attacks.before, observedDescriptions(context)),
    attacks: attackRows(attacks.before, attacks.after, outside.before),
    ...(exposure && { exposure }),
    roc: rocCurves(attacks.before, attacks.after),
    histograms: tellingDimensions(before[drawn]!, after?.[drawn], labels),
    scatter: mapUsers(before[drawn]!, after?.[drawn], labels, { seed, ...predictionsOf(context, drawn) }),
    // A model trained anew has axes of its own: distances between the two mean nothing.
    ...(after &&
      !upstreamOf(context, 'tables').startsWith('artifacts/retrain/') && {
        displacement: displacementOf(before[drawn]!, after[drawn]!, labels),
      }),
    ...(after && { neighbours: neighbourDataOf(neighbourOverlap(before[drawn]!, after[drawn]!, { seed }), labels) }),
    utility: utilityRows(utility.before, utility.after),
    provenance: provenanceOf(context, product, before, after),
    limits: limitsOf({ tables: Object.keys(before).length, drawn, product, observed: outside.after.length > 0 }),
  }
  context.artifact.text('report.html', reportHtml(data))
  context.artifact.json('report', data as unknown as Json)
  context.artifact.json('grid', grid as unknown as Json)
}

/**
 * What the report does not say.
 * @param drawn the table that figures show
 * @param observed whether lists were attacked
 */
function limitsOf({
  tables,
  drawn,
  product,
  observed,
}: {
  readonly tables: number
  readonly drawn: string
  readonly product: Product
  readonly observed: boolean
}): string[] {
  return [
    ...(tables > 1
      ? [
          `Figures of dimensions, users and distances show the table ${drawn}, where an attack before ` +
            'unlearning was strongest.',
        ]
      : []),
    'Attackers saw one table at a time, not all of them together.',
    ...(product.release
      ? [
          `Models ${product.recommenders.map(({ name }) => name).join(', ')} are one release. Attacks on all ` +
            'their tables at once are in the table that npm start prints, not here.',
        ]
      : []),
    ...(observed
      ? [
          'Recommended lists leave out the items that a user has seen. Which these are shows in the lists, and ' +
            'no unlearning of embeddings changes it.',
        ]
      : []),
  ]
}

type When = 'before' | 'after'

/** Attacks on user tables, or on what outsiders see, in the order in which the grid names them. */
function attacksOf(context: StageContext, when: When, on: 'attack' | 'observed'): StoredAttack[] {
  return rolesOf(context, `${when}/${on}/`).flatMap((role) =>
    readJsonOf<StoredAttack[]>(upstreamOf(context, role), 'attack'),
  )
}

/** Roles that start with `prefix`, by the number behind it. */
function rolesOf(context: StageContext, prefix: string): string[] {
  return Object.keys(context.upstream)
    .filter((role) => role.startsWith(prefix))
    .sort((a, b) => Number(a.slice(prefix.length)) - Number(b.slice(prefix.length)))
}

/** What the strongest attack on `table` before unlearning takes users for, and the same attack after it. */
function predictionsOf(context: StageContext, table: string): Pick<UserMapOptions, 'predictions'> {
  const found = (when: When) =>
    rolesOf(context, `${when}/attack/`).flatMap((role) =>
      readJsonOf<StoredAttack[]>(upstreamOf(context, role), 'attack')
        .map((attack, column) => ({ attack, role, column }))
        .filter(({ attack }) => attack.table === table),
    )
  const before = found('before')
  if (before.length === 0) return {}
  const strongest = before.reduce((best, each) =>
    each.attack.foldedAuc.value > best.attack.foldedAuc.value ? each : best,
  )
  const { attacker, protocol, input } = strongest.attack
  const same = found('after').find(
    ({ attack }) => attack.attacker === attacker && attack.protocol === protocol && attack.input === input,
  )
  const codes = ({ role, column }: { role: string; column: number }): Int32Array => {
    const { rows, cols, data } = readMatrixOf(upstreamOf(context, role), 'predicted')
    return Int32Array.from({ length: rows }, (_, user) => data[user * cols + column]!)
  }
  return {
    predictions: {
      name: `prediction of ${attackerName(attacker)} (${protocolName(protocol)}, ${input})`,
      before: codes(strongest),
      ...(same && { after: codes(same) }),
    },
  }
}

/** What the rows of the tables are that outsiders see. */
function observedDescriptions(context: StageContext): string[] {
  if (context.upstream['before/observe'] === undefined) return []
  return Object.values(
    readJsonOf<{ [table: string]: { description: string } }>(upstreamOf(context, 'before/observe'), 'observed'),
  ).map(({ description }) => description)
}

function utilityOf(context: StageContext, when: When): UtilityFigure[] {
  const role = `${when}/evaluate`
  return context.upstream[role] === undefined ? [] : readJsonOf<UtilityFigure[]>(upstreamOf(context, role), 'utility')
}

/** The table that the strongest attack was on. */
function mostTelling(attacks: readonly StoredAttack[], tables: readonly string[]): string {
  const strongest = attacks.reduce<StoredAttack | undefined>(
    (best, attack) => (best === undefined || attack.foldedAuc.value > best.foldedAuc.value ? attack : best),
    undefined,
  )
  return strongest?.table ?? tables[0]!
}

function summaryOf(name: string, labels: Labels): AttributeSummary {
  const counts = classCounts(labels)
  const missing = labels.codes.reduce((count, code) => count + (code < 0 ? 1 : 0), 0)
  return { name, classes: labels.classes.map((label, code) => ({ name: label, users: counts[code]! })), missing }
}

function provenanceOf(
  context: StageContext,
  product: Product,
  before: Record<string, Matrix>,
  after: Record<string, Matrix> | undefined,
): Provenance {
  const method = product.methods[0]
  const hashes: { [name: string]: string } = {}
  for (const [when, tables] of [
    ['before', before],
    ['after', after ?? {}],
  ] as const) {
    for (const [name, { data }] of Object.entries(tables))
      hashes[`${name} ${when}, float32`] = sha256(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
  }
  const {
    datasets: [dataset],
    recommenders: [recommender],
    attackers,
    protocols,
    core,
    split,
    observed,
  } = product
  return {
    ...(method && { method: method.name }),
    parameters: {
      ...(method && { [method.name]: method.options ?? {} }),
      'data set': dataset as unknown as Json,
      recommender: recommender as unknown as Json,
      attackers: attackers as unknown as Json,
      protocols: protocols as unknown as Json,
      ...(observed && { 'seen from outside': observed as unknown as Json }),
      'smallest number of interactions': core ?? null,
      split: (split ?? null) as Json,
    },
    seed: product.seeds[0]!,
    command: `npm start -- --grid ${join(context.root, 'artifact', 'grid.json')}`,
    hashes,
  }
}
