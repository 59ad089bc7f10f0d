"""Writes neighbours.json: what scikit-learn's NearestNeighbors finds by cosine.

Run in this folder: pip install scikit-learn && python neighbours.py
"""
import json

import numpy as np
from sklearn.neighbors import NearestNeighbors

N, SIZE, K = 150, 9, 12
rng = np.random.default_rng(6)
centres = rng.normal(size=(7, SIZE))
x = np.round(centres[rng.integers(7, size=N)] + 0.6 * rng.normal(size=(N, SIZE)), 3)
groups = np.where(np.arange(N) < 5, 9, rng.integers(4, size=N))  # one group has fewer rows than neighbours


def nearest(rows):
    k = min(K, len(rows) - 1)
    far, of = NearestNeighbors(n_neighbors=k, metric="cosine", algorithm="brute").fit(x[rows]).kneighbors()
    assert np.diff(far, axis=1).min() > 1e-7, "two are equally near: take another seed"
    return {int(r): [int(rows[i]) for i in line] + [-1] * (K - k) for r, line in zip(rows, of)}


def listed(found):
    return [found[i] for i in range(N)]


grouped = {}
for g in sorted(set(groups)):
    grouped |= nearest(np.flatnonzero(groups == g))
with open("neighbours.json", "w") as f:
    json.dump({"k": K, "size": SIZE, "rows": x.ravel().tolist(), "groups": groups.tolist(),
               "all": listed(nearest(np.arange(N))), "grouped": listed(grouped)}, f)
    f.write("\n")
