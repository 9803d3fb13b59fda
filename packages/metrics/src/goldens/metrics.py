"""Makes metrics.json: scikit-learn's answers on synthetic arrays (scikit-learn 1.2.1, numpy 1.24).

Run from this folder: python3 metrics.py
DeLong's variance is computed here from its O(mn) definition, the hit ratios from their formulas, since scikit-learn has
neither.
"""

import json
import numpy as np
import sklearn
from sklearn.metrics import (
    accuracy_score, balanced_accuracy_score, f1_score, ndcg_score, precision_score, recall_score, roc_auc_score,
    roc_curve,
)

rng = np.random.default_rng(7)


def delong_variance(scores, actual):
    positive, negative = scores[actual == 1], scores[actual == 0]
    above = (positive[:, None] > negative[None]) + 0.5 * (positive[:, None] == negative[None])
    return above.mean(1).var(ddof=1) / len(positive) + above.mean(0).var(ddof=1) / len(negative)


def binary(name, n, share, shift, decimals, spread=0.25, centre=0.5):
    actual = (rng.random(n) < share).astype(int)
    scores = np.round(np.clip(centre + shift * (actual - 0.5) + spread * rng.normal(size=n), 0, 1), decimals)
    predicted = (scores >= 0.5).astype(int)
    fpr, tpr, thresholds = roc_curve(actual, scores, drop_intermediate=False)
    return dict(
        name=name, scores=scores.tolist(), actual=actual.tolist(), predicted=predicted.tolist(),
        accuracy=accuracy_score(actual, predicted), balancedAccuracy=balanced_accuracy_score(actual, predicted),
        precision=precision_score(actual, predicted, zero_division=0), recall=recall_score(actual, predicted),
        auc=roc_auc_score(actual, scores), delongVariance=delong_variance(scores, actual),
        falsePositiveRate=fpr.tolist(), truePositiveRate=tpr.tolist(), thresholds=thresholds[1:].tolist(),
    )


def multiclass(name, n, classes):
    actual = rng.integers(classes, size=n)
    logits = rng.normal(size=(n, classes)) + 0.8 * np.eye(classes)[actual]
    probabilities = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    # As float32, which is what a Matrix carries; rounded so that ties occur.
    probabilities = np.round(probabilities, 2).astype(np.float32).astype(float)
    predicted = probabilities.argmax(1)
    one_versus_rest = [roc_auc_score(actual == c, probabilities[:, c]) for c in range(classes)]
    return dict(
        name=name, probabilities=probabilities.ravel().tolist(), classes=classes, actual=actual.tolist(),
        predicted=predicted.tolist(), accuracy=accuracy_score(actual, predicted),
        balancedAccuracy=balanced_accuracy_score(actual, predicted),
        precision=precision_score(actual, predicted, average='macro', zero_division=0),
        recall=recall_score(actual, predicted, average='macro', zero_division=0),
        microF1=f1_score(actual, predicted, average='micro'),
        oneVersusRest=one_versus_rest, macroAuc=float(np.mean(one_versus_rest)),
    )


def ranking(name, users, items, width, per_user):
    pairs, lists, result = [], [], {}
    rows = []
    for u in range(users):
        wanted = rng.choice(items, size=min(items, int(rng.poisson(per_user))), replace=False)
        relevance = np.zeros(items)
        relevance[wanted] = 1
        scores = rng.permutation(items) + 12.0 * relevance * rng.random(items)
        scores += np.arange(items) * 1e-6  # no ties
        top = np.argsort(-scores)[:width]
        pairs += [[u, int(i)] for i in wanted]
        lists += top.tolist()
        rows.append((relevance, scores, top))
    evaluated = [(r, s, t) for r, s, t in rows if r.sum() > 0]
    for k in (1, 3, width):
        hits = np.array([r[t[:k]].sum() for r, _, t in evaluated])
        wanted = np.array([r.sum() for r, _, _ in evaluated])
        result[str(k)] = {
            'ndcg': float(np.mean([ndcg_score([r], [s], k=k) for r, s, _ in evaluated])),
            'any-hit': float(np.mean(hits > 0)),
            'hits/min(k,|T|)': float(np.mean(hits / np.minimum(k, wanted))),
            'hits/k': float(np.mean(hits / k)),
        }
    return dict(name=name, users=users, items=items, lists=lists, pairs=pairs, at=result, evaluated=len(evaluated))


json.dump(
    dict(
        madeBy=f'scikit-learn {sklearn.__version__}, numpy {np.__version__}',
        binary=[
            binary('continuous', 120, 0.5, 0.2, 6), binary('many ties', 150, 0.3, 0.15, 1),
            binary('below chance', 90, 0.5, -0.3, 3), binary('nearly separated', 60, 0.4, 0.9, 4),
            binary('nobody predicted', 40, 0.2, 0.1, 3, 0.05, centre=0.2),
        ],
        multiclass=[multiclass('three classes', 150, 3), multiclass('seven classes', 210, 7)],
        ranking=[ranking('sparse', 40, 30, 10, 2), ranking('dense', 25, 20, 5, 8)],
    ),
    open('metrics.json', 'w'), indent=None, separators=(',', ':'),
)
