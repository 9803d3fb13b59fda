/** @file Table files: each parser from bytes to values, and well-formed files to start from. */

import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { matrix } from '@indistinct/core'
import { bytesSource } from '../../packages/embeddings/src/files/byte-source.ts'
import { readCsvTable } from '../../packages/embeddings/src/formats/csv/csv-table.ts'
import { embeddingTable } from '../../packages/embeddings/src/embedding-table.ts'
import { readNpy } from '../../packages/embeddings/src/formats/npy/npy.ts'
import { openNpz } from '../../packages/embeddings/src/formats/npz/npz.ts'
import { parquetEncoder } from '../../packages/embeddings/src/formats/parquet/parquet-encode.ts'
import { openParquet, type ParquetTable } from '../../packages/embeddings/src/formats/parquet/parquet-file.ts'
import { parquetTexts } from '../../packages/embeddings/src/formats/parquet/parquet-columns.ts'
import { openSafetensors } from '../../packages/embeddings/src/formats/safetensors/safetensors.ts'
import { readWord2vec } from '../../packages/embeddings/src/formats/word2vec/word2vec-text.ts'
import { tableChunks } from '../../packages/embeddings/src/write-table.ts'
import type { Target } from './verdict.ts'

type Goldens = { readonly [name: string]: string | Goldens }

/** Every file of a golden file, which holds them in base64. */
function goldenFiles(name: string): Uint8Array[] {
  const found: Uint8Array[] = []
  const visit = (value: unknown): void => {
    if (typeof value === 'string' && value.length > 100) found.push(Buffer.from(value, 'base64'))
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(visit)
  }
  visit(
    JSON.parse(
      readFileSync(
        new URL(`../../packages/embeddings/src/formats/${name}/goldens/${name}.json`, import.meta.url),
        'utf8',
      ),
    ) as Goldens,
  )
  return found
}

function ownFiles(extension: string): Uint8Array[] {
  return (['f2', 'f4', 'f8'] as const).map((dtype) => {
    const table = embeddingTable({
      matrix: matrix(3, 2, Float32Array.of(1, 2, 3, 4, 5, 6)),
      dtype,
      ids: ['a', 'ж', '9'],
      idColumn: 'id',
      columns: [{ name: 'note', values: ['', 'x,y', '"'] }],
    })
    return Buffer.concat([...tableChunks(`x.${extension}`, table)])
  })
}

const opened = (table: {
  rows: number
  cols: number
  readRows(from: number, to: number, into: Float64Array): void
  readIds(): unknown
}): void => {
  table.readIds()
  table.readRows(0, table.rows, new Float64Array(table.rows * table.cols))
}

/** All that a table of a Parquet file holds. */
function contents(table: ParquetTable): {
  readonly values: Float32Array | Float64Array
  readonly ids: unknown
  readonly texts: readonly string[][]
} {
  const values =
    table.dtype === 'f8' ? new Float64Array(table.rows * table.cols) : new Float32Array(table.rows * table.cols)
  table.readRows(0, table.rows, values)
  return { values, ids: table.readIds(), texts: table.others.map((column) => parquetTexts(table.container, column)) }
}

function* rewritten(
  { rows, cols, dtype, container }: ParquetTable,
  values: Float32Array | Float64Array,
): Generator<Uint8Array> {
  const encoder = parquetEncoder({ rows, cols, dtype, container })
  yield* encoder.start()
  yield* encoder.rows(values)
  yield* encoder.end()
}

const listsOf = ({ dimensions, container }: ParquetTable): string | undefined =>
  dimensions ? undefined : container.vectors[0]!.name

