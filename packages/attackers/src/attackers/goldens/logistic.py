"""Makes logistic.json: scikit-learn's LogisticRegression on synthetic data (scikit-learn 1.2.1, numpy 1.24).

Run from this folder: python3 logistic.py

The solver is newton-cg: it minimises what lbfgs does, and lbfgs stops when the loss no longer changes in double
precision, which leaves weights right to 1e-4 only.
"""

import json
import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression

rng = np.random.default_rng(11)


def case(name, rows, cols, classes, C=1.0, scale=1.0, offset=0.0, decimals=3):
    x = rng.normal(size=(rows + 20, cols))
    y = np.digitize(x[:, 0] + 0.5 * x[:, 1] + 0.7 * rng.normal(size=len(x)), [0] if classes == 2 else [-0.6, 0.6])
    # Correlated columns of unlike scale.
    x[:, -1] = 0.9 * x[:, 0] + 0.1 * x[:, -1]
    x = np.round((scale * x * np.geomspace(1, 4, cols) + offset).astype(np.float64), decimals)
    # Features are float32 in the package: the golden sees the same numbers.
    x = x.astype(np.float32).astype(np.float64)
    train, test = slice(0, rows), slice(rows, None)
    model = LogisticRegression(C=C, solver='newton-cg', tol=1e-9, max_iter=200).fit(x[train], y[train])
    return dict(
        name=name, cols=cols, classes=classes, inverseStrength=C, trainX=x[train].astype(float).ravel().tolist(),
        trainY=y[train].tolist(), testX=x[test].ravel().tolist(), weights=model.coef_.ravel().tolist(),
        intercepts=model.intercept_.tolist(), probabilities=model.predict_proba(x[test]).ravel().tolist(),
    )


json.dump(
    dict(
        madeBy=f'scikit-learn {sklearn.__version__}, numpy {np.__version__}',
        cases=[
            case('two classes', 80, 4, 2),
            case('fewer rows than columns', 14, 20, 2),
            case('weak penalty', 80, 4, 2, C=100.0),
            case('embedding scale, off centre', 60, 3, 2, scale=0.05, offset=0.3, decimals=5),
            case('three classes', 90, 4, 3),
            case('three classes, strong penalty', 60, 3, 3, C=0.01),
        ],
    ),
    open('logistic.json', 'w'), separators=(',', ':'),
)
