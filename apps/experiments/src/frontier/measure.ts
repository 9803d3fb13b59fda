/**
 * @file One rung on one model, through the stages of `npm start`: its user tables attacked by the whole battery, one by
 * one and side by side, and its price. What was trained and unlearned is kept in a folder; delete it after a change of
 * the methods.
 */

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { attack, battery, type ProtocolName } from '@indistinct/attackers'
import { canonicalJson, sideBySide, writeFileAtomic, type Json, type Labels, type Matrix } from '@indistinct/core'
import type { TraceRow } from '@indistinct/unlearners'
import type { Stage } from '@indistinct/stages'
import * as evaluate from '../stages/evaluate.ts'
import * as prepare from '../stages/prepare.ts'
import * as train from '../stages/train.ts'
import * as unlearn from '../stages/unlearn.ts'
import { digestsFile, makeArtifact, readJsonOf, readMatricesOf } from '../store/artifact-folder.ts'
import { readLabels } from '../store/prepared-data.ts'
import type { UtilityFigure } from '../store/results.ts'
import type { StageContext } from '../store/stage-context.ts'
import { cellName, methodOf, trainingOptions, type Cell, type Rung } from './cells.ts'

export interface Interval {
  readonly value: number
  readonly lower: number
  readonly upper: number
}

export interface MeasuredAttack {
  readonly table: string
  readonly attacker: string
  readonly protocol: string
  readonly input: string
  readonly auc: number
  readonly foldedAuc: Interval
  readonly smallestDetectable: number
}

export interface Measured {
  readonly cell: Cell
  readonly rung: Rung
  /** NDCG@10 on test items over the full ranking, of all users. */
  readonly ndcg: number
  /** Less the original's, over it; the interval is that of the paired bootstrap of users. */
  readonly change?: Interval
  /** Passes over all users, those of each table and those of all side by side; none for the original. */
  readonly passes?: number
  /** Processor seconds of unlearning on one thread. */
  readonly seconds?: number
  readonly attacks: readonly MeasuredAttack[]
}

/** Draws of the 10 % that an attacker knows; five folds are drawn once. */
const repeats: { readonly [protocol in ProtocolName]: number } = { paper: 2, 'five-fold': 1 }

/** Measures `rung` on the model of `cell`, trained in `folder` or found there. */
export async function measure(cell: Cell, rung: Rung, folder: string): Promise<Measured> {
  const { dataset, recommender, seed } = cell
  const at = (...names: string[]): string => join(folder, names.join('-'))
  const prepared = at('prepare', dataset, String(seed))
  const trained = at('train', cellName(cell))
  await made(
    prepared,
    'prepare',
    prepare,
    { dataset: { name: dataset, options: {} }, core: 5, split: { kind: 'ratio', ratios: [0.8, 0.1, 0.1] }, seed },
    {},
  )
  await made(
    trained,
    'train',
    train,
    { recommender: { name: recommender, options: trainingOptions(cell) }, seed },
    { prepare: prepared },
  )
  const data = { prepare: prepared, train: trained }
  const before = at('evaluate', cellName(cell), 'original')
  await made(before, 'evaluate', evaluate, { attribute: 'gender' }, { ...data, tables: trained })
  let tablesFrom = trained
  let price: Pick<Measured, 'change' | 'passes' | 'seconds'> = {}
  let ndcg = figureOf(before).value
  if (rung !== 'original') {
    tablesFrom = at('unlearn', cellName(cell), rung)
    const after = at('evaluate', cellName(cell), rung)
    await made(tablesFrom, 'unlearn', unlearn, { method: methodOf(rung), attribute: 'gender', seed }, data)
    await made(after, 'evaluate', evaluate, { attribute: 'gender' }, { ...data, tables: tablesFrom, before })
    const figure = figureOf(after)
    const share = (value: number): number => value / ndcg
    const { value, lower, upper } = figure.change!
    price = {
      change: { value: share(value), lower: share(lower), upper: share(upper) },
      passes: passesOf(readJsonOf<{ [table: string]: History }>(tablesFrom, 'unlearn')),
      seconds: readJsonOf<{ processor: number }>(`${tablesFrom}/timing`, 'seconds').processor,
    }
    ndcg = figure.value
  }
  const labels = readLabels(prepared, 'gender')
  const tables = readMatricesOf(tablesFrom, 'tables')
  const attacks: MeasuredAttack[] = []
  for (const [table, embedding] of [
    ...Object.entries(tables),
    ['side by side', sideBySide(Object.values(tables))] as const,
  ]) {
    for (const protocol of ['paper', 'five-fold'] as const) {
      attacks.push(
        ...(await kept(`${at('attacked', cellName(cell), rung, table.replaceAll(' ', '-'), protocol)}.json`, () =>
          attacksOn(embedding, labels, table, protocol, seed),
        )),
      )
    }
  }
  return { cell, rung, ndcg, ...price, attacks }
}

