"""Makes least-squares.json: EASE and half sweeps of iALS on random interactions, as NumPy's dense solvers have them.

Run from this folder: python3 least-squares.py
"""

import json
import numpy as np

rng = np.random.default_rng(5)
users, items, K = 40, 25, 3
seen = (rng.random((users, items)) < rng.random(items) ** 2).astype(float)
seen[3] = 0


def ease(x, l2):
    p = np.linalg.inv(x.T @ x + l2 * np.eye(x.shape[1]))
    b = p / -np.diag(p)
    np.fill_diagonal(b, 0)
    return b


def solve(others, seen, alpha, l2):
    """Equation 4 of Hu, Koren and Volinsky 2008, one row at a time."""
    rows = []
    for p in seen:
        c = np.diag(1 + alpha * p)
        rows.append(np.linalg.solve(others.T @ c @ others + l2 * np.eye(others.shape[1]), others.T @ c @ p))
    return np.array(rows)


others = rng.normal(size=(items, K)).astype(np.float32).astype(float)
solved = solve(others, seen, 3.0, 0.5)
json.dump(
    dict(
        madeBy=f'numpy {np.__version__}', users=users, items=items, factors=K,
        pairs=np.argwhere(seen > 0).tolist(),
        ease=dict(l2=2.0, weights=ease(seen, 2.0).round(12).ravel().tolist()),
        ials=dict(alpha=3.0, l2=0.5, others=others.ravel().tolist(), solved=solved.round(12).ravel().tolist()),
    ),
    open('least-squares.json', 'w'), separators=(',', ':'),
)
