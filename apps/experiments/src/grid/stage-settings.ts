/** @file The settings that the time of a stage grows with, from its node and the nodes above it; the seed is none. */

import type { Json } from '@indistinct/core'
import { namedAttackers } from '@indistinct/attackers'
import { knownDataset } from '@indistinct/datasets'
import { recommenders } from '@indistinct/recommenders'
import type { Choice, Options, SplitChoice, Stage, StageNode } from '@indistinct/stages'
import { inTrainingMethods, unlearners } from '@indistinct/unlearners'

/** A recommender or method with all its options, defaults included. */
export interface Settled {
  readonly name: string
  readonly options: Options
}

export interface StageSettings {
  readonly stage: Stage
  /** Interactions are those that are trained on. */
  readonly data: {
    readonly name: string
    readonly users: number
    readonly items: number
    readonly interactions: number
  }
  /** What is trained, ranks, or gives the lists whose order a method keeps. */
  readonly recommender?: Settled
  readonly method?: Settled
  /** Dimensions of each user table that is protected or attacked. */
  readonly tables?: readonly number[]
  readonly attack?: {
    readonly attacker: string
    readonly inputs: readonly string[]
    readonly protocol: string
    readonly options: Options
  }
  readonly figure?: string
  readonly repetitions?: number
  /** Where it is not the kernels. */
  readonly engine?: string
}

type Nodes = ReadonlyMap<string, StageNode>

const trainsOrRanks: ReadonlySet<Stage> = new Set(['train', 'retrain', 'evaluate'])

/** @param byId the nodes above `node` */
export function settingsOf(node: StageNode, byId: Nodes): StageSettings {
  const { stage, parameters } = node
  const model = modelAbove(node, byId)
  const recommender = model && settledRecommender(model)
  const { method, engine, figure, from, to } = parameters
  const settled = method === undefined ? undefined : settledMethod(method as unknown as Choice)
  return {
    stage,
    data: dataOf(node, byId),
    ...(recommender && (trainsOrRanks.has(stage) || settled?.options['regulariser']) && { recommender }),
    ...(settled && { method: settled }),
    ...(['retrain', 'unlearn'].includes(stage) && { tables: widthsOf(node, byId) }),
    ...(stage === 'attack' && { tables: attackedWidths(node, byId), attack: attackOf(node) }),
    ...(typeof figure === 'string' && { figure }),
    ...(stage === 'calibrate' && { repetitions: (to as number) - (from as number) }),
    ...(typeof engine === 'string' && { engine }),
  }
}

/** Sizes of files that nothing is known of are taken for those of MovieLens 100K. */
function dataOf(node: StageNode, byId: Nodes): StageSettings['data'] {
  const usual = knownDataset('ml-100k')!.counts!
  const prepare = prepareAbove(node, byId)
  if (prepare === undefined) return { name: 'none', ...usual }
  const { name, options = {} } = prepare.parameters['dataset'] as unknown as Choice
  const counts = knownDataset(name)?.counts ?? usual
  const { users = counts.users, items: all = counts.items } = options as { users?: number; items?: number }
  const split = prepare.parameters['split'] as unknown as SplitChoice | undefined
  const trained = split?.kind === 'ratio' ? split.ratios[0] : 1
  // Counts are of the files; filters drop few users, and about so many items.
  const items = Math.round(0.85 * all)
  return { name, users, items, interactions: Math.round((trained * counts.interactions * users) / counts.users) }
}

function prepareAbove(node: StageNode, byId: Nodes): StageNode | undefined {
  if (node.stage === 'prepare') return node
  const above = byId.get(node.upstream['prepare'] ?? Object.values(node.upstream)[0] ?? '')
  return above && prepareAbove(above, byId)
}

/** The parameters that name the recommender of `node`. */
function modelAbove(node: StageNode, byId: Nodes): Options | undefined {
  if (node.parameters['recommender'] !== undefined) return node.parameters
  return byId.get(node.upstream['train'] ?? '')?.parameters
}

function settledRecommender(parameters: Options): Settled | undefined {
  const { name, options } = parameters['recommender'] as unknown as Choice
  const known = recommenders.find((each) => each.name === name)
  return known && { name, options: seedless({ ...known.defaults, ...options }) }
}

function settledMethod({ name, options }: Choice): Settled {
  const known = { ...unlearners, ...inTrainingMethods } as { [name: string]: { readonly defaults: object } }
  return { name, options: seedless({ ...known[name]?.defaults, ...options }) }
}

function seedless({ seed: _, ...rest }: { readonly [name: string]: unknown }): Options {
  return rest as Options
}

/** Dimensions of the tables that `node` writes. */
function widthsOf(node: StageNode | undefined, byId: Nodes): number[] {
  const above = (role: string): number[] => widthsOf(byId.get(node?.upstream[role] ?? ''), byId)
  const all = (): number[] => Object.keys(node!.upstream).flatMap((role) => (role === 'prepare' ? [] : above(role)))
  switch (node?.stage) {
    case 'train':
      return tableWidths(node.parameters)
    case 'retrain':
    case 'unlearn': {
      const { method, part } = node.parameters
      if (part !== undefined)
        return widthsOf(byId.get(byId.get(node.upstream['release']!)?.upstream[`train/${String(part)}`] ?? ''), byId)
      const listed = (method as unknown as Choice).options?.['tables']
      const models = [node.parameters, ...Object.values(node.upstream).map((id) => byId.get(id)?.parameters ?? {})]
      return models.flatMap((each) => (each['recommender'] === undefined ? [] : tableWidths(each, listed)))
    }
    case 'join':
      return [all().reduce((sum, width) => sum + width, 0)]
    case 'observe':
      return Array.from({ length: 3 }, () => node.parameters['width'] as number)
    case 'smooth':
      return above('tables')
    default:
      return []
  }
}

/** Dimensions of a recommender's user tables, of those `listed` alone where there is a list. */
function tableWidths(parameters: Options, listed?: Json): number[] {
  const settled = settledRecommender(parameters)
  const names = recommenders.find(({ name }) => name === settled?.name)?.userTables ?? []
  return names
    .filter((name) => !Array.isArray(listed) || listed.includes(name))
    .map((name) => (settled!.options[name] ?? settled!.options['factors']) as number)
}

/** A model trained under a method has tables that the method was not told of, too. */
function attackedWidths({ upstream, parameters }: StageNode, byId: Nodes): number[] {
  const attacked = byId.get(upstream['tables'] ?? '')
  const widths = attacked?.stage === 'retrain' ? tableWidths(attacked.parameters) : widthsOf(attacked, byId)
  return parameters['sideBySide'] ? [...widths, widths.reduce((sum, width) => sum + width, 0)] : widths
}

function attackOf({ parameters }: StageNode): StageSettings['attack'] & {} {
  const { name, options } = parameters['attacker'] as unknown as Choice
  const protocol = parameters['protocol'] as unknown as Choice
  const usual = namedAttackers[name]?.attacker.scaleFree ? ['raw'] : ['raw', 'standardised']
  return {
    attacker: name,
    inputs: (options?.['inputs'] as string[] | undefined) ?? usual,
    protocol: protocol.name,
    options: protocol.options ?? {},
  }
}