/**
 * What the battery lists under `protocol`, none of it fitted again under permuted labels: intervals are wanted, not p.
 */
async function attacksOn(
  embedding: Matrix,
  labels: Labels,
  table: string,
  protocol: ProtocolName,
  seed: number,
): Promise<MeasuredAttack[]> {
  const made: MeasuredAttack[] = []
  for (const entry of Object.values(battery)) {
    for (const { input } of entry.attacks.filter((listed) => listed.protocol === protocol)) {
      const {
        attacker,
        auc,
        foldedAuc: { value, lower, upper },
        smallestDetectable,
      } = await attack(embedding, labels, entry.attacker, {
        protocol,
        input,
        seed,
        repeats: repeats[protocol],
        permutations: 199,
      })
      made.push({
        table,
        attacker,
        protocol,
        input,
        auc: auc.value,
        foldedAuc: { value, lower, upper },
        smallestDetectable,
      })
    }
  }
  return made
}

/** The value in the JSON file at `path`, made and written unless it is there. */
async function kept<T>(path: string, make: () => Promise<T>): Promise<T> {
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as T
  const value = await make()
  writeFileAtomic(path, canonicalJson(value as Json))
  return value
}

/** The artifact of a stage at `root`, made unless it is there; beside it the processor seconds that it took. */
async function made(
  root: string,
  stage: Stage,
  runner: { run(context: StageContext): Promise<void> },
  parameters: StageContext['parameters'],
  upstream: StageContext['upstream'],
): Promise<void> {
  if (existsSync(join(root, 'artifact', digestsFile))) return
  const started = process.cpuUsage()
  await makeArtifact(root, (artifact) =>
    runner.run({ id: root, stage, root, parameters, upstream, artifact, progress: () => {} }),
  )
  const { user, system } = process.cpuUsage(started)
  await makeArtifact(join(root, 'timing'), async (artifact) =>
    artifact.json('seconds', { processor: (user + system) / 1e6 }),
  )
}

function figureOf(evaluated: string): UtilityFigure {
  return readJsonOf<UtilityFigure[]>(evaluated, 'utility').find(
    ({ metric, k, group }) => metric === 'NDCG' && k === 10 && group === undefined,
  )!
}

interface History {
  readonly passes: number
  readonly parameters: { readonly [name: string]: Json }
  readonly trace: readonly TraceRow[]
}

/** Passes over tables side by side are in the history of each, after its own, and counted once. */
function passesOf(history: { readonly [table: string]: History }): number {
  // Tables that follow from others take no pass of their own.
  const results = Object.values(history).filter(({ passes }) => passes > 0)
  const [first] = results
  // Every run starts with stage 0, the table's own first.
  const shared =
    first!.parameters['together'] === undefined
      ? 0
      : first!.passes - first!.trace.findIndex(({ stage }, pass) => stage === 0 && pass > 0)
  return results.reduce((sum, { passes }) => sum + passes, 0) - (results.length - 1) * shared
}
