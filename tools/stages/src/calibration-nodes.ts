/** @file The repetitions of a calibration, a few dozen a node: none reads another. */

import { addNode } from './add-node.ts'
import type { CalibrationChoice } from './grid.ts'
import type { StageNode } from './stage.ts'

/** Repetitions of a node: some seconds of work, beside which the start of a process is little. */
const chunk = 50

/** Its nodes in the order of their repetitions, added to `nodes`. A longer calibration has those of a shorter one. */
export function calibrationOf(
  nodes: Map<string, StageNode>,
  { name, options, repetitions }: CalibrationChoice,
): StageNode[] {
  const label = name.toLowerCase().replaceAll(/[^a-z0-9.]+/g, '-')
  return Array.from({ length: Math.ceil(repetitions / chunk) }, (_, at) => {
    const [from, to] = [at * chunk, Math.min((at + 1) * chunk, repetitions)]
    return addNode(nodes, 'calibrate', [label, String(from)], { ...options, from, to }, {})
  })
}
