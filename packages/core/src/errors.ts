/** @file Errors that a caller tells apart by `code`; the command line turns codes into exit codes. */

export type ErrorCode = 'usage' | 'bad-data' | 'file'

/** An error whose message is complete for the user: it names the place, what was expected, and what to do. */
export class IndistinctError extends Error {
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'IndistinctError'
    this.code = code
  }
}

/**
 * A result that would give away more than what it is made of (exit code 5): nothing is returned. Its code is
 * 'bad-data'.
 */
export class WouldHarmError extends IndistinctError {
  constructor(message: string, options?: ErrorOptions) {
    super('bad-data', message, options)
    this.name = 'WouldHarmError'
  }
}

/** Wrong option, flag or configuration (exit code 2). */
export function usageError(message: string, options?: ErrorOptions): IndistinctError {
  return new IndistinctError('usage', message, options)
}

/** Data that cannot be used as it stands (exit code 3). */
export function badData(message: string, options?: ErrorOptions): IndistinctError {
  return new IndistinctError('bad-data', message, options)
}

/** A file or the network failed (exit code 4). */
export function fileError(message: string, options?: ErrorOptions): IndistinctError {
  return new IndistinctError('file', message, options)
}
