/** @file Long work in stages: how long it will take is said before it starts, and what is left before each stage. */

import type { Log } from './log.ts'
import { about } from './wall-clock.ts'

export interface WorkStage {
  readonly name: string
  /** Of one processor. */
  readonly seconds: number
}

/** Seconds of work from which it is worth a line. */
const worthALine = 5

/** The stages in one line; nothing of short work. */
export function stagesLine(stages: readonly WorkStage[]): string | undefined {
  const seconds = stages.reduce((sum, stage) => sum + stage.seconds, 0)
  if (seconds < worthALine) return undefined
  const parts = stages.filter((stage) => stage.seconds >= 1).map((stage) => `${stage.name} ${about(stage.seconds)}`)
  return `${about(seconds)}: ${parts.join(', ')}`
}

/** Says before each stage which one it is, and how long it is until the end. Nothing of short work. */
export function stageTeller(label: string, stages: readonly WorkStage[], log: Log): (name: string) => void {
  const line = stagesLine(stages)
  return (name) => {
    const at = stages.findIndex((stage) => stage.name === name)
    if (line === undefined || at < 0) return
    const left = stages.slice(at).reduce((sum, { seconds }) => sum + seconds, 0)
    log.info(`${label}: ${at === 0 ? line : `${name}, ${about(left)} left`}`)
  }
}
