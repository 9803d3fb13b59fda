/** @file What a grid expands to: its nodes, and which of them concern which model, release, figure and yardstick. */

import type { Choice, FigureName, Grid, Options } from './grid.ts'
import type { StageNode } from './stage.ts'

/** One attack on a model: all its user tables, seen by one attacker under one protocol. */
export interface AttackCell {
  readonly attacker: string
  readonly protocol: string
  readonly node: StageNode
}

/** One variant of a model in a grid, with every node that concerns it. */
export interface ModelCell {
  readonly dataset: string
  readonly recommender: string
  /** Absent for the original model. */
  readonly method?: Choice
  readonly attribute: string
  readonly seed: number
  readonly prepare: StageNode
  /** What made the model: a `train` node, or the `retrain` node of a method that acts during training. */
  readonly train: StageNode
  /** Absent for the original model and for methods that act during training. */
  readonly unlearn?: StageNode
  /** The unlearning of all models of its release, which `unlearn` takes this model's part of. */
  readonly release?: StageNode
  readonly evaluate: StageNode
  /** The original's quality with smoothed user tables, where its product asks for it. */
  readonly smoothed?: StageNode
  readonly attacks: readonly AttackCell[]
  /** What outsiders see of the model, and attacks on that; none where its product does not ask for them. */
  readonly observe?: StageNode
  readonly observedAttacks: readonly AttackCell[]
  /** What the model tells by what an attacker holds; absent where its product does not ask. */
  readonly held?: StageNode
  /** The comparison with the original; the original has one of its own only where its product names no method. */
  readonly report?: StageNode
}

/** All models of a release side by side, as trained or after one method, and attacks on all their tables at once. */
export interface ReleaseCell {
  readonly dataset: string
  readonly recommenders: readonly string[]
  /** Absent for the original models. */
  readonly method?: Choice
  readonly attribute: string
  readonly seed: number
  readonly join: StageNode
  readonly attacks: readonly AttackCell[]
}

/** One yardstick on the split of a data set and seed. */
export interface YardstickCell {
  readonly dataset: string
  readonly yardstick: { readonly name: string; readonly options: Options }
  readonly seed: number
  readonly evaluate: StageNode
}

/** One figure, and what it shows. */
export interface FigureCell {
  readonly figure: FigureName
  readonly dataset: string
  readonly recommender: string
  readonly attribute: string
  /** The method that a histogram is of. */
  readonly method?: Choice
  readonly node: StageNode
}

/** A grid with its nodes, in an order where upstream comes first. */
export interface ExpandedGrid {
  readonly grid: Grid
  readonly nodes: readonly StageNode[]
  readonly models: readonly ModelCell[]
  /** Of products that release several models together. */
  readonly releases: readonly ReleaseCell[]
  readonly yardsticks: readonly YardstickCell[]
  readonly figures: readonly FigureCell[]
}
