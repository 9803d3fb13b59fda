/** @file `npm run lint`: prints layer breaches and fails on any. */

import { layerBreaches, readWorkspace } from './layers.ts'

const breaches = layerBreaches(readWorkspace(process.cwd()))
for (const breach of breaches) console.error(breach)
process.exitCode = breaches.length > 0 ? 1 : 0
