/** @file What a product makes of one trained model: unlearning, evaluation, attacks, and what holders of more learn. */

import { canonicalJson, type Json } from '@indistinct/core'
import { addNode } from './add-node.ts'
import type { ModelCell } from './expanded-grid.ts'
import type { Options, Product, SmoothingChoice } from './grid.ts'
import type { Cell, FullChoice } from './product-cell.ts'
import { engineMethods, engineRecommenders, inTrainingMethods, togetherMethods, type StageNode } from './stage.ts'
import { attacksOn } from './attack-nodes.ts'

/**
 * The nodes of one variant: the original where `method` is absent, else its unlearning.
 * @param report the original that a report compares it with, 'alone' for a report without comparison, 'none' for none
 */
export function modelOf(
  nodes: Map<string, StageNode>,
  cell: Cell,
  method: FullChoice | undefined,
  report: ModelCell | 'alone' | 'none',
): ModelCell {
  const { dataset, recommender, attribute, seed, observed, smoothing } = cell
  const names = [dataset.name, recommender.name]
  const variant = [...names, method?.name ?? 'original']
  const { prepare, original, train, inTraining } = trainNodes(nodes, cell, method)
  const data = { prepare: prepare.id, train: train.id }
  const { unlearn, whole } = method && !inTraining ? unlearnNodes(nodes, cell, method, data) : {}
  const tables = (unlearn ?? train).id
  const first = addNode(
    nodes,
    'evaluate',
    [...names, 'original'],
    { attribute },
    { prepare: prepare.id, train: original.id, tables: original.id },
  )
  // With the original's figures at hand, those of a variant are compared with it user by user.
  const evaluate = method
    ? addNode(nodes, 'evaluate', variant, { attribute }, { ...data, tables, before: first.id })
    : first
  const smoothed =
    !method && smoothing && smoothedNode(nodes, names, smoothing, { attribute }, { ...data, before: first.id })
  const attacks = attacksOn(nodes, cell, variant, prepare.id, tables)
  const held =
    cell.held && heldNode(nodes, cell, cell.held, variant, { prepare: prepare.id, tables, earlier: original.id })
  const observe =
    observed &&
    addNode(nodes, 'observe', variant, { top: observed.top, width: observed.width, seed }, { ...data, tables })
  const model: ModelCell = {
    dataset: dataset.name,
    recommender: recommender.name,
    attribute,
    seed,
    prepare,
    train,
    evaluate,
    attacks,
    observedAttacks: observe
      ? attacksOn(nodes, { ...observed, attribute, seed }, [...variant, 'observed'], prepare.id, observe.id)
      : [],
    ...(method && { method }),
    ...(unlearn && { unlearn }),
    ...(whole && { release: whole }),
    ...(observe && { observe }),
    ...(smoothed && { smoothed }),
    ...(held && { held }),
  }
  if (report === 'none') return model
  const upstream = { ...data, train: original.id, tables }
  const shown = report === 'alone' ? { before: model } : { before: report, after: model }
  return { ...model, report: reportNode(nodes, cell, { variant, method, upstream, shown }) }
}

interface ReportedModel {
  readonly variant: readonly string[]
  readonly method: FullChoice | undefined
  readonly upstream: { readonly [role: string]: string }
  /** What is shown. */
  readonly shown: { readonly before: ModelCell; readonly after?: ModelCell }
}

/** The report of one model. Its parameters are the product of this one comparison, and the grid to repeat it with. */
function reportNode(
  nodes: Map<string, StageNode>,
  cell: Cell,
  { variant, method, upstream: given, shown }: ReportedModel,
): StageNode {
  const { dataset, recommender, attackers, protocols, attribute, seed } = cell
  const { core, split, epochBy, engine, observed, release } = cell
  const upstream: { [role: string]: string } = { ...given }
  for (const [when, each] of Object.entries(shown)) {
    upstream[`${when}/evaluate`] = each.evaluate.id
    each.attacks.forEach((attack, at) => (upstream[`${when}/attack/${at}`] = attack.node.id))
    each.observedAttacks.forEach((attack, at) => (upstream[`${when}/observed/${at}`] = attack.node.id))
    if (each.observe) upstream[`${when}/observe`] = each.observe.id
  }
  const others = (release ?? []).filter((each) => canonicalJson(each) !== canonicalJson(recommender))
  const product: Product = {
    datasets: [dataset],
    recommenders: [recommender, ...others],
    methods: method ? [method] : [],
    attackers,
    protocols,
    attributes: [attribute],
    seeds: [seed],
    core,
    split,
    ...(epochBy === 'test' && { epochBy }),
    ...(engine !== 'kernels' && { engine }),
    ...(observed && { observed }),
    ...(release && { release: true }),
  }
  return addNode(nodes, 'report', variant, { product: product as unknown as Json }, upstream)
}

