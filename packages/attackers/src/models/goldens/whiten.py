"""Makes whiten.json: whitened rows of synthetic data (scikit-learn 1.2.1, numpy 1.24).

Run from this folder: python3 whiten.py

Columns are standardised, their correlations shrunk by scikit-learn's oas, and the inverse square root taken from
numpy's eigenvectors.
"""

import json
import numpy as np
import sklearn
from sklearn.covariance import oas

rng = np.random.default_rng(23)


def case(name, rows, cols, mixing, offset=0.0):
    x = (rng.normal(size=(rows + 8, mixing.shape[0])) @ mixing + offset).astype(np.float32).astype(np.float64)
    train, test = x[:rows], x[rows:]
    mean, std = train.mean(axis=0), train.std(axis=0)
    shrunk, rho = oas((train - mean) / std, assume_centered=True)
    values, vectors = np.linalg.eigh(shrunk)
    root = vectors @ np.diag(values ** -0.5) @ vectors.T
    return dict(
        name=name, cols=cols, trainX=train.ravel().tolist(), testX=test.ravel().tolist(), shrinkage=rho,
        whitened=((test - mean) / std @ root).ravel().tolist(),
    )


json.dump(
    dict(
        madeBy=f'scikit-learn {sklearn.__version__}, numpy {np.__version__}',
        cases=[
            case('correlated', 60, 4, rng.normal(size=(4, 4)), 3.0),
            case('unlike scales', 200, 3, np.diag([1000, 1, 0.001]) @ (np.eye(3) + 0.5)),
            case('two directions in five dimensions', 50, 5, rng.normal(size=(2, 5))),
            case('fewer rows than columns', 7, 12, rng.normal(size=(12, 12))),
        ],
    ),
    open('whiten.json', 'w'), separators=(',', ':'),
)
