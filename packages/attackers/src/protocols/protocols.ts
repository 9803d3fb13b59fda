/** @file The protocols by name. */

import { usageError } from '@indistinct/core'
import { fiveFoldProtocol } from './five-fold-protocol.ts'
import { paperProtocol } from './paper-protocol.ts'
import type { Protocol } from './protocol.ts'

export type ProtocolName = 'paper' | 'five-fold'

export const protocols: Readonly<Record<ProtocolName, Protocol>> = {
  paper: paperProtocol,
  'five-fold': fiveFoldProtocol,
}

/** @throws IndistinctError 'usage' on an unknown name. */
export function protocolNamed(name: string): Protocol {
  const protocol = (protocols as Readonly<Record<string, Protocol | undefined>>)[name]
  if (!protocol) throw usageError(`unknown protocol "${name}": expected one of ${Object.keys(protocols).join(', ')}`)
  return protocol
}
