"""safetensors files as the safetensors package writes them; run: python3 safetensors.py > safetensors.json
(safetensors 0.8)"""

import base64
import json
import sys

sys.path = [path for path in sys.path if not path.endswith("goldens")]  # this file has the package's name

import numpy
from safetensors.numpy import save

values = numpy.array([[0.5, -2.5], [3.5, 1.0], [-0.25, 7.0]])
table = values.astype("<f4")
others = {"bias": numpy.array([0.5], "<f4"), "users": table, "ids": numpy.array([2**53 + 1, 2**53 + 2, 7])}
print(
    json.dumps(
        {
            "values": values.tolist(),
            "files": {
                name: base64.b64encode(data).decode()
                for name, data in {
                    "F16": save({"embedding": values.astype("<f2")}),
                    "F32": save({"embedding": table}),
                    "F64": save({"embedding": values}),
                    "others": save(others, metadata={"format": "pt", "note": "ж"}),
                    "two": save({"users": table, "items": table + 1}),
                }.items()
            },
        },
        indent=1,
    )
)
