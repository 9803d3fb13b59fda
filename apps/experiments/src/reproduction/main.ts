/**
 * @file `npm run reproduction`: writes docs/reproduction.md and the tables of results/paper, results/official and
 * results/strict anew from the committed results. Nothing is trained.
 */

import { fileURLToPath } from 'node:url'
import { writeFileAtomic } from '@indistinct/core'
import { experimentProtocols } from '../experiment-protocol.ts'
import { pageNames } from '../reproduce/pages.ts'
import { writePages } from '../reproduce/write-pages.ts'
import { committed, pagePath } from './committed.ts'
import { reproductionPage } from './page.ts'

for (const protocol of Object.keys(experimentProtocols))
  writePages(fileURLToPath(new URL(`../../results/${protocol}`, import.meta.url)), pageNames)
writeFileAtomic(pagePath, reproductionPage(committed()))
