"""Makes forest.json: AUCs of scikit-learn's RandomForestClassifier of 100 trees on two signs and on a mean shift
(scikit-learn 1.2.1, numpy 1.24), mean over five forests, on the rows that the test makes from the same numbers.

Run from this folder: python3 forest.py
"""

import json
import numpy as np
import sklearn
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score

rng = np.random.default_rng(51)


def case(name, rows, cols, label):
    x = rng.normal(size=(2 * rows, cols)).astype(np.float32)
    x = np.round(x, 3).astype(np.float32)
    y = label(x)
    train, test = slice(0, rows), slice(rows, None)
    forests = [RandomForestClassifier(100, random_state=s).fit(x[train], y[train]) for s in range(5)]
    aucs = [roc_auc_score(y[test], f.predict_proba(x[test])[:, 1]) for f in forests]
    return dict(
        name=name,
        cols=cols,
        auc=float(np.mean(aucs)),
        x=[round(float(v), 3) for v in x.ravel()],
        y=y.astype(int).tolist(),
    )


json.dump(
    dict(
        madeBy=f'scikit-learn {sklearn.__version__}, numpy {np.__version__}',
        cases=[
            case('two signs that differ', 400, 4, lambda x: (x[:, 0] > 0) != (x[:, 1] > 0)),
            case('shift with noise', 400, 6, lambda x: (x[:, 0] + x[:, 1] + rng.normal(size=len(x)) > 0).astype(int)),
        ],
    ),
    open('forest.json', 'w'),
    separators=(',', ':'),
)
