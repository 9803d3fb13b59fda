/** @file npy files with headers that lie, run, repeat or never end. */

import { bytesOfValues, refused, right, users, values, type HostileFile } from './hostile-file.ts'

export function npy(header: string, body: Uint8Array = bytesOfValues, version = 1): Buffer {
  const text = Buffer.from(header, 'latin1')
  const length = Buffer.alloc(version === 1 ? 2 : 4)
  if (version === 1) length.writeUInt16LE(text.length)
  else length.writeUInt32LE(text.length)
  return Buffer.concat([Buffer.from('\x93NUMPY', 'latin1'), Uint8Array.of(version, 0), length, text, body])
}

export const header = (shape: string, descr = '<f4'): string =>
  `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }\n`
const shape = `(${users}, 4)`
const shaped = (text: string) => (): Buffer => npy(header(text))

/** The plain table as npy. */
export const plainNpy = npy(header(shape))

const doubles = (value: number): Buffer => {
  const bytes = Float64Array.from(values, () => value)
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

export const npyFiles: readonly HostileFile[] = [
  ...right('npy', { leading: shaped(`(000${users}, 04)`) }),
  ...refused('npy', {
    rows2e60: shaped('(1152921504606846976, 4)'),
    rows2e40x0: shaped('(1099511627776, 0)'),
    zero: shaped('(0, 4)'),
    zcols: shaped(`(${users}, 0)`),
    neg: shaped(`(-${users}, 4)`),
    overflow: shaped('(4294967296, 4294967296)'),
    big53: shaped('(9007199254740993, 1)'),
    threeD: shaped(`(2, ${users / 2}, 4)`),
    zero_d: shaped('()'),
    manydims: shaped(`(${'1,'.repeat(5000)}${users * 4})`),
    hugezero: shaped('(9007199254740991, 0)'),
    hex: shaped('(0x3c, 4)'),
    under: shaped('(6_0, 4)'),
    long: shaped(`(${users}L, 4L)`),
    eval: shaped(`__import__('os').system('touch pwned') or ${shape}`),
    eval2: () => npy("__import__('os').system('id')\n"),
    redos: shaped(`(${'1 , '.repeat(16_000)}x)`),
    redos2: shaped(`(${'1'.repeat(60_000)}x)`),
    redos3: shaped(`(${' '.repeat(60_000)}x)`),
    redos4: () => npy(`{${' '.repeat(60_000)}x`),
    ansi: () => npy(header(shape, '\x1b[2J\x1b]0;pwned\x07\x1b[31m<f4')),
    obj: () => npy(header(shape, '|O')),
    hdr4g: () => Buffer.from('\x93NUMPY\x02\x00\xff\xff\xff\xff{', 'latin1'),
    v3utf: () => npy(header(shape).replace('}', '}\xff'), bytesOfValues, 3),
    nan: () => npy(header(shape), Buffer.alloc(bytesOfValues.length, Uint8Array.of(0, 0, 0xc0, 0x7f))),
    inf64: () => npy(header(shape, '<f8'), doubles(1e300)),
    dup: () => npy(header(shape).replace('{', "{'descr': '<f8', ")),
    trunc: () => npy(header(shape), bytesOfValues.subarray(1)),
    extra: () => npy(header(shape), Buffer.concat([bytesOfValues, Uint8Array.of(1)])),
    empty: () => Buffer.alloc(0),
    nul: () => Buffer.alloc(4096),
    pickle: () =>
      Buffer.from(
        '\x80\x04\x95\x1e\0\0\0\0\0\0\0\x8c\x02os\x94\x8c\x06system\x94\x93\x94\x8c\x02id\x94\x85R.',
        'latin1',
      ),
  }),
]
