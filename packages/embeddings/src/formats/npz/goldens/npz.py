"""npz archives as NumPy writes them; run: python3 npz.py > npz.json (NumPy)"""

import base64
import io
import json

import numpy

values = numpy.array([[0.1, -2.5], [3.5, 1.0], [1e30, -0.0], [7.0, 2.0]])
table = values.astype("<f4")
ids = ["u1", "ж", "9007199254740993", "a,b"]
labels = ["F", "", "M", "<b>"]


def saved(save=numpy.savez, **arrays):
    file = io.BytesIO()
    save(file, **arrays)
    return base64.b64encode(file.getvalue()).decode()


print(
    json.dumps(
        {
            "values": values.tolist(),
            "ids": ids,
            "labels": labels,
            "files": {
                "savez": saved(embedding=table),
                "savez_compressed": saved(numpy.savez_compressed, embedding=table),
                "ids": saved(ids=numpy.array(ids), users=table, gender=numpy.array(labels)),
                "integer ids": saved(numpy.savez_compressed, id=numpy.arange(2**53, 2**53 + 4), embedding=table),
                "bytes ids": saved(user=numpy.array([b"u0", b"u1", b"u2", b"u3"]), embedding=table),
                "others": saved(
                    mask=numpy.array([True, False, True]), embedding=table, notes=numpy.array([{"a": 1}], dtype=object)
                ),
                "float16": saved(embedding=values.clip(-60000, 60000).astype("<f2")),
                "float64": saved(numpy.savez_compressed, embedding=values),
                "two": saved(a=table, b=table + numpy.float32(1)),
            },
            "refused": {
                "integers": saved(a=numpy.arange(8).reshape(4, 2)),
                "empty": saved(),
                "objects": saved(a=numpy.array([1, None], dtype=object)),
            },
        },
        indent=1,
        ensure_ascii=False,
    )
)
