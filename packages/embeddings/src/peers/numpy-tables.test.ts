/** Arrays of NumPy, alone and in archives, and of the safetensors package. */

import { comparedWithPython, type PeerTable } from './peer-tables.ts'

const dtypes = ['f2', 'f4', 'f8'] as const
const sizes = [3, 700]

const npy = dtypes.flatMap((dtype) =>
  ['1.0', '2.0', '3.0'].flatMap((version) =>
    [...sizes, 60_000].map((rows): PeerTable => ({
      name: `npy ${version}, ${dtype}`,
      extension: 'npy',
      version,
      rows,
      dtype,
      ids: 'number',
    })),
  ),
)
const orders = dtypes.flatMap((dtype) =>
  [
    ['>', 'C'],
    ['>', 'F'],
    ['<', 'F'],
  ].flatMap(([endian, order]) =>
    sizes.map((rows): PeerTable => ({
      name: `npy ${endian}${dtype}, order ${order}`,
      extension: 'npy',
      version: '1.0',
      endian,
      order,
      rows,
      dtype,
      ids: 'number',
    })),
  ),
)
const npz = dtypes.flatMap((dtype) =>
  (['text', 'big'] as const).flatMap((ids) =>
    ['savez', 'savez_compressed'].flatMap((how) =>
      sizes.map((rows): PeerTable => ({
        name: `${how}, ${dtype}, ids of ${ids}`,
        extension: 'npz',
        how,
        rows,
        dtype,
        ids,
      })),
    ),
  ),
)
const large = (['savez', 'savez_compressed'] as const).map((how): PeerTable => ({
  name: how,
  extension: 'npz',
  how,
  rows: 60_000,
  dtype: 'f4',
  ids: 'text',
}))
const ours = dtypes.map((dtype): PeerTable => ({
  ours: true,
  name: `new npz, ${dtype}`,
  extension: 'npz',
  rows: 700,
  dtype,
  ids: 'text',
}))

comparedWithPython(
  [],
  [...npy, ...orders, ...npz, ...large, ...ours],
  `
def write(spec, path):
    if spec["extension"] == "npz": getattr(np, spec["how"])(path, ids=np.array(ids(spec)), embedding=values(spec))
    else:
        v = values(spec).astype(spec.get("endian", "<") + spec["dtype"], order=spec.get("order", "C"))
        with open(path, "wb") as file: np.lib.format.write_array(file, v, version=tuple(map(int, spec["version"].split("."))))
def read(spec, path):
    loaded = np.load(path, allow_pickle=False)
    if "endian" in spec:
        assert loaded.dtype == np.dtype(spec["endian"] + spec["dtype"]), loaded.dtype
        loaded = loaded.astype("<" + spec["dtype"])
    return (loaded["id" if spec.get("ours") else "ids"].tolist(), loaded["embedding"], None) if spec["extension"] == "npz" else (None, loaded, None)
`,
)

const safetensors = dtypes.flatMap((dtype) =>
  [...sizes, 60_000].map((rows): PeerTable => ({
    name: `safetensors, ${dtype}`,
    extension: 'safetensors',
    rows,
    dtype,
    ids: 'big',
    options: { idColumn: 'ids' },
  })),
)

comparedWithPython(
  ['safetensors'],
  safetensors,
  `
from safetensors.numpy import load_file, save_file
def write(spec, path):
    save_file({"embedding": values(spec), "ids": np.array(ids(spec), dtype=np.int64)}, path, metadata={"format": "np"})
def read(spec, path):
    loaded = load_file(path)
    return loaded["ids"].tolist(), loaded["embedding"], None
`,
)
