/** @file The paper's claims, in its order. */

import type { Group } from '../reproduce/groups.ts'
import { attackClaims } from './attack-claims.ts'
import type { Claim } from './claim.ts'
import { pictureClaims, type Pictured } from './picture-claims.ts'
import { qualityClaims } from './quality-claims.ts'
import { timeClaims } from './time-claims.ts'

export function claimsOf(groups: readonly Group[], pictured: readonly Pictured[]): Claim[] {
  return [...attackClaims(groups), ...qualityClaims(groups), ...timeClaims(groups), ...pictureClaims(groups, pictured)]
}
