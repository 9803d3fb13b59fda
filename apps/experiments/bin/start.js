#!/usr/bin/env node
/** @file `npm start`: registers the TypeScript loader and runs src/start/start.ts. */

import { register } from 'tsx/esm/api'

register()
const { start } = await import('../src/start/start.ts')
process.exitCode = await start(process.argv.slice(2))
