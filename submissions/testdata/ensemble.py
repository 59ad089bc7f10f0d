"""Writes ensemble.json: what SciPy and scikit-learn make of members' predictions.

Run in this folder: pip install scipy scikit-learn && python ensemble.py
"""
import json

import numpy as np
from scipy.optimize import minimize, minimize_scalar
from scipy.special import logsumexp, softmax
from scipy.stats import rankdata
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score

rng = np.random.default_rng(11)
FLOOR, STACK_FLOOR = 1e-15, 1e-7


def short(p):
    return np.vectorize(lambda v: float(f"{v:.4g}"))(p).astype(np.float32)


def draw(classes, rows, test_rows, test_freq):
    """Members of different skill, one of them far too sure."""
    freq = np.linspace(1, 2, classes) / np.linspace(1, 2, classes).sum()
    y = rng.choice(classes, rows, p=freq)
    y_test = rng.choice(classes, test_rows, p=test_freq)
    both = np.concatenate([y, y_test])
    shared = rng.normal(size=(rows + test_rows, classes))
    members = []
    for noise, skill, sure in [(1.0, 2.0, 1.0), (1.5, 2.2, 2.5), (2.5, 1.0, 0.6), (3.0, 0.2, 1.0)]:
        z = skill * np.eye(classes)[both] + 0.5 * shared + noise * rng.normal(size=shared.shape) * 0.7 + np.log(freq)
        members.append(short(softmax(sure * z, axis=1)))
    fold = np.arange(rows) % 4
    return y, y_test, fold, [m[:rows] for m in members], [m[rows:] for m in members]


def simplex(f, n):
    best = minimize(f, np.full(n, 1 / n), method="SLSQP", bounds=[(0, 1)] * n,
                    constraints={"type": "eq", "fun": lambda w: w.sum() - 1}, options=dict(ftol=1e-15, maxiter=2000))
    w = np.clip(best.x, 0, None)
    return w / w.sum(), float(f(w / w.sum()))


def norm(p):
    p = np.maximum(p.astype(np.float64), FLOOR)
    return p / p.sum(1, keepdims=True)


def true_loss(y, p):
    return float(-np.log(p[np.arange(len(y)), y]).mean())


def geometric(w, ms):
    z = sum(wi * np.log(np.maximum(m.astype(np.float64), FLOOR)) for wi, m in zip(w, ms))
    return np.exp(z - logsumexp(z, axis=1, keepdims=True))


def temper(p, t):
    return softmax(np.log(np.maximum(p.astype(np.float64), FLOOR)) / t, axis=1)


def temperature(y, p):
    return minimize_scalar(lambda b: true_loss(y, temper(p, 1 / b)), bounds=(0.05, 20), method="bounded",
                           options=dict(xatol=1e-10)).x ** -1


def features(ms, classes):
    logs = [np.log(np.maximum(m.astype(np.float64), STACK_FLOOR)) for m in ms]
    if classes == 2:
        return np.stack([z[:, 1] - z[:, 0] for z in logs], 1)
    return np.concatenate(logs, 1)


def greedy(y, scores, rounds=50):
    """Caruana's selection with replacement by AUC; ties go to the log loss of class 1, then to the first."""
    total, bag, best, top = 0, np.zeros(len(scores)), None, None
    for r in range(1, rounds + 1):
        tries = []
        for i, s in enumerate(scores):
            p = (total + s) / r
            tries.append((-round(roc_auc_score(y, p), 12), log_loss(y, p), i))
        a, l, i = min(tries)
        total, bag[i] = total + scores[i], bag[i] + 1
        if top is None or (a, l) < top:
            top, best = (a, l), bag / r
    return best


out = {}
for classes, test_freq in [(2, [0.8, 0.2]), (3, [0.2, 0.6, 0.2])]:
    y, y_test, fold, oof, test = draw(classes, 240, 90, test_freq)
    ps = [norm(m) for m in oof]
    w_mean, loss_mean = simplex(lambda w: true_loss(y, sum(wi * p for wi, p in zip(w, ps))), 4)
    w_geo, loss_geo = simplex(lambda w: true_loss(y, geometric(w, oof)), 4)
    lr = LogisticRegression(C=1.0, tol=1e-12, max_iter=100000, solver="newton-cholesky").fit(features(oof, classes), y)
    nested_t, nested_stack = np.zeros(len(y)), np.zeros((len(y), classes))
    for f in range(4):
        rest, own = fold != f, fold == f
        t = temperature(y[rest], oof[1][rest])
        nested_t[own] = temper(oof[1][own], t)[np.arange(own.sum()), y[own]]
        part = LogisticRegression(C=1.0, tol=1e-12, max_iter=100000, solver="newton-cholesky").fit(features([m[rest] for m in oof], classes), y[rest])
        nested_stack[own] = part.predict_proba(features([m[own] for m in oof], classes))
    trained = np.bincount(y, minlength=classes) / len(y)
    pt = norm(test[0])
    prior, ll = simplex(lambda w: -np.log((pt * w / trained).sum(1)).mean(), classes)
    out[str(classes)] = dict(
        labels=y.tolist(), fold=fold.tolist(),
        oof=[[float(f"{v:.4g}") for v in m.ravel()] for m in oof], test=[[float(f"{v:.4g}") for v in m.ravel()] for m in test],
        mean_weights=w_mean.tolist(), mean_loss=loss_mean,
        geometric_weights=w_geo.tolist(), geometric_loss=loss_geo,
        ranks=((rankdata(oof[0][:, 1]) - 0.5) / len(y)).tolist(),
        stack_test=lr.predict_proba(features(test, classes)).ravel().tolist(),
        stack_oof=nested_stack.ravel().tolist(),
        temperature=temperature(y, oof[1]), temperature_nested=float(-np.log(nested_t).mean()),
        tempered=temper(test[1], 1.7).ravel().tolist(),
        prior=prior.tolist(), prior_gain=-ll * len(pt),
        shifted=(lambda q: q / q.sum(1, keepdims=True))(pt * prior / trained).ravel().tolist(),
    )
    if classes == 2:
        out["2"]["greedy"] = greedy(y, [m[:, 1].astype(np.float64) for m in oof]).tolist()
with open("ensemble.json", "w") as f:
    json.dump(out, f)
    f.write("\n")
