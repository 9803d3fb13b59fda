/** @file What is said where the self-check did not run. */

/** What is said of runs that hold no whole table. */
export const uncheckedLine =
  'Not checked: whether fine structure gives away more than before. `indistinct audit --attackers fine` on a ' +
  'part of the table shows it.'
