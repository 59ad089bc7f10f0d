"""Writes golden.json: every metric that scikit-learn has, by scikit-learn.

Run in this folder: pip install scikit-learn && python golden.py
(the committed file: scikit-learn printed in its "made_by" field).
scikit-learn clips at the machine epsilon and does not rescale rows, so the
probabilities here stay away from 0 and 1 and the rows that do not sum to one
are divided by their sum before it sees them. Its kappa takes the places of the
ratings in sorted order for the ratings, so every rating of the range occurs
here.
"""
import json

import numpy as np
import sklearn
from sklearn.metrics import (accuracy_score, cohen_kappa_score, f1_score, log_loss, mean_absolute_error,
                             mean_squared_log_error, roc_auc_score, root_mean_squared_error)

rng = np.random.default_rng(20)
cases = []


def case(name, metric, truth, pred, want):
    cases.append(dict(name=name, metric=metric, made_by="scikit-learn " + sklearn.__version__,
                      truth=truth, pred=pred, want=float(want)))


def classes(v):
    return {"classes": np.asarray(v).tolist()}


def values(v):
    v = np.asarray(v)
    return {"values": v.ravel().tolist(), "width": v.shape[1] if v.ndim > 1 else 1}


def proba(name, rows, k, scale=False):
    truth = rng.integers(0, k, rows)
    p = rng.dirichlet(np.full(k, 0.7), rows).clip(1e-6, 1)
    p /= p.sum(axis=1, keepdims=True)
    raw = p * rng.uniform(0.2, 0.9, (rows, 1)) if scale else p
    known = raw / raw.sum(axis=1, keepdims=True)
    case(name, "logloss", classes(truth), values(raw), log_loss(truth, known, labels=list(range(k))))
    if k == 2:
        case(name, "logloss_binary", classes(truth), values(known[:, 1]), log_loss(truth, known, labels=[0, 1]))


proba("two classes", 50, 2)
proba("three classes", 40, 3)
proba("ten classes", 60, 10)
proba("ten classes, rows do not sum to one", 60, 10, scale=True)
proba("one row", 1, 4)


def labels(name, truth, pred):
    truth, pred = np.asarray(truth), np.asarray(pred)
    case(name, "accuracy", classes(truth), classes(pred), accuracy_score(truth, pred))
    case(name, "f1_macro", classes(truth), classes(pred), f1_score(truth, pred, average="macro", zero_division=0))
    if max(truth.max(), pred.max()) <= 1:
        case(name, "f1", classes(truth), classes(pred), f1_score(truth, pred, zero_division=0))


labels("balanced", rng.integers(0, 2, 60), rng.integers(0, 2, 60))
labels("rare", (rng.random(200) < 0.05).astype(int), (rng.random(200) < 0.1).astype(int))
labels("no positive anywhere", [0, 0, 0], [0, 0, 0])
labels("no positive predicted", [0, 1, 1], [0, 0, 0])
labels("no positive true", [0, 0, 0], [0, 1, 0])
labels("seven classes", rng.integers(0, 7, 90), rng.integers(0, 7, 90))
labels("classes of one side only", [0, 0, 1, 5, 5], [0, 2, 2, 5, 9])


def kappa(name, truth, pred):
    case(name, "quadratic_kappa", classes(truth), classes(pred), cohen_kappa_score(truth, pred, weights="quadratic"))


truth = rng.integers(0, 5, 80)
kappa("near", truth, (truth + rng.integers(-1, 2, 80)).clip(0, 4))
kappa("by chance", rng.integers(1, 9, 300), rng.integers(1, 9, 300))
kappa("the reverse", [1, 2, 3, 4], [4, 3, 2, 1])
kappa("all alike on one side", [0, 1, 2, 1], [1, 1, 1, 1])
kappa("below zero", np.array([0, 1, 2, 1]) - 5, np.array([0, 1, 2, 2]) - 5)


def auc(name, truth, score):
    case(name, "auc", classes(truth), values(np.asarray(score, float)), roc_auc_score(truth, score))


truth = rng.integers(0, 2, 120)
auc("no ties", truth, rng.random(120) + 0.3 * truth)
auc("many ties", truth, rng.integers(0, 5, 120) + truth)
auc("all tied", [0, 1, 0, 1, 1], [2, 2, 2, 2, 2])
auc("perfect", [0, 0, 1, 1], [-3, 1e-300, 2e-300, 7])
auc("all wrong", [1, 1, 0, 0], [-3, 1e-300, 2e-300, 7])
auc("minus zero is zero", [0, 1, 1], [0.0, -0.0, 1.0])


def numbers(name, truth, pred):
    truth, pred = np.asarray(truth, float), np.asarray(pred, float)
    case(name, "rmse", values(truth), values(pred), root_mean_squared_error(truth, pred))
    case(name, "mae", values(truth), values(pred), mean_absolute_error(truth, pred))
    if min(truth.min(), pred.min()) >= 0:
        case(name, "rmsle", values(truth), values(pred), np.sqrt(mean_squared_log_error(truth, pred)))


numbers("normal", rng.normal(5, 3, 70), rng.normal(5, 3, 70))
numbers("prices", rng.lognormal(12, 1, 70), rng.lognormal(12, 1, 70))
numbers("zeros and tiny", [0, 0, 1e-12, 3], [0, 1e-9, 0, 3])
numbers("large offset", 1e9 + rng.normal(0, 1, 30), 1e9 + rng.normal(0, 1, 30))

with open("golden.json", "w") as f:
    f.write("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")
