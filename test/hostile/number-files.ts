/** @file Tables whose numbers leave a method nothing to go by. */

import { bytesOfValues, cols, values, type HostileFile } from './hostile-file.ts'
import { header, npy } from './npy-files.ts'

const table = (change: (value: number, row: number, col: number) => number) => (): Buffer => {
  const changed = Float32Array.from(values, (value, p) => change(value, Math.floor(p / cols), p % cols))
  return npy(
    header(`(${values.length / cols}, ${cols})`),
    Buffer.from(changed.buffer, changed.byteOffset, changed.byteLength),
  )
}
const far = (cell: number) => table((value, row, col) => (row === 0 && col === 3 ? cell : value))
const scaled = (scale: number) => table((value, _, col) => (col === 0 ? scale * value : value))

function unlearn(name: string, make: () => Uint8Array, outcome: 'refused' | 'unlearned', says: RegExp): HostileFile[] {
  return ['flow', 'leace'].map((method) => ({
    name: `${name}_${method}.npy`,
    make,
    outcome,
    command: 'unlearn',
    options: ['--method', method],
    ...((outcome === 'refused' || method === 'flow') && { says }),
  }))
}

export const numberFiles: readonly HostileFile[] = [
  ...unlearn('base', () => npy(header('(60, 4)'), bytesOfValues), 'unlearned', /landed/),
  ...unlearn(
    'const',
    table((value, row) => (row % 2 === 1 ? 2 : value)),
    'refused',
    /expected users of 'M' that differ/,
  ),
  ...unlearn('out100', far(100), 'unlearned', /landed/),
  ...unlearn('out10000', far(1e4), 'refused', /row 0, column 3/),
  ...unlearn('out1e20', far(1e20), 'refused', /row 0, column 3/),
  ...unlearn(
    'near3e38',
    table((value) => Math.max(-3e38, Math.min(3e38, value * 1e38))),
    'refused',
    /divide the table by a constant/,
  ),
  ...[1e-3, 1e-5, 1e-7].flatMap((scale) => unlearn(`scale${scale}`, scaled(scale), 'unlearned', /landed/)),
]
