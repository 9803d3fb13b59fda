/** @file Registers the loader of TypeScript sources in a worker thread, which has none of its parent's. */
import '@indistinct/loader'

await import('./attack-worker.ts')
