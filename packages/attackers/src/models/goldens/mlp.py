"""Makes mlp.json: scikit-learn's MLPClassifier on synthetic data (scikit-learn 1.2.1, numpy 1.24).

Run from this folder: python3 mlp.py

Each case has the mean test AUC (macro one-versus-rest for more than two labels) over 10 seeds, and one run without
chance in it: weights drawn from a fixed sequence, rows never reordered. Its losses must be met epoch by epoch.
"""

import json
import warnings
import numpy as np
import sklearn
from sklearn.metrics import roc_auc_score
from sklearn.neural_network import MLPClassifier

warnings.simplefilter('ignore')
rng = np.random.default_rng(5)
EPOCHS = 25


class FixedStart(MLPClassifier):
    """Weights from frac((i + 1) * golden ratio), i counting draws: layer by layer, weights (out, in), then biases."""

    drawn = 0

    def _uniform(self, count):
        i = np.arange(self.drawn + 1, self.drawn + 1 + count)
        self.drawn += count
        return (i * 0.6180339887498949) % 1

    def _init_coef(self, fan_in, fan_out, dtype):
        bound = np.sqrt(6 / (fan_in + fan_out))
        first = self.drawn == 0
        # The first layer is stored input by input, the second output by output.
        coef = self._uniform(fan_in * fan_out)
        coef = coef.reshape(fan_in, fan_out) if first else coef.reshape(fan_out, fan_in).T
        intercept = self._uniform(fan_out)
        return ((2 * coef - 1) * bound).astype(dtype), ((2 * intercept - 1) * bound).astype(dtype)


def score(model, x, y, classes):
    p = model.predict_proba(x)
    if classes == 2:
        return roc_auc_score(y, p[:, 1])
    return float(np.mean([roc_auc_score(y == c, p[:, c]) for c in range(classes)]))


def case(name, train_rows, test_rows, cols, classes, latent, scale=1.0, decimals=3):
    x = np.round(scale * rng.normal(size=(train_rows + test_rows, cols)), decimals)
    signal = latent(x / scale) + rng.normal(size=len(x))
    y = np.digitize(signal, np.quantile(signal, np.arange(1, classes) / classes))
    train, test = slice(0, train_rows), slice(train_rows, None)
    runs = [
        MLPClassifier(alpha=1.0, max_iter=1000, random_state=seed).fit(x[train], y[train]) for seed in range(10)
    ]
    aucs = [score(m, x[test], y[test], classes) for m in runs]
    fixed = FixedStart(alpha=1.0, max_iter=EPOCHS, shuffle=False, tol=0).fit(x[train], y[train])
    print(name, np.mean(aucs), np.std(aucs), [m.n_iter_ for m in runs])
    return dict(
        name=name, cols=cols, classes=classes, trainX=x[train].ravel().tolist(), trainY=y[train].tolist(),
        testX=x[test].ravel().tolist(), testY=y[test].tolist(), auc=float(np.mean(aucs)),
        epochs=float(np.mean([m.n_iter_ for m in runs])),
        fixed=dict(losses=fixed.loss_curve_, probabilities=fixed.predict_proba(x[test][:20]).ravel().tolist()),
    )


json.dump(
    dict(
        madeBy=f'scikit-learn {sklearn.__version__}, numpy {np.__version__}',
        cases=[
            case('linear', 300, 300, 8, 2, lambda x: 1.5 * x[:, 0] + x[:, 1]),
            case('shadow set of 54', 54, 300, 16, 2, lambda x: 1.2 * x[:, 0] - x[:, 1] + x[:, 2]),
            case('embedding scale', 450, 300, 8, 2, lambda x: x[:, 0] + x[:, 1], scale=0.08, decimals=4),
            case('interaction', 450, 300, 4, 2, lambda x: 2.5 * x[:, 0] * x[:, 1]),
            case('three labels', 300, 300, 6, 3, lambda x: 1.5 * x[:, 0] + x[:, 1] ** 2),
        ],
    ),
    open('mlp.json', 'w'), separators=(',', ':'),
)