export const tableTargets: Readonly<Record<string, Target>> = {
  npy: {
    growth: 16,
    parse: (bytes) => void readNpy(bytes, 'x.npy'),
    seeds: () => [...goldenFiles('npy'), ...ownFiles('npy')],
    tokens: [
      '<f4',
      '<f8',
      '<f2',
      '|O',
      "'descr'",
      "'shape'",
      "'fortran_order'",
      'True',
      '(1099511627776, 1)',
      '(0, 0)',
      '(9007199254740991,)',
      '\x93NUMPY',
    ],
  },
  npz: {
    growth: 4096,
    parse: (bytes) => opened(openNpz(bytesSource(bytes, 'x.npz'))),
    seeds: () => [...goldenFiles('npz'), ...ownFiles('npz')],
    tokens: [
      'PK\x01\x02',
      'PK\x03\x04',
      'PK\x05\x06',
      'PK\x06\x06',
      'PK\x06\x07',
      'PK\x07\x08',
      '<U5',
      '<i8',
      '|S3',
      'ids.npy',
      '.npy',
      new Uint8Array(8).fill(255),
    ],
  },
  parquet: {
    // Pages are decoded in this thread here: that of a file has limits of its own, which would hide what is wrong.
    sources: ['packages/embeddings/src', 'hyparquet/src', 'hyparquet-compressors/src'],
    growth: 2048,
    parse(bytes) {
      const table = openParquet(bytesSource(bytes, 'x.parquet'))
      const found = contents(table)
      const written = Buffer.concat([...rewritten(table, found.values)])
      const again = contents(
        openParquet(bytesSource(written, 'again.parquet'), { idColumn: table.idColumn ?? false, key: listsOf(table) }),
      )
      if (!isDeepStrictEqual(again, found)) throw new Error('written again, it is another table')
    },
    seeds: () => [...goldenFiles('parquet'), ...ownFiles('parquet')],
    tokens: [
      'PAR1',
      'PARE',
      'list',
      'element',
      'embedding',
      Uint8Array.of(0x15, 0xfe, 0xff, 0xff, 0xff, 0x0f),
      Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f),
      new Uint8Array(12).fill(0x80),
    ],
  },
  safetensors: {
    growth: 16,
    parse: (bytes) => opened(openSafetensors(bytesSource(bytes, 'x.safetensors'))),
    seeds: () => [...goldenFiles('safetensors'), ...ownFiles('safetensors')],
    tokens: [
      '"dtype"',
      '"shape"',
      '"data_offsets"',
      '"__metadata__"',
      '"__proto__"',
      'F16',
      'BF16',
      'I64',
      '[[[[',
      '9007199254740993',
      '1e308',
      '-1',
      '\\u0000',
    ],
  },
  csv: {
    growth: 1024,
    async parse(bytes) {
      await readCsvTable('x.csv', {
        bytes: (async function* () {
          yield bytes
        })(),
      })
    },
    seeds: () => [
      ...ownFiles('csv'),
      ...[
        'id,d0\na,1\nb,2\n',
        '\uFEFFuser;d0\n',
        'id,d0,d1\r\n"a ""b""",1e-3,.5\r\n\r\n c , 2 ,+3.\r\n',
        'd0,id\n1,a\n1,a\n',
        'id,x\na,NaN\n',
        'id,v\na,"[1, 2.5]"\nb,"[3, 4]"\n',
        'v;id\n1 2;a\n3 4;b\n',
      ].map((text) => Buffer.from(text)),
    ],
    tokens: [
      '"',
      '""',
      '\r\n',
      ',',
      '[',
      ']',
      '...',
      '\uFEFF',
      'NaN',
      'inf',
      '1e400',
      '1e39',
      '-0',
      '0x10',
      'id,',
      'user,',
      '\0',
      '9.007199254740992e+15',
      Uint8Array.of(0xff),
      Uint8Array.of(0xed, 0xa0, 0x80),
    ],
  },
  word2vec: {
    growth: 1024,
    async parse(bytes) {
      await readWord2vec(
        'x.txt',
        (async function* () {
          yield bytes
        })(),
      )
    },
    seeds: () =>
      ['2 2\na 1 2\nb .5 -3e-5\n', 'u1 1 2\r\nж 3 4 \r\n', '\uFEFF1 1\na 1\n'].map((text) => Buffer.from(text)),
    tokens: [
      ' ',
      '\t',
      '\r\n',
      '\n\n',
      'NaN',
      '1e400',
      '1e39',
      '9007199254740993 1',
      '-0',
      '\0',
      Uint8Array.of(0xff),
      Uint8Array.of(0xff, 0xfe),
    ],
  },
}
