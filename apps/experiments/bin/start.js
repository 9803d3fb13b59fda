#!/usr/bin/env node
/** @file `npm start`: with the loader of TypeScript, runs src/start/start.ts. */

import '@indistinct/loader'

const { start } = await import('../src/start/start.ts')
process.exitCode = await start(process.argv.slice(2))
