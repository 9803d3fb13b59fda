/** @file What was measured of this page: README.md says how. */

export const measured = {
  rows: 6040,
  dimensions: 64,
  what: 'MovieLens 1M',
  /** Seconds here for one that the command line foresees of a processor. */
  slowdown: 1,
} as const