/** The split, the original, and the model that is trained for this variant. */
function trainNodes(
  nodes: Map<string, StageNode>,
  cell: Cell,
  method: FullChoice | undefined,
): { prepare: StageNode; original: StageNode; train: StageNode; inTraining: boolean } {
  const { dataset, recommender, attribute, seed, core, split } = cell
  const names = [dataset.name, recommender.name]
  const prepare = addNode(nodes, 'prepare', [dataset.name], { dataset, core, split: split as Json, seed }, {})
  const training = trainingOf(cell, recommender)
  const inTraining = method !== undefined && inTrainingMethods.includes(method.name)
  const original = addNode(nodes, 'train', names, training, { prepare: prepare.id })
  const train = inTraining
    ? addNode(nodes, 'retrain', [...names, method.name], { ...training, method, attribute }, { prepare: prepare.id })
    : original
  return { prepare, original, train, inTraining }
}

/**
 * The unlearning of one model. One of `togetherMethods` of a release is one node over all models, of which each model's
 * own node takes its part, unless the method's option `together` says that tables are treated apart.
 */
function unlearnNodes(
  nodes: Map<string, StageNode>,
  cell: Cell,
  method: FullChoice,
  data: { readonly prepare: string; readonly train: string },
): { unlearn: StageNode; whole?: StageNode } {
  const { dataset, recommender, attribute, seed, release, engine } = cell
  const names = [dataset.name, recommender.name, method.name]
  const parameters = { method, attribute, seed, ...engineOf(engine, engineMethods, method) }
  if (!release || !togetherMethods.includes(method.name) || method.options['together'] === false) {
    return { unlearn: addNode(nodes, 'unlearn', names, parameters, data) }
  }
  const trained = release.map(
    (each) => addNode(nodes, 'train', [dataset.name, each.name], trainingOf(cell, each), { prepare: data.prepare }).id,
  )
  const models = Object.fromEntries(trained.map((id, part) => [`train/${part}`, id]))
  const whole = addNode(nodes, 'unlearn', [dataset.name, ...release.map(({ name }) => name), method.name], parameters, {
    prepare: data.prepare,
    ...models,
  })
  return {
    unlearn: addNode(nodes, 'unlearn', names, { part: trained.indexOf(data.train) }, { release: whole.id }),
    whole,
  }
}

/** The evaluation of the original's tables smoothed. `data` has the roles of an evaluation but `tables`. */
function smoothedNode(
  nodes: Map<string, StageNode>,
  names: readonly string[],
  smoothing: SmoothingChoice,
  parameters: Options,
  data: { readonly prepare: string; readonly train: string; readonly before: string },
): StageNode {
  const smooth = addNode(nodes, 'smooth', names, { ...smoothing }, { tables: data.train })
  return addNode(nodes, 'evaluate', [...names, 'smoothed'], parameters, { ...data, tables: smooth.id })
}

/** What the tables of one variant tell to whom, the other model of `held` being trained on the same split. */
function heldNode(
  nodes: Map<string, StageNode>,
  cell: Cell,
  { ofTables, ofHeld, other }: NonNullable<Cell['held']>,
  names: readonly string[],
  upstream: { readonly [role: string]: string },
): StageNode {
  const { dataset, attribute, seed } = cell
  const trained = addNode(nodes, 'train', [dataset.name, other.name], trainingOf(cell, other), {
    prepare: upstream['prepare']!,
  })
  return addNode(nodes, 'held', names, { ofTables, ofHeld, attribute, seed }, { ...upstream, other: trained.id })
}

/** Parameters of training. What is as it should be is left out, so that it makes no other digest. */
function trainingOf({ seed, epochBy, engine }: Cell, recommender: FullChoice): Options {
  return {
    recommender,
    seed,
    ...(epochBy === 'test' && { epochBy }),
    ...engineOf(engine, engineRecommenders, recommender),
  }
}

/** The engine as a parameter, where it is not the default one and `choice` has another. */
function engineOf(engine: Cell['engine'], having: readonly string[], choice: FullChoice): Options {
  return engine !== 'kernels' && having.includes(choice.name) ? { engine } : {}
}
