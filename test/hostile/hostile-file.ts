/** @file A file made to harm who reads it, and what the command line is to do with it. */

import { randomStream } from '@indistinct/core'

export interface HostileFile {
  /** Its ending says the format. */
  readonly name: string
  readonly make: () => Uint8Array
  /**
   * refused: exit code 3, by a message that names the file. right: the attacks of the plain table, to the last digit.
   * unread: exit code 2, by a message that names the option which chooses among what the file holds. unlearned: exit
   * code 0 of `unlearn`.
   */
  readonly outcome: 'refused' | 'right' | 'unread' | 'unlearned'
  /** Default: audit. */
  readonly command?: 'audit' | 'unlearn'
  /** What the message is to say. */
  readonly says?: RegExp
  /** Memory that it may take where that is more than 256 MiB. */
  readonly mib?: number
  readonly options?: readonly string[]
}

export const users = 60
export const cols = 4

/** The plain table (60, 4), whose first column tells men from women. */
export const values: Float32Array = (() => {
  const random = randomStream(1, 'hostile')
  return Float32Array.from(
    { length: users * cols },
    (_, p) => random.normal() + (p % cols === 0 && Math.floor(p / cols) % 2 === 1 ? 2 : 0),
  )
})()

/** Labels of the users of the plain table, by row number. */
export const people = `id,gender\n${Array.from({ length: users }, (_, i) => `${i},${'FM'[i % 2]}\n`).join('')}`

export const bytesOfValues: Buffer = Buffer.from(values.buffer, values.byteOffset, values.byteLength)

/** Files of one ending that are refused, by name. */
export function refused(ending: string, files: Readonly<Record<string, () => Uint8Array>>): HostileFile[] {
  return Object.entries(files).map(([name, make]) => ({ name: `${name}.${ending}`, make, outcome: 'refused' }))
}

/** The same for files that hold the plain table. */
export function right(ending: string, files: Readonly<Record<string, () => Uint8Array>>): HostileFile[] {
  return Object.entries(files).map(([name, make]) => ({ name: `${name}.${ending}`, make, outcome: 'right' }))
}
