"""Makes equal-rows.json: the shares that scikit-learn's TargetEncoder(smooth=1) gives each row of a table, taken as
one category (scikit-learn 1.9.1, numpy 2.4.6; it takes 1.4 or later).

Run from this folder: python3 equal-rows.py
"""

import json
import numpy as np
import sklearn
from sklearn.preprocessing import TargetEncoder

rng = np.random.default_rng(53)


def case(name, rows, distinct, classes):
    points = np.round(rng.normal(size=(distinct, 3)), 2).astype(np.float32)
    codes = rng.permutation(np.arange(rows) % classes)
    known, asked = rng.integers(distinct // 2, size=rows), rng.integers(distinct, size=20)
    names = np.array([str(point.tobytes()) for point in points], dtype=object)
    # Named, so that labels of three are not taken for numbers.
    encoder = TargetEncoder(smooth=1.0, target_type='binary' if classes == 2 else 'multiclass')
    encoder.fit(names[known].reshape(-1, 1), codes)
    shares = encoder.transform(names[asked].reshape(-1, 1))
    return dict(
        name=name,
        classes=classes,
        knownX=points[known].ravel().tolist(),
        knownY=codes.tolist(),
        askedX=points[asked].ravel().tolist(),
        shares=shares.ravel().tolist(),
    )


json.dump(
    dict(
        madeBy=f'scikit-learn {sklearn.__version__}, numpy {np.__version__}',
        cases=[case('two classes', 61, 16, 2), case('three classes', 60, 12, 3)],
    ),
    open('equal-rows.json', 'w'),
    separators=(',', ':'),
)
