/** @file Passes on the program, whose sources the thread of the device knows how to load. */
export { regulariser } from './adversary-program.ts'
