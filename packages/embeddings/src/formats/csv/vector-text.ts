/**
 * @file A whole vector as the text of one cell: [0.1, 0.2], 0.1 0.2, {0.1,0.2}, as lists and arrays are written into
 * CSV.
 */

import { badData } from '@indistinct/core'
import { quoted } from '../../quoted.ts'
import { parseDecimal } from './float-text.ts'

/** How the numbers of a cell are enclosed and separated. */
export interface VectorText {
  readonly open: string
  readonly separator: string
  readonly close: string
}

const CLOSING: Readonly<Record<string, string>> = { '[': ']', '(': ')', '{': '}', '': '' }

/** One number with a decimal comma, which would be a vector of two. */
export const DECIMAL_COMMA = /^[+-]?\d[\d.]*,\d+(?:[eE][+-]?\d+)?$/

/** The form of a cell that holds two numbers or more; undefined of any other. */
export function vectorTextOf(cell: string): VectorText | undefined {
  if (DECIMAL_COMMA.test(cell)) return undefined
  const open = /^[[({]/.exec(cell)?.[0] ?? ''
  const close = CLOSING[open]!
  if (!cell.endsWith(close)) return undefined
  const inner = cell.slice(open.length, cell.length - close.length).trim()
  const separator = /\s*[,;|]\s*|\s+/.exec(inner)?.[0]
  if (separator === undefined) return undefined
  const mark = separator.trim()
  const form = { open, separator: mark === '' ? ' ' : separator === mark ? mark : `${mark} `, close }
  const numbers = split(inner, form)
  // NumPy leaves out numbers of long arrays; that is said where the cell is read.
  return numbers.length > 1 && numbers.every((text) => text === '...' || !Number.isNaN(parseDecimal(text)))
    ? form
    : undefined
}

/**
 * The texts of the numbers of a cell.
 * @throws IndistinctError 'bad-data' where the cell has another form, or numbers were left out of it.
 */
export function vectorCells(cell: string, form: VectorText, place: string): string[] {
  const { open, close } = form
  if (!cell.startsWith(open) || !cell.endsWith(close) || cell.length < open.length + close.length) {
    throw badData(
      `${place}: expected a vector such as ${open}0.1${form.separator}0.2${close}, as in the first row, got ` +
        `${quoted(cell)}; repair or remove the line`,
    )
  }
  const numbers = split(cell.slice(open.length, cell.length - close.length).trim(), form)
  if (numbers.includes('...')) {
    throw badData(
      `${place}: "..." stands for numbers that NumPy left out, and they are not in the file; write the vectors ` +
        'again, with numpy.save or as lists',
    )
  }
  return numbers
}

/** The text of a cell of these numbers. */
export function vectorText(numbers: readonly string[], { open, separator, close }: VectorText): string {
  return `${open}${numbers.join(separator)}${close}`
}

function split(inner: string, { separator }: VectorText): string[] {
  const mark = separator.trim()
  return mark === '' ? inner.split(/\s+/) : inner.split(mark).map((text) => text.trim())
}
