/** @file What a command works with in a page: its log and its result go to the page. */

import type { Session } from '../terminal/session.ts'
import { inert } from '../terminal/text-table.ts'
import { host } from './host.ts'

export function openSession(): Session {
  const { log, onResult } = host()
  return { log, result: (text) => onResult(inert(text)) }
}
