/** @file What is fuzzed, by name. */

import { inputTargets } from './input-targets.ts'
import { tableTargets } from './table-targets.ts'
import type { Target } from './verdict.ts'

export const targets: Readonly<Record<string, Target>> = { ...tableTargets, ...inputTargets }
