/** Parquet and CSV of pandas, with ids in a column, in a named index and in one without a name. */

import { comparedWithPython, type PeerTable } from './peer-tables.ts'

const codecs = ['none', 'snappy', 'gzip', 'zstd', 'lz4', 'brotli'] as const
const places = { column: 'text', 'named index': 'big', 'index without a name': 'text' } as const
const small = codecs.flatMap((codec) =>
  Object.entries(places).flatMap(([index, ids]) =>
    [3, 700].map((rows): PeerTable => ({
      extension: 'parquet',
      notes: true,
      name: `${codec}, ids in a ${index}`,
      codec,
      index,
      ids,
      rows,
      dtype: 'f4',
    })),
  ),
)
const large = codecs.map((codec): PeerTable => ({
  extension: 'parquet',
  notes: true,
  name: codec,
  codec,
  index: 'column',
  ids: 'big',
  rows: 60_000,
  dtype: 'f8',
}))
const lists: PeerTable = {
  extension: 'parquet',
  notes: true,
  name: 'arrays as objects',
  codec: 'snappy',
  lists: true,
  index: 'column',
  ids: 'text',
  rows: 700,
  dtype: 'f4',
}
const text = ['csv', 'tsv'].flatMap((extension) =>
  Object.entries(places).map(([index, ids]): PeerTable => ({
    extension,
    notes: true,
    blank: true,
    typed: false,
    name: `${extension}, ids in a ${index}`,
    index,
    ids,
    rows: 700,
    dtype: 'f8',
  })),
)
const ours = ['parquet', 'csv'].map((extension): PeerTable => ({
  extension,
  ours: true,
  typed: false,
  notes: true,
  index: 'column',
  name: `new, ${extension}`,
  rows: 700,
  dtype: 'f4',
  ids: 'text',
  header: ['id', 'note', 'd0', 'd1', 'd2'],
}))

comparedWithPython(
  ['pandas', 'pyarrow'],
  [...small, ...large, lists, ...text, ...ours],
  `
import pandas as pd
def write(spec, path):
    v = values(spec)
    frame = pd.DataFrame({"note": notes(spec)})
    if spec.get("lists"): frame["embedding"] = list(v)
    else:
        for j in range(K): frame[f"d{j}"] = v[:, j]
    if spec["index"] == "column": frame.insert(0, "id", ids(spec))
    else: frame.index = pd.Index(ids(spec), name="user_id" if spec["index"] == "named index" else None)
    has_index = spec["index"] != "column"
    if spec["extension"] == "parquet": frame.to_parquet(path, compression=None if spec["codec"] == "none" else spec["codec"], index=has_index)
    else: frame.to_csv(path, index=has_index, sep="\\t" if spec["extension"] == "tsv" else ",")
def read(spec, path):
    if spec["extension"] == "parquet": frame = pd.read_parquet(path)
    else:
        index = {} if spec["index"] == "column" else {"index_col": 0}
        frame = pd.read_csv(path, sep="\\t" if spec["extension"] == "tsv" else ",", keep_default_na=False, float_precision="round_trip", **index)
    if spec["index"] != "column": assert frame.index.name == ("user_id" if spec["index"] == "named index" else None), frame.index.name
    v = np.stack(list(frame["embedding"])) if spec.get("lists") else frame[[f"d{j}" for j in range(K)]].to_numpy()
    found_ids = frame["id"] if spec["index"] == "column" else frame.index
    return found_ids.tolist(), v, [None if pd.isna(note) else note for note in frame["note"]]
`,
)
