"""Writes gmean.json: geometric means of probability matrices by SciPy.

Run in this folder: pip install scipy && python gmean.py
"""
import json

import numpy as np
from scipy.stats import gmean

rng = np.random.default_rng(7)
members = rng.dirichlet(np.ones(4), (3, 6)).astype(np.float32)
g = gmean(members.astype(np.float64), axis=0)
g /= g.sum(axis=1, keepdims=True)
with open("gmean.json", "w") as f:
    json.dump(
        dict(
            classes=4,
            members=[m.ravel().tolist() for m in members],
            mean=members.astype(np.float64).mean(axis=0).ravel().tolist(),
            geometric=g.ravel().tolist(),
        ),
        f,
    )
    f.write("\n")
