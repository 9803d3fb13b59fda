"""Makes knn.json: scikit-learn's KNeighborsClassifier, weights='distance' (scikit-learn 1.2.1, numpy 1.24).

Run from this folder: python3 knn.py
"""

import json
import numpy as np
import sklearn
from sklearn.neighbors import KNeighborsClassifier

rng = np.random.default_rng(29)


def case(name, rows, cols, classes, neighbours, repeated=0):
    x = np.round(rng.normal(size=(rows + 15, cols)), 3).astype(np.float32).astype(np.float64)
    y = rng.integers(classes, size=rows)
    train, test = x[:rows], x[rows:]
    # Rows that are asked about and known, some of them twice with unlike labels.
    train[1:1 + repeated] = train[0]
    test[:repeated] = train[:repeated]
    model = KNeighborsClassifier(neighbours, weights='distance', algorithm='brute').fit(train, y)
    return dict(
        name=name, cols=cols, classes=classes, neighbours=neighbours, trainX=train.ravel().tolist(), trainY=y.tolist(),
        testX=test.ravel().tolist(), votes=model.predict_proba(test).ravel().tolist(),
    )


json.dump(
    dict(
        madeBy=f'scikit-learn {sklearn.__version__}, numpy {np.__version__}',
        cases=[
            case('two classes', 60, 5, 2, 15),
            case('three classes in 19 dimensions', 60, 19, 3, 15),
            case('equal rows', 40, 3, 2, 5, repeated=4),
            case('all rows vote', 15, 8, 2, 15),
        ],
    ),
    open('knn.json', 'w'), separators=(',', ':'),
)
