/** @file What commands take from the page that runs them, in place of a process. */

import { host } from './host.ts'

const silent = { write: (): void => {} }
export const output: { readonly isTTY?: boolean; write(text: string): unknown } = silent
export const errors: { readonly isTTY?: boolean; write(text: string): unknown } = silent

export function styled(_style: string, text: string): string {
  return text
}

export function givenArguments(): readonly string[] {
  return host().arguments
}

export function runtime(): { readonly [name: string]: string } {
  return { browser: host().browser }
}

export function ownVersion(): string {
  return host().version
}

export function setExitCode(code: number): void {
  host().onExitCode(code)
}
