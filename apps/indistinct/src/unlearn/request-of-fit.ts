/**
 * @file An update goes by its fit: the method, the attributes that it hides together, and whether it hides a number.
 */

import { badData, usageError } from '@indistinct/core'
import { unlearners, type UnlearnerName } from '@indistinct/unlearners'
import { readTextFile } from '../inputs/read-text-file.ts'
import { parseFit, type Fit } from './fit-file.ts'
import type { AskedUnlearnArguments } from './unlearn-options.ts'
import type { UnlearnRequest } from './unlearn-request.ts'

/** Methods whose move tells nothing to who knew the vector. */
const holdAgainstHistory: readonly string[] = ['blind', 'leace']

/**
 * `request` as the fit of --update has it, with the fit.
 * @throws IndistinctError 'usage' where `asked`, the arguments as they were typed, say otherwise.
 */
export function requestOfFit(request: UnlearnRequest, asked: AskedUnlearnArguments): UnlearnRequest {
  const { update } = request
  if (update === undefined) return request
  const kept = parseFit(readTextFile(update), update)
  const { method } = kept.fitted
  if (!Object.hasOwn(unlearners, method))
    throw badData(`${update}: expected a fit of a known method, got ${JSON.stringify(method)}`)
  checkAsked(asked, update, kept)
  const also = kept.also && Object.keys(kept.also)
  return { ...request, method: method as UnlearnerName, also, continuous: kept.continuous === true, kept }
}

function checkAsked(asked: AskedUnlearnArguments, update: string, { fitted: { method }, also, continuous }: Fit): void {
  const is = `${update} is a fit of ${method}`
  if (asked.method !== undefined && asked.method !== method)
    throw usageError(`--method ${asked.method}: ${is}; leave --method out, or unlearn without --update`)
  if (asked['attacker-holds'] === 'history' && !holdAgainstHistory.includes(method))
    throw usageError(
      `--attacker-holds history: ${is}, whose moves tell labels to who also holds what users did or an earlier ` +
        'release; leave it out, or unlearn all by blind',
    )
  if (asked.continuous && !continuous)
    throw usageError(`--continuous: ${update} was fitted to labels, not to a number; leave it out`)
  const hidden = Object.keys(also ?? {})
  if (asked.also && [...asked.also].sort().join() !== [...hidden].sort().join())
    throw usageError(
      `--also: ${update} was fitted to hide ${hidden.length > 0 ? `${hidden.join(', ')} too` : 'one attribute'}; ` +
        'leave --also out',
    )
}
