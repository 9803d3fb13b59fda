/** @file What was measured of this page: README.md says how. */

export const measured = {
  rows: 6040,
  dimensions: 64,
} as const
