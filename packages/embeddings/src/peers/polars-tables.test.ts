/** Parquet of polars: every codec and shape, and CSV. */

import { comparedWithPython, type PeerTable } from './peer-tables.ts'

const codecs = ['uncompressed', 'snappy', 'gzip', 'zstd', 'lz4', 'brotli'] as const
const shapes = {
  'lists of float': { shape: 'list', dtype: 'f4', ids: 'text' },
  'arrays of double': { shape: 'array', dtype: 'f8', ids: 'big' },
  'columns of float': { shape: 'columns', dtype: 'f4', ids: 'number' },
} as const
const kinds = Object.entries(shapes)

const parquet = { extension: 'parquet', notes: true }
const small = codecs.flatMap((codec) =>
  kinds.flatMap(([name, shape]) =>
    [3, 700].map((rows): PeerTable => ({
      ...parquet,
      ...shape,
      name: `${codec}, ${name}`,
      codec,
      rows,
      group: 500,
      page: 1024,
    })),
  ),
)
const large = codecs.map((codec, c): PeerTable => {
  const [name, shape] = kinds[c % kinds.length]!
  return { ...parquet, ...shape, name: `${codec}, ${name}`, codec, rows: 60_000, group: 25_000, page: 1 << 16 }
})
const ours = (['f4', 'f8'] as const).map((dtype): PeerTable => ({
  ...parquet,
  ours: true,
  name: `new, ${dtype}`,
  rows: 700,
  dtype,
  ids: 'text',
}))
const text = ['csv', 'tsv'].map((extension): PeerTable => ({
  name: extension,
  extension,
  notes: true,
  blank: true,
  typed: false,
  shape: 'columns',
  rows: 700,
  dtype: 'f8',
  ids: 'text',
}))

comparedWithPython(
  ['polars'],
  [...small, ...large, ...ours, ...text],
  `
import polars as pl
def write(spec, path):
    v = values(spec)
    item = pl.Float64 if spec["dtype"] == "f8" else pl.Float32
    columns = {"id": pl.Series(ids(spec), dtype={"text": pl.String, "big": pl.Int64, "number": pl.Int32}[spec["ids"]])}
    if spec["shape"] == "list": columns["embedding"] = pl.Series(v.tolist(), dtype=pl.List(item))
    if spec["shape"] == "array": columns["embedding"] = pl.Series(v.tolist(), dtype=pl.Array(item, K))
    if spec["shape"] == "columns":
        for j in range(K): columns[f"d{j}"] = pl.Series(v[:, j].copy(), dtype=item)
    columns["note"] = pl.Series(notes(spec), dtype=pl.String)
    frame = pl.DataFrame(columns)
    if spec["extension"] != "parquet": return frame.write_csv(path, separator="\\t" if spec["extension"] == "tsv" else ",")
    level = {"compression_level": 1} if spec["codec"] == "brotli" else {}
    frame.write_parquet(path, compression=spec["codec"], row_group_size=spec["group"], data_page_size=spec["page"], **level)
def read(spec, path):
    if spec["extension"] == "parquet": frame = pl.read_parquet(path, use_pyarrow=False)
    else: frame = pl.read_csv(path, separator="\\t" if spec["extension"] == "tsv" else ",", missing_utf8_is_empty_string=True)
    v = np.array(frame["embedding"].to_list()) if "embedding" in frame.columns else np.stack([frame[f"d{j}"].to_numpy() for j in range(K)], 1)
    if "embedding" in frame.columns: v = v.astype({pl.Float32: "<f4", pl.Float64: "<f8"}[frame["embedding"].dtype.inner])
    return frame["id"].to_list(), v, frame["note"].to_list()
`,
)
