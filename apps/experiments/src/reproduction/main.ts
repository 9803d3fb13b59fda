/**
 * @file `npm run reproduction`: writes docs/reproduction.md and the tables of results/paper, results/official and
 * results/strict anew from the committed results. Nothing is trained.
 */

import { fileURLToPath } from 'node:url'
import { usageError, writeFileAtomic } from '@indistinct/core'
import { experimentProtocols } from '../experiment-protocol.ts'
import { pageNames } from '../reproduce/pages.ts'
import { writePages } from '../reproduce/write-pages.ts'
import { committed, pagePath } from './committed.ts'
import { reproductionPage } from './page.ts'

if (process.argv.length > 2)
  throw usageError(`reproduction: expected no arguments, got ${process.argv.slice(2).join(' ')}`)

for (const protocol of Object.keys(experimentProtocols))
  writePages(fileURLToPath(new URL(`../../results/${protocol}`, import.meta.url)), pageNames)
writeFileAtomic(pagePath, reproductionPage(committed()))
