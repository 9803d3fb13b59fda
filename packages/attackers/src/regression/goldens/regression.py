"""Makes regression.json: scikit-learn's Ridge and KernelRidge on synthetic data (scikit-learn 1.2.1, numpy 1.24).

Run from this folder: python3 regression.py
KernelRidge has no intercept: it is given values less their mean, and gamma = 1 over the sum of the columns' variances.
"""

import json
import numpy as np
import sklearn
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import Ridge

rng = np.random.default_rng(31)


def case(name, rows, cols, penalty, scale=1.0, offset=0.0, decimals=3):
    x = rng.normal(size=(rows + 15, cols))
    y = np.round(35 + 8 * x[:, 0] + 5 * x[:, 1] ** 2 + 6 * rng.normal(size=len(x)))
    # Correlated columns; float32 in the package, so the golden sees the same numbers.
    x[:, -1] = 0.9 * x[:, 0] + 0.1 * x[:, -1]
    x = np.round(scale * x + offset, decimals).astype(np.float32).astype(np.float64)
    train, test = slice(0, rows), slice(rows, None)
    linear = Ridge(alpha=penalty).fit(x[train], y[train])
    mean = y[train].mean()
    radial = KernelRidge(alpha=penalty, kernel='rbf', gamma=1 / x[train].var(0).sum()).fit(x[train], y[train] - mean)
    return dict(
        name=name,
        cols=cols,
        penalty=penalty,
        trainX=x[train].ravel().tolist(),
        trainY=y[train].tolist(),
        testX=x[test].ravel().tolist(),
        ridge=linear.predict(x[test]).tolist(),
        kernelRidge=(mean + radial.predict(x[test])).tolist(),
    )


json.dump(
    dict(
        madeBy=f'scikit-learn {sklearn.__version__}, numpy {np.__version__}',
        cases=[
            case('usual penalty', 60, 4, 1.0),
            case('fewer rows than columns', 12, 15, 1.0),
            case('embedding scale, off centre, weak penalty', 50, 5, 0.01, scale=0.05, offset=0.3, decimals=5),
        ],
    ),
    open('regression.json', 'w'),
    separators=(',', ':'),
)
