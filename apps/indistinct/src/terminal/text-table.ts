/** @file Tables of plain text. */

import { counted } from '@indistinct/core'

/** Columns padded to one width each, two spaces between; numbers go right. Labels come from files: no escape codes. */
export function textTable(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = [
    header,
    ...rows.map((row) => row.map((cell) => (typeof cell === 'number' ? grouped(cell) : printable(cell)))),
  ]
  const right = header.map(
    (_, j) =>
      rows.length > 0 && rows.every((row) => typeof row[j] === 'number' || /^[\d.,–\- %]*$/.test(row[j] as string)),
  )
  const widths = header.map((_, j) => Math.max(...cells.map((row) => row[j]!.length)))
  const lines = cells.map((row) =>
    row
      .map((cell, j) => (right[j] ? cell.padStart(widths[j]!) : cell.padEnd(widths[j]!)))
      .join('  ')
      .trimEnd(),
  )
  return `${lines.join('\n')}\n`
}

/** Bytes in the unit that suits them. */
export function dataSize(bytes: number): string {
  return bytes < 1e6
    ? `${Math.ceil(bytes / 1e3)} kB`
    : bytes < 1e9
      ? `${(bytes / 1e6).toFixed(1)} MB`
      : `${(bytes / 1e9).toFixed(1)} GB`
}

/** 1234567 as "1,234,567". */
export function grouped(value: number): string {
  return value.toLocaleString('en-GB')
}

/** "1 user", "1,234 users". */
export function countOf(count: number, noun: string): string {
  return counted(count, noun, grouped(count))
}

/** Text with characters that control a terminal, or turn the direction of what follows, written as escapes. */
export function printable(text: string): string {
  return text.replace(
    /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/**
 * Names of files, ids and labels steer no terminal; bold, which commands set themselves, stays. JSON reads its escapes
 * back.
 */
export function inert(text: string): string {
  const line = (each: string): string =>
    each
      .split(/(\u001b\[(?:1|22)m)/)
      .map((part, p) => (p % 2 === 1 ? part : printable(part)))
      .join('')
  return text.split('\n').map(line).join('\n')
}
