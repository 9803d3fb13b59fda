"""Makes paired.json: scipy's answers on synthetic arrays (scipy 1.10.1). Run from this folder: python3 paired.py"""

import json
import numpy as np
from scipy import stats

rng = np.random.default_rng(11)
cases = []
for n, shift in [(2, 0.3), (3, 0.0), (5, 0.4), (10, 0.1), (10, 1.0), (20, 0.2)]:
    first = rng.normal(size=n)
    second = first + shift + 0.5 * rng.normal(size=n)
    low, high = stats.t.interval(0.95, n - 1, loc=first.mean(), scale=stats.sem(first))
    cases.append(
        dict(
            first=first.tolist(),
            second=second.tolist(),
            mean=first.mean(),
            deviation=first.std(ddof=1),
            lower=low,
            upper=high,
            t=stats.ttest_rel(first, second).pvalue,
            wilcoxon=stats.wilcoxon(first, second, mode='exact').pvalue,
        )
    )
tails = [dict(t=t, degrees=d, p=2 * stats.t.sf(t, d)) for t in [0.01, 0.5, 1.0, 2.5, 10.0] for d in [1, 2, 9, 100]]
json.dump(dict(cases=cases, tails=tails), open('paired.json', 'w'), indent=1)
