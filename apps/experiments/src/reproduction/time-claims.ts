/** @file Claims about time: Section 4.2.3 and Table 5. */

import type { Group } from '../reproduce/groups.ts'
import { methodTitle } from '../reproduce/method-titles.ts'
import { timeRatio } from './cells-of.ts'
import { type Claim, verdictOf } from './claim.ts'

export function timeClaims(groups: readonly Group[]): Claim[] {
  const ratios = (method: string, other: string): { ours: number; paper: number }[] =>
    groups.map((group) => timeRatio(group, method, other))
  const range = (values: readonly number[]): string =>
    `${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)}`
  const of = (method: string, which: 'ours' | 'paper'): string =>
    `${methodTitle(method)} ${range(ratios(method, 'retrain').map((ratio) => ratio[which]))}`
  const after = ['u2u-r', 'd2d-r']
  return [
    {
      section: '4.2.3',
      claim: 'U2U-R and D2D-R take less time than Retrain and Adv-InT',
      paper: `of Retrain’s: ${after.map((method) => of(method, 'paper')).join(', ')}`,
      here: `of Retrain’s: ${after.map((method) => of(method, 'ours')).join(', ')}`,
      verdict: verdictOf(
        after.flatMap((method) =>
          [...ratios(method, 'retrain'), ...ratios(method, 'adversarial')].map(({ ours }) => ours < 1),
        ),
      ),
      why: 'A step of D2D-R costs all pairs of users, on CPU here. The calibrated flow takes a few such steps.',
    },
    {
      section: '4.2.3',
      claim: 'Retrain takes less time than Adv-InT',
      paper: `Adv-InT of Retrain’s: ${range(ratios('adversarial', 'retrain').map(({ paper }) => paper))}`,
      here: `${range(ratios('adversarial', 'retrain').map(({ ours }) => ours))}`,
      verdict: verdictOf(ratios('adversarial', 'retrain').map(({ ours }) => ours > 1)),
      why: 'Both stop early by validation, after epochs that differ.',
    },
  ]
}
