/**
 * @file Import this, and Node runs TypeScript: `node --import @indistinct/loader FILE.ts`. A worker thread has none of
 * its parent's hooks, and imports it again.
 */

import module from 'node:module'
import { cacheFolder } from './blanked.js'
import { loadSync } from './hooks.js'

/** @type {{ registerHooks?: (hooks: object) => void, enableCompileCache?: (folder: string) => void }} */
const newer = /** @type {object} */ (module)

// Node 22.15 and later call hooks in the thread itself; Node 20 has a thread for them, and a message a file.
if (newer.registerHooks) newer.registerHooks({ load: loadSync })
else module.register('./hooks.js', import.meta.url)

// Compiled code as V8 keeps it, beside the sources: Node 22 and later.
if (process.env['NODE_COMPILE_CACHE'] === undefined) newer.enableCompileCache?.(`${cacheFolder}/v8`)
