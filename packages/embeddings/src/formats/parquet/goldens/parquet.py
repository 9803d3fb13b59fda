"""Parquet files as pyarrow writes them; run: python3 parquet.py > parquet.json (pyarrow 25, numpy)"""

import base64
import datetime
import decimal
import io
import json

import numpy
import pyarrow
import pyarrow.parquet

rows = 40
generator = numpy.random.default_rng(7)
values = generator.normal(size=(rows, 3)).astype("<f4")
ids = [f"user {i}" if i % 3 else f"ж{i}" for i in range(rows)]


def saved(table, **options):
    file = io.BytesIO()
    pyarrow.parquet.write_table(table, file, **options)
    return base64.b64encode(file.getvalue()).decode()


def lists(array, kind, nullable=True):
    flat = pyarrow.array(array.ravel())
    item = pyarrow.field("element", flat.type, nullable=nullable)
    if kind == "fixed":
        return pyarrow.FixedSizeListArray.from_arrays(flat, type=pyarrow.list_(item, array.shape[1]))
    offsets = numpy.arange(0, array.size + 1, array.shape[1])
    if kind == "large":
        return pyarrow.LargeListArray.from_arrays(pyarrow.array(offsets, pyarrow.int64()), flat)
    return pyarrow.ListArray.from_arrays(pyarrow.array(offsets, pyarrow.int32()), flat)


plain = pyarrow.table({"id": ids, "embedding": lists(values, "list")})
fixed = pyarrow.table({"id": ids, "embedding": lists(values, "fixed")})
columns = pyarrow.table({"user": ids, **{f"d{j}": values[:, j] for j in range(3)}})
rich = pyarrow.table(
    {
        "when": pyarrow.array([datetime.datetime(2026, 1, 1 + i % 28) for i in range(rows)], pyarrow.timestamp("us")),
        "id": pyarrow.array(range(2**53, 2**53 + rows), pyarrow.int64()),
        "price": pyarrow.array([decimal.Decimal(i).scaleb(-2) for i in range(rows)], pyarrow.decimal128(9, 2)),
        "gender": pyarrow.array([None if i % 5 == 0 else "FM"[i % 2] for i in range(rows)]).dictionary_encode(),
        "embedding": lists(values.astype("<f8") * numpy.pi, "list"),
        "tags": pyarrow.array([["a", "b"][: i % 3] for i in range(rows)]),
        "born": pyarrow.array(
            [datetime.date(1970, 1, 1) + datetime.timedelta(days=i * 400 - 3000) for i in range(rows)]
        ),
        "active": pyarrow.array([i % 3 == 0 for i in range(rows)]),
        "small": pyarrow.array([i - 3 for i in range(rows)], pyarrow.int8()),
        "huge": pyarrow.array([2**64 - 1 - i for i in range(rows)], pyarrow.uint64()),
        "place": pyarrow.array([{"x": i, "y": None if i % 2 else i / 2} for i in range(rows)]),
    }
)
half = pyarrow.table({"id": ids, "embedding": lists(values.astype("<f2"), "list")})
files = {
    **{
        f"{codec} pages {version}": saved(plain, compression=codec, data_page_version=version)
        for codec in ("NONE", "SNAPPY", "GZIP", "BROTLI", "ZSTD", "LZ4")
        for version in ("1.0", "2.0")
    },
    "no dictionary": saved(plain, use_dictionary=False),
    "byte stream split": saved(
        plain,
        use_dictionary=False,
        column_encoding={"embedding.list.element": "BYTE_STREAM_SPLIT", "id": "DELTA_BYTE_ARRAY"},
    ),
    "delta length": saved(plain, use_dictionary=False, column_encoding={"id": "DELTA_LENGTH_BYTE_ARRAY"}),
    "small pages": saved(plain, use_dictionary=False, data_page_size=16, write_batch_size=3, row_group_size=17),
    "row groups": saved(fixed, row_group_size=9, write_page_index=True),
    "fixed size": saved(fixed),
    "not nullable": saved(
        pyarrow.table(
            {"id": ids, "embedding": lists(values, "fixed", False)},
            schema=pyarrow.schema(
                [
                    pyarrow.field("id", pyarrow.string(), False),
                    pyarrow.field(
                        "embedding", pyarrow.list_(pyarrow.field("element", pyarrow.float32(), False), 3), False
                    ),
                ]
            ),
        )
    ),
    "large list": saved(
        pyarrow.table({"id": pyarrow.array(ids, pyarrow.large_string()), "embedding": lists(values, "large")})
    ),
    "columns": saved(columns),
    "columns in row groups": saved(columns, row_group_size=7, use_dictionary=False),
    "format 1.0": saved(columns, version="1.0", use_deprecated_int96_timestamps=True),
}
print(
    json.dumps(
        {
            "pyarrow": pyarrow.__version__,
            "ids": ids,
            "values": values.tolist(),
            "files": files,
            "half": {"values": values.astype("<f2").astype(float).tolist(), "file": saved(half)},
            "rich": {
                "values": (values.astype("<f8") * numpy.pi).tolist(),
                "file": saved(rich, row_group_size=16, write_page_index=True),
                "deltas": saved(
                    rich,
                    use_dictionary=False,
                    column_encoding={"id": "DELTA_BINARY_PACKED", "small": "DELTA_BINARY_PACKED"},
                ),
                "gender": ["" if value is None else value for value in rich["gender"].to_pylist()],
                "born": [str(value) for value in rich["born"].to_pylist()],
                "active": [str(value).lower() for value in rich["active"].to_pylist()],
                "small": [str(value) for value in rich["small"].to_pylist()],
                "huge": [str(value) for value in rich["huge"].to_pylist()],
            },
            "refused": {
                "nulls": saved(pyarrow.table({"id": ids, "embedding": [None, *values.tolist()[1:]]})),
                "null within": saved(pyarrow.table({"id": ids, "embedding": [[1.0, None, 2.0], *values.tolist()[1:]]})),
                "ragged": saved(
                    pyarrow.table(
                        {
                            "id": ids,
                            "embedding": [*values.tolist()[:7], [1.0, 2.0], [1.0, 2.0, 3.0, 4.0], *values.tolist()[9:]],
                        }
                    )
                ),
                "null in a column": saved(
                    columns.set_column(
                        2, "d1", pyarrow.array([1.0] * 6 + [None] + [2.0] * (rows - 7), pyarrow.float32())
                    )
                ),
                "float ids": saved(columns.set_column(0, "user", pyarrow.array(numpy.arange(rows) + 2.0**53))),
                "null id": saved(columns.set_column(0, "user", pyarrow.array([*ids[:4], None, *ids[5:]]))),
                "two lists": saved(plain.append_column("other", lists(values, "list"))),
                "two types": saved(columns.set_column(2, "d1", pyarrow.array(values[:, 1].astype("<f8")))),
                "no floats": saved(columns.select(["user"])),
                "no rows": saved(plain.slice(0, 0)),
            },
        },
        indent=1,
        ensure_ascii=False,
    )
)
