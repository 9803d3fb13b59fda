/** @file The first thing that the worker does: modules that follow compute with the mathematics of the command line. */

import { takeSameMath } from './same-math.ts'

takeSameMath()
