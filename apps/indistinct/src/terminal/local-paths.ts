/** @file Addresses and "-" where a file is meant, refused for all options of all commands at once, before any work. */

import { requireLocalFile } from '@indistinct/embeddings'

/** Options whose values may look like an address: folders in an object store, names, labels. */
const mayBeAddresses = ['store', 'prefix', 'queue', 'image', 'missing-label', 'attribute', 'also']

/** Options that take a file, for which "-" is meant as a pipe. */
const files = [
  'tables',
  'table',
  'file',
  'attributes',
  'ids',
  'items',
  'interactions',
  'seen',
  'previous',
  'update',
  'draw',
  'with',
  'unlearned-with-labels-of',
  'out',
  'report',
  'before',
  'delta',
  'fit',
  'from-file',
]
const written = ['out', 'report', 'fit', 'delta']
const positional = ['tables', 'table', 'file']

/** @throws IndistinctError 'usage' naming the flag, and what to run instead. */
export function refuseAddresses(args: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(args)) {
    if (name === '_' || name === '$0' || mayBeAddresses.includes(name)) continue
    for (const text of (Array.isArray(value) ? value : [value]) as unknown[]) {
      if (typeof text !== 'string') continue
      // `restore` reads the delta that `unlearn` writes.
      const writes = written.includes(name) && !(name === 'delta' && (args['_'] as unknown[])[0] === 'restore')
      const given = positional.includes(name) ? undefined : `--${name}`
      for (const path of name === 'out' ? text.split(',') : [text]) {
        if (path !== '-' || files.includes(name)) requireLocalFile(path.trim(), { name: given, writes })
      }
    }
  }
}
