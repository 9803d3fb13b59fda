"""Makes t-sne.json: scikit-learn's t-SNE on synthetic tables (scikit-learn 1.2.1, numpy 1.24).

Run from this folder: python3 t-sne.py
`maps` holds tables with the divergence and the trustworthiness of scikit-learn's Barnes-Hut maps of them; `gradient` a
small table with its joint probabilities, and the divergence and gradient of a given map, both exact.
"""

import json
import numpy as np
from scipy.sparse import csr_matrix
from scipy.spatial.distance import pdist, squareform
from sklearn.datasets import make_s_curve
from sklearn.manifold import TSNE, trustworthiness
from sklearn.manifold._t_sne import _joint_probabilities_nn, _kl_divergence
from sklearn.metrics import silhouette_score
from sklearn.neighbors import NearestNeighbors

rng = np.random.default_rng(11)


def blobs():
    classes = np.repeat(np.arange(5), 60)
    return rng.normal(scale=4, size=(5, 8))[classes] + rng.normal(size=(300, 8)), classes


def users():
    """Like user embeddings: a few strong directions, two classes that overlap."""
    classes = (rng.random(400) < 0.3).astype(int)
    tastes = rng.normal(size=(400, 4)) @ rng.normal(size=(4, 16))
    return tastes + 0.5 * rng.normal(size=(400, 16)) + 0.4 * classes[:, None] * rng.normal(size=16), classes


def s_curve():
    points, place = make_s_curve(400, noise=0.05, random_state=5)
    return points, (place > 0).astype(int)


def mapped(name, table, classes, perplexity):
    table = np.round(table, 3).astype(np.float32)
    tsne = TSNE(perplexity=perplexity, init="pca", learning_rate="auto", random_state=0, method="barnes_hut")
    points = tsne.fit_transform(table)
    return dict(
        name=name,
        cols=table.shape[1],
        perplexity=perplexity,
        table=np.round(table.astype(float), 3).ravel().tolist(),
        classes=classes.tolist(),
        divergence=float(tsne.kl_divergence_),
        silhouette=float(silhouette_score(points, classes)),
        trustworthiness={k: trustworthiness(table, points, n_neighbors=k) for k in (5, 12)},
    )


def gradient():
    table = np.round(rng.normal(size=(40, 5)) * [3, 2, 1, 1, 1], 3)
    points = np.round(rng.normal(size=(40, 2)), 3)
    perplexity = 6
    near = NearestNeighbors(n_neighbors=int(3 * perplexity + 1)).fit(table).kneighbors_graph(mode="distance")
    near.data **= 2
    joint = _joint_probabilities_nn(csr_matrix(near), perplexity, 0).toarray()
    # The exact divergence takes P in condensed form, which counts each pair once in both of its sums.
    condensed = squareform(joint, checks=False)
    divergence, slope = _kl_divergence(points.ravel(), condensed, 1, 40, 2)
    return dict(
        cols=5,
        perplexity=perplexity,
        table=table.ravel().tolist(),
        map=points.ravel().tolist(),
        joint=np.round(joint, 10).ravel().tolist(),
        divergence=float(divergence),
        gradient=np.asarray(slope).ravel().tolist(),
        trustworthiness={k: trustworthiness(table, points, n_neighbors=k) for k in (1, 5, 12)},
    )


golden = dict(
    maps=[mapped("blobs", *blobs(), 30), mapped("users", *users(), 30), mapped("s-curve", *s_curve(), 15)],
    gradient=gradient(),
)
with open("t-sne.json", "w") as file:
    json.dump(golden, file, separators=(",", ":"))
    file.write("\n")
