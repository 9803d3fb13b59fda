"""Makes regression.json: R^2 by scikit-learn, Spearman's correlation and Somers' D by scipy (scikit-learn 1.2.1,
scipy 1.10).

Run from this folder: python3 regression.py
"""

import json
import numpy as np
import scipy
import sklearn
from scipy.stats import somersd, spearmanr
from sklearn.metrics import r2_score

rng = np.random.default_rng(23)


def case(name, n, signal, decimals, ages=True):
    y = np.round(35 + 12 * rng.normal(size=n)) if ages else rng.normal(size=n)
    p = np.round(y.mean() + signal * (y - y.mean()) + y.std() * rng.normal(size=n), decimals)
    return dict(
        name=name,
        predicted=p.tolist(),
        actual=y.tolist(),
        rSquared=r2_score(y, p),
        spearman=spearmanr(p, y).statistic,
        # D of predictions given values: pairs of equal values are left out, equal predictions count nothing.
        concordance=(somersd(y, p).statistic + 1) / 2,
    )


json.dump(
    dict(
        madeBy=f'scikit-learn {sklearn.__version__}, scipy {scipy.__version__}, numpy {np.__version__}',
        cases=[
            case('ages, ties on both sides', 120, 0.5, 0),
            case('ages, below chance', 90, -0.4, 3),
            case('no ties', 70, 1.0, 9, ages=False),
            case('few predictions', 60, 0.3, -1),
        ],
    ),
    open('regression.json', 'w'),
    separators=(',', ':'),
)
