/** @file What a Parquet file holds, as its footer tells. */

import type { ByteSource } from '../../files/byte-source.ts'
import type { ParquetChunk, ParquetColumn } from './parquet-schema.ts'
import type { ThriftStruct } from './thrift-read.js'

export interface ParquetGroup {
  readonly rows: number
  /** Of its own file. */
  readonly firstRow: number
  /** Its own file, where a table is a folder of several; chunks lie in it. */
  readonly source: ByteSource
  /** Where that file begins in the source of the table. */
  readonly at: number
  /** What the footer of its file says of it, and where in that footer its chunks are described. */
  readonly facts: () => GroupFacts
  /** The chunk of a leaf of the schema. */
  chunk(leafNumber: number): ParquetChunk
}

export interface GroupFacts {
  readonly footer: Uint8Array
  readonly chunkPlaces: readonly number[]
  /** All else. */
  readonly fields: ThriftStruct
}

/** A file that was opened, or a folder of parts as one. */
export interface ParquetFile {
  readonly source: ByteSource
  /** Bytes of the footer, or of that of the first part. */
  readonly footer: Uint8Array
  readonly columns: readonly ParquetColumn[]
  readonly groups: readonly ParquetGroup[]
}

export interface ParquetContents extends ParquetFile {
  /** The one column of lists, or the columns of the dimensions. */
  readonly vectors: readonly ParquetColumn[]
}
