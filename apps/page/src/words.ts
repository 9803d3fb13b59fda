/** @file Methods in words, and figures as they are read. */

import { attackerName, protocolName } from '@indistinct/report'

/** A verdict of the command line, with the names of attackers in words. */
export function verdictInWords(verdict: string): string {
  return verdict.replace(
    /\b([a-z][a-z\d-]*) on (\w+) input \(([a-z-]+)\)/g,
    (_, attacker: string, input: string, protocol: string) =>
      `${attackerName(attacker)} on ${input} input (${protocolName(protocol)})`,
  )
}

export type MethodName = 'flow' | 'blind' | 'relabel'

export interface MethodWords {
  readonly title: string
  readonly text: string
}

export const methods: Readonly<Record<MethodName, MethodWords>> = {
  flow: {
    title: 'Flow',
    text: 'Moves each user by the own label, until labels differ no more than chance makes them differ. Costs least.',
  },
  blind: {
    title: 'Blind',
    text: 'Moves everybody by one map, which looks at the vector alone. A move then tells nothing of the label.',
  },
  relabel: {
    title: 'Relabel',
    text:
      'Deals the vectors out by a secret draw of this browser. Exact against who holds the table alone; costs most. ' +
      'No two runs are alike.',
  },
}

/** "1 min", of processor seconds. */
export function duration(seconds: number): string {
  return seconds < 90 ? `${Math.max(1, Math.round(seconds))} s` : `${Math.round(seconds / 60)} min`
}

export function grouped(count: number): string {
  return count.toLocaleString('en')
}
