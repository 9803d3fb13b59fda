/** @file Adam on an objective, by TensorFlow.js on a device: parameters are read back only where they are looked at. */

import { usageError } from '@indistinct/core'
import { openDevice } from '@indistinct/kernels/device'
import { checkLoss, type Descent, type DescentSettings } from '../kernel-descent.ts'
import type { Objective } from '../objective.ts'
import type { Examples } from './examples.ts'
import type { TrainingProgram, TrainingSetup } from './training-program.ts'

/**
 * Adam on the device that is at hand.
 * @throws IndistinctError 'usage' where the objective or the regulariser runs on the kernels alone.
 */
export function deviceDescent(objective: Objective, { lr, batch, regulariser }: DescentSettings): Descent {
  const own = objective.device
  if (!own)
    throw usageError(
      'engine tfjs: expected a recommender with a part for devices, got one of the kernels alone; use engine kernels',
    )
  if (regulariser && !regulariser.device)
    throw usageError(
      'engine tfjs: expected a regulariser with a part for devices, got one of the kernels alone; use engine kernels',
    )
  const device = openDevice()
  const program = device.open<TrainingProgram>(new URL('./training-program.js', import.meta.url), {
    objective: own.setup,
    parameters: new Float32Array(objective.parameters),
    lr,
    ...(regulariser?.device && { regulariser: regulariser.device }),
  } satisfies TrainingSetup)
  let steps = 0
  return {
    runEpoch(epoch) {
      const examples = own.examples()
      const losses = program.call('epoch', { epoch, firstStep: steps + 1, batch, examples: copied(examples) })
      let total = 0
      losses.forEach((loss, at) => {
        checkLoss(loss, lr, { epoch, step: ++steps })
        total += loss * Math.min(batch, objective.examples - at * batch)
      })
      return total / objective.examples
    },
    read: () => objective.parameters.set(program.call('read', undefined)),
    record: { engine: { name: 'tfjs', backend: device.backend.name } },
    close: () => program.close(),
  }
}

/** Arrays of their own, where those of the kernels' memory would be shared with the thread. */
function copied({ users, positives, negatives }: Examples): Examples {
  return {
    users: new Int32Array(users),
    ...(positives && { positives: new Int32Array(positives) }),
    ...(negatives && { negatives: new Int32Array(negatives) }),
  }
}
