"""Makes svm.json: scikit-learn's SVC with a Gaussian kernel on synthetic data (scikit-learn 1.2.1, numpy 1.24).

Run from this folder: python3 svm.py

Columns are centred for scikit-learn, whose gamma='scale' otherwise counts differences between column means as
variance. More than two classes: one machine for each class against the rest.
"""

import json
import numpy as np
import sklearn
from sklearn.neighbors import NearestNeighbors
from sklearn.svm import SVC

rng = np.random.default_rng(31)


def case(name, rows, cols, classes, C=1.0, noise=0.5, offset=0.0, scale=1.0, gamma='scale'):
    x = (scale * rng.normal(size=(rows + 12, cols)) + offset * np.arange(cols)).astype(np.float32).astype(np.float64)
    signal = (((x - x.mean(axis=0)) / scale) ** 2)[:, :2].sum(axis=1) + noise * rng.normal(size=len(x))
    y = np.digitize(signal, [1.2] if classes == 2 else [0.8, 2.2])
    train, test = slice(0, rows), slice(rows, None)
    centre = x[train].mean(axis=0)
    decisions = []
    if gamma == 'nearest':
        nearest = NearestNeighbors(n_neighbors=2).fit(x[train]).kneighbors(x[train])[0][:, 1]
        value = 1 / (2 * np.median(nearest**2))
    else:
        value = gamma
    for c in [1] if classes == 2 else range(classes):
        model = SVC(C=C, gamma=value, class_weight='balanced', tol=1e-7).fit(x[train] - centre, y[train] == c)
        decisions.append(model.decision_function(x[test] - centre))
    return dict(
        name=name,
        cols=cols,
        classes=classes,
        cost=C,
        gamma=gamma,
        trainX=x[train].ravel().tolist(),
        trainY=y[train].tolist(),
        testX=x[test].ravel().tolist(),
        decisions=np.array(decisions).T.ravel().tolist(),
    )


json.dump(
    dict(
        madeBy=f'scikit-learn {sklearn.__version__}, numpy {np.__version__}',
        cases=[
            case('shells', 80, 3, 2),
            case('noise', 60, 6, 2, noise=20.0),
            case('off centre, embedding scale', 60, 4, 2, offset=0.5, scale=0.05),
            case('small cost', 60, 3, 2, C=0.05),
            case('large cost', 60, 3, 2, C=100.0),
            case('three classes', 90, 3, 3),
            case('as wide as rows lie apart', 80, 3, 2, gamma='nearest'),
        ],
    ),
    open('svm.json', 'w'),
    separators=(',', ':'),
)
