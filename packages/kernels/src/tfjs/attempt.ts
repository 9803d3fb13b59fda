/** @file What became of an attempt to open a backend. */

export type Attempt = { readonly device: string } | { readonly problem: string }

/** What went wrong, in one line. */
export function firstLine(error: unknown): string {
  return String((error as Error).message)
    .split('\n')[0]!
    .trim()
}
