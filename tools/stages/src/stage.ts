/** @file The stages, and the shape of one node of the stage graph. */

import type { Options } from './grid.ts'

export const stages = [
  'prepare',
  'train',
  'retrain',
  'unlearn',
  'smooth',
  'join',
  'observe',
  'attack',
  'held',
  'evaluate',
  'figure',
  'report',
  'calibrate',
] as const
export type Stage = (typeof stages)[number]

/**
 * Methods that act during training: their model comes from `retrain`, training with a regulariser that knows labels,
 * and has no `unlearn` node. A test compares the list with the table of @indistinct/unlearners.
 */
export const inTrainingMethods: readonly string[] = ['retrain', 'adversarial']

/** Methods that treat the models of a release as one. The same test compares them with `isTogether` of that package. */
export const togetherMethods: readonly string[] = ['flow', 'relabel', 'blind']

/** Recommenders and methods that have an engine beside the kernels. A test of the experiments tries each. */
export const engineRecommenders: readonly string[] = ['lightgcn', 'nmf', 'bpr-mf']
export const engineMethods: readonly string[] = ['flow', 'u2u-r', 'd2d-r']

/** One artifact: the stage that makes it, what it is made with, and the artifacts it is made from. */
export interface StageNode {
  /** Nx project name: the stage, readable names, a digest of everything below. */
  readonly id: string
  readonly stage: Stage
  /** Folder of the artifact, relative to the workspace; git-ignored, absent until the stage has run. */
  readonly root: string
  readonly parameters: Options
  /** Upstream nodes by the role they play for this stage. */
  readonly upstream: { readonly [role: string]: string }
}

/** What a stage runner receives: `upstream` holds artifact folders instead of ids. */
export interface StageInput {
  readonly id: string
  readonly stage: Stage
  readonly root: string
  readonly parameters: Options
  readonly upstream: { readonly [role: string]: string }
}

/** What the runner of `node` receives, `byId` holding the nodes above it. */
export function stageInput(node: StageNode, byId: ReadonlyMap<string, StageNode>): StageInput {
  const upstream: { [role: string]: string } = {}
  for (const [role, id] of Object.entries(node.upstream)) upstream[role] = byId.get(id)!.root
  return { id: node.id, stage: node.stage, root: node.root, parameters: node.parameters, upstream }
}
