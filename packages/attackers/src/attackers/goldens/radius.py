"""Makes radius.json: features by their formulas in numpy, probabilities by scikit-learn (scikit-learn 1.2.1, numpy
1.24).

Run from this folder: python3 radius.py
"""

import json
import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

rng = np.random.default_rng(37)


def features(x, centroids, radii, own=None):
    columns = []
    for c, (centroid, radius) in enumerate(zip(centroids, radii)):
        d = np.linalg.norm(x - centroid, axis=1)
        if own is not None:
            for i in np.flatnonzero(own == c):
                others = (own == c) & (np.arange(len(x)) != i)
                d[i] = np.linalg.norm(x[i] - x[others].mean(axis=0))
        columns += [np.log(d / radius), np.log(d / radius) ** 2]
    columns += [np.log(np.linalg.norm(x - centroids.mean(axis=0), axis=1)), np.log(np.linalg.norm(x, axis=1))]
    return np.array(columns).T


def case(name, counts, cols, spreads, shift):
    y = np.repeat(np.arange(len(counts)), counts)
    x = (
        (np.array(spreads)[y][:, None] * rng.normal(size=(len(y), cols)) + shift * y[:, None] + 0.3)
        .astype(np.float32)
        .astype(float)
    )
    held = (
        (np.array(spreads)[np.arange(12) % len(counts)][:, None] * rng.normal(size=(12, cols)))
        .astype(np.float32)
        .astype(float)
    )
    centroids = np.array([x[y == c].mean(axis=0) for c in range(len(counts))])
    radii = [np.sqrt(((x[y == c] - centroids[c]) ** 2).sum() / ((y == c).sum() - 1)) for c in range(len(counts))]
    own, other = features(x, centroids, radii, y), features(held, centroids, radii)
    scale = StandardScaler().fit(own)
    model = LogisticRegression(solver='newton-cg', tol=1e-9, max_iter=200).fit(scale.transform(own), y)
    return dict(
        name=name,
        cols=cols,
        classes=len(counts),
        trainX=x.ravel().tolist(),
        trainY=y.tolist(),
        testX=held.ravel().tolist(),
        own=own.ravel().tolist(),
        other=other.ravel().tolist(),
        probabilities=model.predict_proba(scale.transform(other)).ravel().tolist(),
    )


json.dump(
    dict(
        madeBy=f'scikit-learn {sklearn.__version__}, numpy {np.__version__}',
        cases=[
            case('two shells', [30, 40], 4, [1, 1.3], 0.2),
            case('three shells', [20, 25, 30], 3, [1, 1.5, 2], 0.1),
        ],
    ),
    open('radius.json', 'w'),
    separators=(',', ':'),
)
