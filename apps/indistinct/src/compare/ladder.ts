/**
 * @file Every method on one table: what it still gives away to the battery, what it cost. A failure is a result too.
 */

import type { Labels, Matrix } from '@indistinct/core'
import type { AuditResult } from '@indistinct/attackers'
import type { ComparisonRow, Estimate } from '@indistinct/report'
import { unlearners, type TraceRow, type Unlearned, type UnlearnerName } from '@indistinct/unlearners'
import { tableChange } from '../unlearn/table-change.ts'

export interface LadderOptions {
  readonly methods: readonly UnlearnerName[]
  readonly seed: number
  readonly attack: (embedding: Matrix, label: string) => Promise<AuditResult>
  /** NDCG@10 of recommending by these user vectors. */
  readonly ndcg?: (embedding: Matrix) => Estimate
  /** Called before each method, the original table among them. */
  readonly onMethod?: (name: string) => void
  /** Called with every pass of a method. */
  readonly onPass?: (row: TraceRow) => void
}

/** Methods whose displacement the noise takes as its own: the first of these that was run and did not fail. */
const noiseLike: readonly UnlearnerName[] = ['flow', 'gaussian-transport', 'mean-matching', 'leace', 'blind', 'd2d-r']

/**
 * A row for the original table and one for each method, with the defaults of each. `random-noise` moves users as far as
 * another method did, which its name in the row says; it is run last.
 */
export async function runLadder(embedding: Matrix, labels: Labels, options: LadderOptions): Promise<ComparisonRow[]> {
  const moved = new Map<string, Matrix>()
  const passes = options.onPass && { onPass: options.onPass }
  const rows: ComparisonRow[] = []
  const run = async (name: string, unlearn: () => Pick<Unlearned, 'embedding'> & Partial<Unlearned>): Promise<void> => {
    options.onMethod?.(name)
    try {
      const start = performance.now()
      const { embedding: result, passes } = unlearn()
      const seconds = (performance.now() - start) / 1000
      moved.set(name, result)
      rows.push({
        name,
        ...(passes !== undefined && { passes, seconds }),
        ...(await measured(embedding, result, labels, name, options)),
      })
    } catch (error) {
      rows.push({ name, failure: error instanceof Error ? error.message : String(error) })
    }
  }
  await run('original', () => ({ embedding }))
  for (const name of options.methods.filter((method) => method !== 'random-noise'))
    await run(name, () =>
      unlearners[name].unlearn(embedding, labels, {
        ...passes,
        ...(name === 'relabel' && { drawSeed: options.seed }),
      } as never),
    )
  if (options.methods.includes('random-noise')) {
    const model = noiseLike.find((name) => moved.has(name))
    const like = model && moved.get(model)
    await run(model ? `random-noise, like ${model}` : 'random-noise', () =>
      unlearners['random-noise'].unlearn(embedding, labels, { seed: options.seed, ...(like && { like }) }),
    )
  }
  return rows
}

async function measured(
  before: Matrix,
  after: Matrix,
  labels: Labels,
  name: string,
  { attack, ndcg, seed }: LadderOptions,
): Promise<Omit<ComparisonRow, 'name'>> {
  const { displacement, neighbours } = tableChange(before, after, labels, seed)
  const { attacks, upperBound } = await attack(after, name)
  const worst = attacks.reduce((most, each) => (each.foldedAuc.value > most.foldedAuc.value ? each : most))
  return {
    leak: { value: worst.foldedAuc.value, low: worst.foldedAuc.lower, high: upperBound },
    attack: `${worst.attacker}, ${worst.protocol}, ${worst.input}`,
    auc: worst.auc.value,
    displacement: displacement.all.mean,
    ...(neighbours && { kept: neighbours.groups[0]!.euclidean }),
    ...(ndcg && { ndcg: ndcg(after) }),
  }
}
