/**
 * @file Loaded before a command: the process kills itself at step INDISTINCT_DIE_AT of its writing below
 * INDISTINCT_DIE_IN.
 */

import { watchSteps } from './refused-steps.ts'

watchSteps(process.env['INDISTINCT_DIE_IN']!, { step: Number(process.env['INDISTINCT_DIE_AT']), what: 'death' })
