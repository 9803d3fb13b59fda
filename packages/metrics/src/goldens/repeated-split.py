"""Makes repeated-split.json: the interval of an AUC over repeated splits by dense matrices, on synthetic arrays
(numpy 1.24, scipy 1.10). Run from this folder: python3 repeated-split.py

Written from docs/statistics.md, with placements from the O(mn) definition: indicator matrices of scored (T) and known
(S) users, one row a split, in place of the loops over pairs of splits in repeated-split.ts.
"""

import json
import numpy as np
from scipy.special import expit, logit
from scipy.stats import rankdata

rng = np.random.default_rng(5)


def placements(scores, actual):
    positive, negative = scores[actual == 1], scores[actual == 0]
    above = (positive[:, None] > negative[None]) + 0.5 * (positive[:, None] == negative[None])
    value, out = above.mean(), np.zeros(len(scores))
    m, n = len(positive), len(negative)
    out[actual == 1] = (above.mean(1) - value) / np.sqrt(m * (m - 1))
    out[actual == 0] = (above.mean(0) - value) / np.sqrt(n * (n - 1))
    return value, out


def interval(splits, users, labels, cross_validated):
    count = len(splits)
    place, T, S, Z = (np.zeros((count, users)) for _ in range(4))
    values = np.zeros(count)
    for r, (shadow, scored, scores) in enumerate(splits):
        values[r], place[r, scored] = placements(scores, labels[scored])
        T[r, scored], S[r, shadow] = 1, 1
        ranks = rankdata(scores)
        Z[r, scored] = (ranks - ranks.mean()) / ranks.std()
    known, judged = S.sum(1), T.sum(1)
    o = S @ S.T / np.sqrt(np.outer(known, known))
    common = T @ T.T
    share = common / np.sqrt(np.outer(judged, judged))
    pairs = np.triu_indices(count, 1)
    clustered = (place.mean(0) ** 2).sum()
    squares = (place**2) @ T.T
    half = 0.5 * (squares + squares.T) - place @ place.T
    interaction = half[pairs].sum() / ((1 - o) * share)[pairs].sum()
    second = np.clip(interaction * (o * share).mean(), 0, clustered)
    first = clustered - second
    mixed = T @ S.T
    q = (mixed * mixed.T).sum() / (common * (S @ S.T)).sum()
    agreement = np.clip(((Z @ Z.T - o * common)[pairs]).sum() / ((1 - o) * common)[pairs].sum(), 0, 1)
    tau = 1 - agreement
    u, v = (T / judged[:, None]).sum(0), (S / known[:, None]).sum(0)
    uu, uv, vv = u @ u, u @ v, v @ v
    if cross_validated:
        both = first * (uu + 2 * tau * uv + tau**2 * vv) / uu + (1 + q) * second
        variance = 0.5 * ((1 + tau) * clustered + both)
    else:
        of_shadow = max(0, values.var(ddof=1) - interaction * (1 - o[pairs].mean()))
        taught = max(first * tau**2 * vv / uu, of_shadow * (1 / count + known[0] / judged[0]))
        variance = first * (1 + 2 * tau * uv / uu) + taught + (1 + q) * second
    auc, error = values.mean(), np.sqrt(variance)
    half_width = 1.959963984540054 * error / (auc * (1 - auc))
    return dict(
        auc=auc,
        standardError=error,
        agreement=agreement,
        lower=expit(logit(auc) - half_width),
        upper=expit(logit(auc) + half_width),
    )


def case(name, per_class, repeats, shift, cross_validated, decimals):
    """Users of class 1 are more, so that the balanced draw leaves others out each time."""
    labels = np.repeat([0, 1], [per_class, per_class + 7])
    users = len(labels)
    x = rng.normal(size=(users, 3)) + shift * labels[:, None]
    splits = []
    for _ in range(repeats):
        drawn = [rng.permutation(np.where(labels == c)[0])[:per_class] for c in (0, 1)]
        if cross_validated:
            parts = [
                (
                    np.concatenate([d[np.arange(per_class) % 5 != f] for d in drawn]),
                    np.concatenate([d[np.arange(per_class) % 5 == f] for d in drawn]),
                )
                for f in range(5)
            ]
        else:
            known = per_class // 5
            parts = [(np.concatenate([d[:known] for d in drawn]), np.concatenate([d[known:] for d in drawn]))]
        for shadow, scored in parts:
            direction = x[shadow][labels[shadow] == 1].mean(0) - x[shadow][labels[shadow] == 0].mean(0)
            splits.append((shadow, scored, np.round(x[scored] @ direction, decimals)))
    return dict(
        name=name,
        crossValidated=cross_validated,
        labels=labels.tolist(),
        splits=[dict(shadow=s.tolist(), users=t.tolist(), scores=z.tolist()) for s, t, z in splits],
        **interval(splits, users, labels, cross_validated),
    )


json.dump(
    dict(
        cases=[
            case('shadow sets, no leak', 25, 6, 0.0, False, 6),
            case('shadow sets, a leak', 25, 6, 0.9, False, 6),
            case('shadow sets, ties', 20, 5, 0.3, False, 0),
            case('folds, no leak', 20, 2, 0.0, True, 6),
            case('folds, a leak', 20, 3, 0.9, True, 6),
        ]
    ),
    open('repeated-split.json', 'w'),
    separators=(',', ':'),
)
