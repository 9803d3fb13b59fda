"""Makes leace.json: LEACE in float64 (numpy 1.24), by the formula in Theorem 4.3 of Belrose et al. 2023 and by
another.

Run from this folder: python3 leace.py

x - W^+ P W (x - mean), W = (Sigma_xx^1/2)^+, is written there for tables whose columns are on like scales. It equals
x - Sigma_xz M^+ Sigma_zx Sigma_xx^+ (x - mean), M = Sigma_zx Sigma_xx^+ Sigma_xz, and Sigma_xx^+ Sigma_xz are the
coefficients of least squares of labels on the table. Those come from a QR decomposition of the table, which no scale
of a column disturbs. Where both formulas apply they agree.
"""

import json
import numpy as np

rng = np.random.default_rng(41)


def by_whitening(x, z):
    mean = x.mean(axis=0)
    values, vectors = np.linalg.eigh((x - mean).T @ (x - mean) / len(x))
    kept = values > 1e-10 * values[-1]
    axes, roots = vectors[:, kept], np.sqrt(values[kept])
    w, colouring = axes / roots @ axes.T, axes * roots @ axes.T
    u, s, _ = np.linalg.svd(w @ ((x - mean).T @ (z - z.mean(axis=0)) / len(x)), full_matrices=False)
    u = u[:, s > 1e-8 * s[0]]
    return x - (x - mean) @ (colouring @ u @ u.T @ w).T


def by_least_squares(x, z):
    mean = x.mean(axis=0)
    centred, labels = x - mean, z - z.mean(axis=0)
    q, r = np.linalg.qr(centred)
    slopes = np.linalg.solve(r, q.T @ labels)
    cross = centred.T @ labels / len(x)
    return x - centred @ slopes @ np.linalg.pinv(labels.T @ centred @ slopes / len(x), rcond=1e-10) @ cross.T


def case(name, sizes, cols, exponents=None, offset=0.0, rank=None):
    y = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
    scales = 10.0 ** np.array(exponents if exponents else [0] * cols)
    x = rng.normal(size=(len(y), rank or cols)) + rng.normal(size=(len(sizes), rank or cols))[y]
    if rank:
        x = x @ rng.normal(size=(rank, cols))
    # Offsets that float32 holds beside the values.
    x = (np.round(x * 64) / 64 * scales + offset * scales).astype(np.float32).astype(np.float64)
    z = np.eye(len(sizes))[y]
    full = rank is None and len(y) > cols
    out = by_least_squares(x, z) if full else by_whitening(x, z)
    if full and not exponents:
        assert np.abs(out - by_whitening(x, z)).max() < 1e-8 * np.abs(x - x.mean(axis=0)).max()
    return dict(
        name=name,
        cols=cols,
        classes=len(sizes),
        codes=y.tolist(),
        scales=scales.tolist(),
        x=x.ravel().tolist(),
        out=out.ravel().tolist(),
    )


json.dump(
    dict(
        madeBy=f'numpy {np.__version__}',
        cases=[
            case('two classes', [30, 20], 5),
            case('four classes', [20, 12, 9, 14], 6),
            case('three classes in two columns', [10, 8, 12], 2),
            case('columns on scales from 1e-7 to 1e7', [30, 20], 5, exponents=[-7, 0, 7, 3, -3]),
            case('far from zero', [24, 18], 4, offset=4096.0),
            case('lower rank', [25, 15], 6, rank=4),
            case('fewer users than columns', [7, 6], 20),
        ],
    ),
    open('leace.json', 'w'),
    separators=(',', ':'),
)
