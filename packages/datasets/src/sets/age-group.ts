/** @file Age groups of MovieLens 1M, which all data sets here use, so that their results compare. */

/** Lower ends of ML-1M's age groups (its README), which are also its age codes but for the first, 1. */
const AGE_GROUPS: readonly (readonly [from: number, group: string])[] = [
  [56, '56+'],
  [50, '50-55'],
  [45, '45-49'],
  [35, '35-44'],
  [25, '25-34'],
  [18, '18-24'],
  [0, '0-17'],
]

/** The age group of ML-1M that an age in years falls into; ML-1M's own codes fall into the groups they stand for. */
export function ageGroup(years: number): string {
  return AGE_GROUPS.find(([from]) => years >= from)![1]
}
