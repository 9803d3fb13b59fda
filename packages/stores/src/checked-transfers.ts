/** @file Options of what a store is asked to do, checked before the server is asked anything. */

import { checkCount, checkOptions, type OptionKinds } from '@indistinct/core'
import type { PublishOptions, RollBackOptions, TransferOptions } from './store.ts'

export const transferKinds: OptionKinds<TransferOptions> = { batchRows: 'number', onProgress: 'function' }
export const publishKinds: OptionKinds<PublishOptions> = { ...transferKinds, partial: 'boolean', file: 'string' }
export const rollBackKinds: OptionKinds<RollBackOptions> = { ...transferKinds, to: 'number' }

/** `options`, checked. @throws RangeError on others; a misspelt one would be taken for none. */
export function checked<Options extends TransferOptions>(
  caller: string,
  options: Options | undefined,
  kinds: OptionKinds<Options>,
): Options | undefined {
  if (!options) return options
  checkOptions(caller, options, kinds)
  if (options.batchRows !== undefined) checkCount(caller, 'batchRows', options.batchRows)
  return options
}
