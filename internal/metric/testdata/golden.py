"""Writes golden.json: accuracy and log loss by scikit-learn.

Run in this folder: pip install scikit-learn && python golden.py
(the committed file: scikit-learn printed in its "made_by" field).
scikit-learn clips at the machine epsilon and does not rescale rows, so the
probabilities here stay away from 0 and 1 and the rows that do not sum to one
are divided by their sum before it sees them.
"""
import json

import numpy as np
import sklearn
from sklearn.metrics import accuracy_score, log_loss

rng = np.random.default_rng(20)
cases = []


def case(name, rows, classes, scale=False):
    truth = rng.integers(0, classes, rows)
    p = rng.dirichlet(np.full(classes, 0.7), rows).clip(1e-6, 1)
    p /= p.sum(axis=1, keepdims=True)
    raw = p * rng.uniform(0.2, 0.9, (rows, 1)) if scale else p
    known = raw / raw.sum(axis=1, keepdims=True)
    cases.append(
        dict(
            name=name,
            made_by="scikit-learn " + sklearn.__version__,
            truth=truth.tolist(),
            proba=raw.ravel().tolist(),
            classes=classes,
            accuracy=accuracy_score(truth, known.argmax(axis=1)),
            logloss=log_loss(truth, known, labels=list(range(classes))),
        )
    )


case("binary", 50, 2)
case("three classes", 40, 3)
case("ten classes", 60, 10)
case("ten classes, rows do not sum to one", 60, 10, scale=True)
case("one row", 1, 4)
with open("golden.json", "w") as f:
    f.write("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")
