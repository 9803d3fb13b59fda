"""npy files as NumPy writes them, in all three header versions; run: python3 npy.py > npy.json"""

import base64
import io
import json

import numpy


def saved(array, version=None):
    file = io.BytesIO()
    numpy.lib.format.write_array(file, array, version=version)
    return base64.b64encode(file.getvalue()).decode()


values = numpy.array([[0.1, -2.5, 3e-8], [1e30, -0.0, 7]])
print(
    json.dumps(
        {
            "values": values.tolist(),
            "accepted": {
                f"{name} version {version}": {
                    "dtype": name,
                    "npy": saved(
                        (values if name != "f2" else values.clip(-60000, 60000)).astype("<" + name), (version, 0)
                    ),
                }
                for name in ("f2", "f4", "f8")
                for version in (1, 2, 3)
            },
            "default": saved(values.astype("<f4")),
            "refused": {
                "fortran": saved(numpy.asfortranarray(values)),
                "big-endian": saved(values.astype(">f4")),
                "int64": saved(numpy.arange(6).reshape(2, 3)),
                "object": saved(numpy.array([[1, None]], dtype=object)),
                "structured": saved(numpy.zeros(3, dtype=[("a", "<f4"), ("b", "<f4")])),
            },
            "vector": saved(numpy.arange(3, dtype="<f4")),
            "cube": saved(numpy.zeros((2, 2, 2), dtype="<f4")),
            "no rows": saved(numpy.zeros((0, 3), dtype="<f4")),
            "no columns": saved(numpy.zeros((3, 0), dtype="<f4")),
        },
        indent=1,
    )
)
