/** @file Codes for text ids in the order in which they first appear. */

export class CodeBook {
  readonly names: string[] = []
  readonly #codeOf = new Map<string, number>()

  /** The code of `name`, a new one when it was not seen before. */
  add(name: string): number {
    const known = this.#codeOf.get(name)
    if (known !== undefined) return known
    this.#codeOf.set(name, this.names.length)
    return this.names.push(name) - 1
  }

  /** The code of `name`, or undefined. */
  get(name: string): number | undefined {
    return this.#codeOf.get(name)
  }
}
