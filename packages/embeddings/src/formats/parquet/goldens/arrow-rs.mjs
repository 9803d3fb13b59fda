// Parquet files of Rust's arrow, as its second version writes numbers of fixed length. In an empty folder:
//
//     npm install parquet-wasm apache-arrow && node arrow-rs.mjs > arrow-rs.json

import { createRequire } from 'node:module'
import * as arrow from 'apache-arrow'

const parquet = createRequire(import.meta.url)('parquet-wasm/node')
const rows = 40
const values = Array.from({ length: rows }, (_, i) => [0, 1, 2].map((k) => ((i * 7 + k * 5) % 32) / 4 - 3))

const vector = (type, list) => {
  const builder = arrow.makeBuilder({ type })
  for (const value of list) builder.append(value)
  return builder.finish().toVector()
}
const table = new arrow.Table({
  id: vector(
    new arrow.Utf8(),
    values.map((_, i) => `user-${i}`),
  ),
  embedding: vector(new arrow.FixedSizeList(3, new arrow.Field('item', new arrow.Float16(), true)), values),
})
const file = (leaf, encoding) => {
  const properties = new parquet.WriterPropertiesBuilder()
    .setWriterVersion(parquet.WriterVersion.V2)
    .setDictionaryEnabled(false)
    .setCompression(parquet.Compression.UNCOMPRESSED)
    .setColumnEncoding(leaf, encoding)
    .build()
  const stream = arrow.tableToIPC(table, 'stream')
  return Buffer.from(parquet.writeParquet(parquet.Table.fromIPCStream(stream), properties)).toString('base64')
}
const { Encoding } = parquet
console.log(
  JSON.stringify({
    values,
    files: {
      DELTA_BYTE_ARRAY: file('id', Encoding.DELTA_BYTE_ARRAY),
      DELTA_LENGTH_BYTE_ARRAY: file('id', Encoding.DELTA_LENGTH_BYTE_ARRAY),
      BYTE_STREAM_SPLIT: file('embedding.list.item', Encoding.BYTE_STREAM_SPLIT),
    },
  }),
)
