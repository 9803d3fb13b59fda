/** @file Registers the loader of TypeScript sources in a worker thread, which has none of its parent's. */
import { register } from 'tsx/esm/api'

register()
await import('./attack-worker.ts')
