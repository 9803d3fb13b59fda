/**
 * @file The attackers of fine structure: who lies next to whom, which vectors are equal, how far values lie from a
 * grid. An audit runs them where they are named: they would add a tenth to its time on 1,000 users of 32 dimensions,
 * and more on larger tables. `harmCheck` runs them, in faster forms, after unlearning. Few users lie close to a tenth
 * of the others, so that they are run where four fifths are known.
 */

import { on, type BatteryEntry } from './battery-entry.ts'
import { equalRows } from './attackers/equal-rows.ts'
import { forest } from './attackers/forest.ts'
import { nearestFive, nearestOne, nearestThree } from './attackers/knn.ts'
import { lattice } from './attackers/lattice.ts'
import { fineSvm } from './attackers/svm.ts'

export const fineBattery: Readonly<Record<string, BatteryEntry>> = {
  'knn-1': {
    attacker: nearestOne,
    description: 'the label of the nearest known user',
    attacks: on('five-fold', ['standardised'], 0),
  },
  'knn-3': {
    attacker: nearestThree,
    description: 'the three nearest known users vote',
    attacks: on('five-fold', ['standardised'], 0),
  },
  'knn-5': {
    attacker: nearestFive,
    description: 'the five nearest known users vote',
    attacks: on('five-fold', ['standardised'], 0),
  },
  'fine-svm': {
    attacker: fineSvm,
    description: 'support vector machine with a Gaussian kernel as narrow as users lie apart',
    attacks: on('five-fold', ['standardised'], 0),
  },
  forest: {
    attacker: forest,
    description: 'a random forest of 100 trees grown to the end',
    ownThreads: true,
    attacks: on('five-fold', ['raw'], 0),
  },
  'equal-rows': {
    attacker: equalRows,
    description: 'the labels of known users with the very same vector',
    attacks: on('five-fold', ['raw'], 0),
  },
  lattice: {
    attacker: lattice,
    description: 'the rest of values to the grid of a rounded table, and the bits that they end in',
    attacks: on('five-fold', ['raw'], 0),
  },
}
