import { availableParallelism, loadavg } from 'node:os'
import { defineConfig } from 'vitest/config'

/** A busy machine is given more time: how many processes want each core, from 1 to 8. */
const load = Math.min(8, Math.max(1, loadavg()[0]! / availableParallelism()))

export default defineConfig({
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'apps/*/src/**/*.test.ts',
      'tools/*/src/**/*.test.ts',
      'test/**/*.test.ts',
    ],
    // For all tests: they end what hangs, and one that is named in a test would not grow with the load.
    testTimeout: 240_000 * load,
    hookTimeout: 600_000 * load,
    pool: 'forks',
    // Kernels run their own threads, and end-to-end tests start processes: more files at once only contend.
    maxWorkers: 2,
  },
})
