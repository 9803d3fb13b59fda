/** Parquet of pyarrow: every codec, version of pages and shape, and the encodings that it writes on request. */

import { comparedWithPython, type PeerTable } from './peer-tables.ts'

const codecs = ['none', 'snappy', 'gzip', 'zstd', 'lz4', 'brotli'] as const
const shapes = {
  'lists of float': { shape: 'list', dtype: 'f4', ids: 'text' },
  'large lists of double': { shape: 'large', dtype: 'f8', ids: 'big' },
  'lists of fixed size': { shape: 'fixed', dtype: 'f4', ids: 'number' },
  'lists of half': { shape: 'list', dtype: 'f2', ids: 'text' },
  'columns of float by dictionary': { shape: 'columns', dtype: 'f4', ids: 'text' },
  'columns of double in split streams, ids in deltas': { shape: 'columns', dtype: 'f8', ids: 'big', split: true },
  'columns of half, ids by common prefixes': { shape: 'columns', dtype: 'f2', ids: 'text', split: true },
} as const
const versions = ['1.0', '2.0'] as const
const kinds = Object.entries(shapes)

const parquet = { extension: 'parquet', notes: true }
const small = codecs.flatMap((codec) =>
  versions.flatMap((version) =>
    kinds.flatMap(([name, shape]) =>
      [3, 700].map((rows): PeerTable => ({
        ...parquet,
        ...shape,
        name: `${codec}, pages ${version}, ${name}`,
        codec,
        version,
        rows,
        group: 500,
        page: 1024,
      })),
    ),
  ),
)
const large = codecs.map((codec, c): PeerTable => {
  const [name, shape] = kinds[c % kinds.length]!
  return {
    ...parquet,
    ...shape,
    name: `${codec}, ${name}`,
    codec,
    version: versions[c % 2],
    rows: 60_000,
    group: 25_000,
    page: 1 << 16,
  }
})
const ours = (['f2', 'f4', 'f8'] as const).flatMap((dtype) =>
  [undefined, ['d0', 'note', 'id', 'd1', 'd2']].map((header): PeerTable => ({
    ...parquet,
    ours: true,
    name: `new, ${dtype}${header ? ', columns' : ''}`,
    rows: 700,
    dtype,
    ids: 'text',
    ...(header && { header }),
  })),
)

comparedWithPython(
  ['pyarrow'],
  [...small, ...large, ...ours],
  `
import pyarrow as pa, pyarrow.parquet as pq
def write(spec, path):
    v, n = values(spec), spec["rows"]
    item = pa.from_numpy_dtype(v.dtype)
    flat = pa.array(v.ravel(), type=item)
    columns = {"id": pa.array(ids(spec), type={"text": pa.string(), "big": pa.int64(), "number": pa.int32()}[spec["ids"]])}
    if spec["shape"] == "list": columns["embedding"] = pa.ListArray.from_arrays(pa.array(np.arange(n + 1, dtype=np.int32) * K), flat)
    if spec["shape"] == "large": columns["embedding"] = pa.LargeListArray.from_arrays(pa.array(np.arange(n + 1) * K), flat)
    if spec["shape"] == "fixed": columns["embedding"] = pa.FixedSizeListArray.from_arrays(flat, K)
    if spec["shape"] == "columns":
        for j in range(K): columns[f"d{j}"] = pa.array(v[:, j].copy(), type=item)
    columns["note"] = pa.array(notes(spec), type=pa.string())
    more = {}
    if spec.get("split"):
        encodings = {f"d{j}": "BYTE_STREAM_SPLIT" for j in range(K)}
        encodings["id"] = "DELTA_BINARY_PACKED" if spec["ids"] == "big" else "DELTA_BYTE_ARRAY"
        encodings["note"] = "DELTA_LENGTH_BYTE_ARRAY"
        more = {"use_dictionary": False, "column_encoding": encodings}
    if spec["codec"] == "brotli": more["compression_level"] = 1
    pq.write_table(pa.table(columns), path, compression=spec["codec"], data_page_version=spec["version"], row_group_size=spec["group"], data_page_size=spec["page"], write_batch_size=100, **more)
def read(spec, path):
    t = pq.read_table(path)
    if "embedding" in t.column_names:
        v = np.concatenate([chunk.flatten().to_numpy(zero_copy_only=False) for chunk in t["embedding"].chunks]).reshape(-1, K)
    else:
        v = np.stack([t[f"d{j}"].to_numpy() for j in range(K)], 1)
    return t["id"].to_pylist(), v, t["note"].to_pylist()
`,
)
