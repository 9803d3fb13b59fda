"""Vectors in columns of Parquet that are not read, as pyarrow writes them; run: python3 unread-vectors.py >
unread-vectors.json (pyarrow 25, numpy)"""

import base64
import decimal
import io
import json
import sys

import numpy
import pyarrow
import pyarrow.parquet

rows = 12
values = numpy.random.default_rng(7).normal(size=(rows, 3)).astype("<f4")
names = ["x", "y", "z"]
score = pyarrow.array(numpy.arange(rows) / 7)
ids = pyarrow.array([f"u{i}" for i in range(rows)])


def saved(columns):
    file = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table({"id": ids, **columns}), file, compression="NONE")
    return base64.b64encode(file.getvalue()).decode()


spark = pyarrow.struct(
    [
        ("type", pyarrow.int8()),
        ("size", pyarrow.int32()),
        ("indices", pyarrow.list_(pyarrow.int32())),
        ("values", pyarrow.list_(pyarrow.float64())),
    ]
)
vectors = {
    "bytes": pyarrow.array([row.tobytes() for row in values], pyarrow.binary()),
    "bytes of one length": pyarrow.array([row.tobytes() for row in values], pyarrow.binary(12)),
    "group": pyarrow.array([dict(zip(names, map(float, row))) for row in values]),
    "map": pyarrow.array(
        [list(zip(names, map(float, row))) for row in values], pyarrow.map_(pyarrow.string(), pyarrow.float32())
    ),
    "decimals": pyarrow.array(
        [[decimal.Decimal(f"{v:.4f}") for v in row] for row in values], pyarrow.list_(pyarrow.decimal128(9, 4))
    ),
    "whole numbers": pyarrow.array([[int(20 * v) for v in row] for row in values], pyarrow.list_(pyarrow.int8())),
    "lists of lists": pyarrow.array([[[float(v) for v in row]] for row in values]),
    "spark": pyarrow.array(
        [{"type": 1, "size": None, "indices": None, "values": [float(v) for v in row]} for row in values], spark
    ),
    "text": pyarrow.array([json.dumps([float(v) for v in row]) for row in values]),
}
named = {f"d{j}": pyarrow.array(values[:, j]) for j in range(3)}
plain = {name: pyarrow.array(values[:, j]) for j, name in enumerate(names)}
json.dump(
    {
        "unread": {name: saved({"emb": column, "score": score}) for name, column in vectors.items()},
        "beside": saved({**named, "photo": vectors["bytes"]}),
        "stray": {
            "whole": saved({**named, "d3": pyarrow.array(range(rows))}),
            "text": saved({**named, "d3": pyarrow.array([str(i / 7) for i in range(rows)])}),
        },
        "labelled": saved({**plain, "gender": pyarrow.array([float(i % 2) for i in range(rows)], pyarrow.float32())}),
        "tagged": saved({**plain, "tags": pyarrow.array([["a", "b"][: i % 3] for i in range(rows)])}),
    },
    sys.stdout,
)
