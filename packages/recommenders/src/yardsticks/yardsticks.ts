/** @file The table of yardsticks, by the names that grids use. */

import type { TrainingData } from '../training-data.ts'
import { ease } from './ease.ts'
import type { Yardstick } from './yardstick.ts'

export const yardsticks: { readonly [name: string]: (data: TrainingData, options?: object) => Yardstick } = { ease }
