/** @file Registers the loader of TypeScript sources in the thread of the device, which has none of its parent's. */
import { register } from 'tsx/esm/api'

register()
await import('./device-thread.ts')
