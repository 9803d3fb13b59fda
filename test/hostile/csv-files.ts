/** @file CSV files of a million columns, of long cells, and of bytes that are no text or another one than they seem. */

import { gzipSync } from 'node:zlib'
import { cols, refused, right, users, values, type HostileFile } from './hostile-file.ts'
import { plainNpy } from './npy-files.ts'

const names = Array.from({ length: cols }, (_, j) => `d${j}`)
const rows = Array.from({ length: users }, (_, i) => `${i},${values.subarray(i * cols, (i + 1) * cols).join(',')}`)
/** The plain table, and rows of users without a label. */
const table = (...others: string[]): string => `${[`id,${names.join(',')}`, ...rows, ...others].join('\n')}\n`
const text = (content: string) => (): Buffer => Buffer.from(content)
const of =
  (...others: string[]) =>
  (): Buffer =>
    Buffer.from(table(...others))
const bytes =
  (...before: number[]) =>
  (): Buffer =>
    Buffer.concat([Buffer.from(table()), Buffer.from(before), Buffer.from(',1,2,3,4\n')])

/** Two users of `count` dimensions, and as many columns beside them. */
const wide =
  (count: number, lines: number, others = 0) =>
  (): Buffer => {
    const line = (first: string, cell: (j: number) => string): string =>
      [first, ...Array.from({ length: count + others }, (_, j) => cell(j))].join(',')
    const head = line('id', (j) => (j < count ? `d${j}` : `x${j}y`))
    return Buffer.from([head, ...Array.from({ length: lines }, (_, i) => line(`${i}`, () => `${i}`)), ''].join('\n'))
  }
/** Read to the end: what is refused is that two users are too few. */
const read = (name: string, make: () => Uint8Array): HostileFile => ({
  name: `${name}.csv`,
  make,
  outcome: 'refused',
  says: /at least \d+ users|too few|users of each|users of every/,
})

export const csvFiles: readonly HostileFile[] = [
  ...right('csv', {
    nul: of('a\0b,1,2,3,4'),
    utf16: () => Buffer.from(`\ufeff${table()}`, 'utf16le'),
    utf16be: () => Buffer.from(`\ufeff${table()}`, 'utf16le').swap16(),
    cr: text(table().replaceAll('\n', '\r')),
    proto: text(
      table()
        .split('\n')
        .slice(0, -1)
        .map((line, i) => `${i === 0 ? '__proto__' : 'x'},${line}\n`)
        .join(''),
    ),
    longid: of(`${'a'.repeat(10_000_000)},1,2,3,4`),
    longnum2: of(`a,0.${'0'.repeat(8_000_000)}1,2,3,4`),
    nfc: of('\u00e9,1,2,3,4', 'e\u0301,1,2,3,4'),
    bom2: text(`\ufeff\ufeff${table()}`),
  }),
  ...refused('csv', {
    '1e6cols': wide(1_000_000, 1),
    nulval: of('a,1\0,2,3,4'),
    badutf: bytes(0xff, 0xfe, 0x80),
    overlong: bytes(0xc0, 0xaf),
    surr: bytes(0xed, 0xa0, 0x80),
    utf16nobom: () => Buffer.from(table(), 'utf16le'),
    quote: text(`${table()}"a,1,2,3,4\n${'b,1,2,3,4\n'.repeat(3_000_000)}`),
    mixed: text('id,d0,d1\r\na,1,2\nb,3,4\r'),
    hexnum: of('a,0x10,2,3,4'),
    inf: of('a,Infinity,2,3,4'),
    '1e999': of('a,1e999,2,3,4'),
    ansi: of('"\x1b[31m\x1b]0;t\x07",x,2,3,4'),
    longnum: of(`a,${'1'.repeat(8_000_000)},2,3,4`),
    nbsp: of('a,1,2,3,4', '\u00a0a,1,2,3,4', '\ufeffa,3,4,5,6'),
    arabic: of('a,١,2,3,4'),
    empty: text(''),
    onlyhdr: text('id,d0,d1\n'),
    blank: text('\n\n\n\n'),
    gz: () => gzipSync(table()),
    npy: () => plainNpy,
  }),
  ...[20_000, 40_000, 80_000, 200_000].map((count) => read(`wide${count}`, wide(count, 2))),
  read('100kothers', wide(100_000, 2, 100_000)),
]
