/** @file Training on the device: parameters and Adam's moments stay there, an epoch is one call. */

import { adamTensors, tf } from '@indistinct/kernels/tfjs'
import { lightgcnTensors } from './lightgcn-tensors.ts'
import { nmfTensors } from './nmf-tensors.ts'
import type { TensorObjective, TensorRegulariser, TensorTables } from './tensor-objective.ts'
import type { Examples } from './examples.ts'
import type { ObjectiveSetup, RegulariserModule } from './objective-setup.ts'

export interface TrainingSetup {
  readonly objective: ObjectiveSetup
  /** The flat parameters to start from. */
  readonly parameters: Float32Array
  readonly lr: number
  readonly regulariser?: RegulariserModule
}

export type TrainingProgram = {
  /** Takes a step for each `batch` examples, the first being that one, and gives the loss of each. */
  epoch(given: {
    readonly epoch: number
    readonly firstStep: number
    readonly batch: number
    readonly examples: Examples
  }): Promise<Float32Array>
  /** The flat parameters. */
  read(): Promise<Float32Array>
  close(): void
}

export async function open({ objective, parameters, lr, regulariser }: TrainingSetup): Promise<TrainingProgram> {
  const { shapes, step, dispose } = tensorObjective(objective)
  const regularise = regulariser && (await openRegulariser(regulariser))
  const adam = adamTensors(tensorsOf(parameters, shapes))
  const tables = adam.parameters as readonly tf.Variable<tf.Rank.R2>[]
  return {
    async epoch({ epoch, firstStep, batch, examples }) {
      const losses: tf.Scalar[] = []
      for (let first = 0; first < examples.users.length; first += batch) {
        const at = { epoch, step: firstStep + losses.length }
        const loss = tf.tidy(() => {
          const { loss, gradients } = step(
            tables,
            batchOf(examples, first, batch),
            regularise && ((seen) => regularise(seen, at)),
          )
          adam.step(gradients, { lr, step: at.step })
          return loss
        })
        losses.push(loss)
      }
      const all = tf.stack(losses)
      const values = (await all.data()) as Float32Array
      tf.dispose([all, ...losses])
      return values
    },
    async read() {
      const flat = new Float32Array(parameters.length)
      let at = 0
      for (const table of tables) {
        flat.set(await table.data(), at)
        at += table.size
      }
      return flat
    },
    close() {
      adam.dispose()
      dispose()
      regularise?.dispose?.()
    },
  }
}

export function tensorObjective({ objective, setup }: ObjectiveSetup): TensorObjective {
  return objective === 'lightgcn' ? lightgcnTensors(setup) : nmfTensors(setup)
}

/** Copies of the flat parameters, one after the other, as tensors. */
export function tensorsOf(flat: Float32Array, shapes: TensorObjective['shapes']): tf.Tensor2D[] {
  let at = 0
  return shapes.map(([rows, cols]) => {
    const from = at
    at += rows * cols
    return tf.tensor2d(flat.slice(from, at), [rows, cols])
  })
}

/** `count` examples from the first on, or what is left of them. */
export function batchOf({ users, positives, negatives }: Examples, first: number, count: number): Examples {
  const each = (negatives?.length ?? 0) / users.length
  return {
    users: users.slice(first, first + count),
    ...(positives && { positives: positives.slice(first, first + count) }),
    ...(negatives && { negatives: negatives.slice(first * each, (first + count) * each) }),
  }
}

/** The regulariser, which knows tables by its own names. */
async function openRegulariser({ module, setup, names }: RegulariserModule): Promise<TensorRegulariser> {
  const { regulariser } = (await import(module)) as {
    regulariser: (setup: object) => TensorRegulariser | Promise<TensorRegulariser>
  }
  const own = await regulariser(setup)
  if (!names) return own
  const renamed: TensorRegulariser = (tables, at) => {
    const seen = Object.fromEntries(Object.entries(names).map(([from, to]) => [to, tables[from]!]))
    const given = own(seen, at)
    return Object.fromEntries(
      Object.entries(names).flatMap(([from, to]) => (given[to] ? [[from, given[to]]] : [])),
    ) as Partial<TensorTables>
  }
  return Object.assign(renamed, { dispose: () => own.dispose?.() })
}
