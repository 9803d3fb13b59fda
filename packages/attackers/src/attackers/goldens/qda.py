"""Makes qda.json: quadratic discriminant analysis on synthetic data (scikit-learn 1.2.1, scipy 1.10, numpy 1.24).

Run from this folder: python3 qda.py

Cases with a fixed shrinkage come from QuadraticDiscriminantAnalysis, whose reg_param mixes with the plain identity:
each class is scaled to a mean variance of 1, where that is the same. Cases with 'oas' come from scikit-learn's oas
for each class and scipy's normal density.
"""

import json
import numpy as np
import sklearn
from scipy.stats import multivariate_normal
from sklearn.covariance import oas
from sklearn.discriminant_analysis import QuadraticDiscriminantAnalysis

rng = np.random.default_rng(17)


def sample(counts, cols, spreads, shift):
    y = np.repeat(np.arange(len(counts)), counts)
    x = np.empty((len(y), cols))
    for c, spread in enumerate(spreads):
        mixing = np.eye(cols) + 0.3 * rng.normal(size=(cols, cols))
        x[y == c] = spread * rng.normal(size=((y == c).sum(), cols)) @ mixing + shift * c
    return x, y


def float32(values):
    return np.asarray(values).astype(np.float32).astype(np.float64)


def case(name, counts, cols, spreads, shift, shrinkage):
    x, y = sample(counts, cols, spreads, shift)
    if shrinkage != 'oas':
        for c in range(len(counts)):
            own = x[y == c]
            centre = own.mean(axis=0)
            x[y == c] = centre + (own - centre) / np.sqrt(np.trace(np.cov(own.T)) / cols)
    x = float32(x)
    held = float32(np.round(shift + 1.5 * rng.normal(size=(12, cols)), 3))
    if shrinkage == 'oas':
        logits = []
        for c in range(len(counts)):
            own = x[y == c]
            rho = oas(own)[1]
            cov = np.cov(own.T)
            cov = (1 - rho) * cov + rho * np.trace(cov) / cols * np.eye(cols)
            logits.append(multivariate_normal(own.mean(axis=0), cov).logpdf(held) + np.log(len(own) / len(x)))
        logits = np.array(logits).T
    else:
        logits = QuadraticDiscriminantAnalysis(reg_param=shrinkage).fit(x, y)._decision_function(held)
    # Densities only count against each other.
    logits = logits - logits[:, :1]
    return dict(
        name=name,
        cols=cols,
        classes=len(counts),
        shrinkage=shrinkage,
        trainX=x.ravel().tolist(),
        trainY=y.tolist(),
        testX=held.ravel().tolist(),
        differences=logits.ravel().tolist(),
    )


json.dump(
    dict(
        madeBy=f'scikit-learn {sklearn.__version__}, numpy {np.__version__}',
        cases=[
            case('plain', [40, 30], 3, [1, 1], 0.8, 0.0),
            case('regularised', [25, 40], 4, [1, 1], 0.8, 0.2),
            case('regularised, three classes', [20, 25, 30], 3, [1, 1, 1], 0.8, 0.1),
            case('oas, unlike spreads', [40, 30], 4, [1, 0.05], 0.2, 'oas'),
            case('oas, fewer rows than columns', [6, 7], 10, [1, 2], 0.5, 'oas'),
        ],
    ),
    open('qda.json', 'w'),
    separators=(',', ':'),
)
