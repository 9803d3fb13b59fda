/** @file What attackers are after, and what an audit of it comes to. */

import type { Labels } from '@indistinct/core'
import type { AuditResult, RegressionAudit } from '@indistinct/attackers'

export type AttackTarget =
  | { readonly attribute: string; readonly labels: Labels }
  | { readonly attribute: string; /** Of each row, NaN for none. */ readonly values: Float64Array }

export type TargetAudit = AuditResult | RegressionAudit

/** Whether the attacks were on a number. */
export function isRegression(audit: TargetAudit): audit is RegressionAudit {
  return !('classes' in audit)
}
