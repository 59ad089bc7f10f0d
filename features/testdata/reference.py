"""Reference values for fold_test.go, affine_test.go and elastic_test.go.

    pip install numpy==2.* scikit-learn==1.9.1 scipy==1.17.1
    python reference.py > reference.json

Folds: how many rows of each class (in order of first appearance) scikit-learn's
StratifiedKFold puts into each fold, the sizes of GroupKFold's folds, and the
folds of StratifiedGroupKFold without shuffling.
Affine: scipy.ndimage.affine_transform, order=1, mode='grid-constant', which is
bilinear with zeros outside, for the map "output pixel -> input place".
Elastic: scipy.interpolate.BSpline of degree 3 over 7 x 7 points, uniform knots,
added to the place of each pixel; scipy.ndimage.map_coordinates.
"""
import json
import warnings

import numpy as np
from scipy import ndimage
from scipy.interpolate import BSpline
from sklearn.model_selection import GroupKFold, StratifiedGroupKFold, StratifiedKFold

warnings.simplefilter("ignore")
rng = np.random.default_rng(7)
out = {"stratified": [], "group": [], "stratified_group": [], "affine": [], "elastic": []}

for n, classes, k in [(23, 2, 3), (100, 3, 5), (57, 4, 4), (1000, 10, 7)]:
    y = rng.choice(classes, n, p=rng.dirichlet(np.full(classes, 5)))
    y = np.concatenate([y, np.repeat(np.arange(classes), k)])
    rng.shuffle(y)
    _, first = np.unique(y, return_index=True)
    order = y[np.sort(first)]
    counts = [[int((y[t] == c).sum()) for c in order]
              for _, t in StratifiedKFold(k).split(np.zeros(len(y)), y)]
    out["stratified"].append({"labels": y.tolist(), "k": k, "counts": counts})

for n, groups, k in [(50, 9, 3), (300, 26, 5), (40, 40, 4)]:
    g = np.concatenate([rng.integers(groups, size=n) ** 2 // groups, np.arange(groups)])
    names = [f"g{v}" for v in g]
    sizes = sorted(len(t) for _, t in GroupKFold(k).split(g, groups=g))
    out["group"].append({"groups": names, "k": k, "sizes": sizes})
    y = (g + rng.integers(3, size=len(g))) % 3
    folds = np.zeros(len(y), int)
    for f, (_, t) in enumerate(StratifiedGroupKFold(k).split(g, y, groups=g)):
        folds[t] = f
    out["stratified_group"].append({"groups": g.tolist(), "labels": y.tolist(), "k": k, "folds": folds.tolist()})

for h, w, angle, shear, zx, zy, dx, dy in [
        (9, 9, 0, 0, 1, 1, 2, -3), (9, 9, 0, 0, 1, 1, 0.25, 0.5), (9, 9, 90, 0, 1, 1, 0, 0), (8, 11, 20, 0, 1, 1, 0, 0),
        (8, 11, 0, 15, 1, 1, 0, 0), (11, 8, 0, 0, 1.2, 0.9, 0, 0), (12, 10, -17, 8, 0.8, 1.3, 1.5, -0.75)]:
    img = rng.integers(0, 256, (h, w)).astype(np.uint8)
    a, s = np.deg2rad(angle), np.tan(np.deg2rad(shear))
    # (x, y) with y down: zoom, slide rows, rotate counter-clockwise, shift
    fwd = np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]]) @ np.array([[1, s], [0, 1]]) @ np.diag([zx, zy])
    inv = np.linalg.inv(fwd)
    c = np.array([(w - 1) / 2, (h - 1) / 2])
    off = c - inv @ (c + np.array([dx, dy]))
    swap = np.array([[0, 1], [1, 0]])  # scipy counts (y, x)
    res = ndimage.affine_transform(img.astype(np.float64), swap @ inv @ swap, offset=swap @ off, order=1, mode="grid-constant", cval=0)
    out["affine"].append({"h": h, "w": w, "angle": angle, "shear": shear, "zx": zx, "zy": zy, "dx": dx, "dy": dy,
                          "src": img.ravel().tolist(), "want": np.round(res, 6).ravel().tolist()})

for h, w in [(28, 28), (9, 14)]:
    img = rng.integers(0, 256, (h, w)).astype(np.uint8)
    dx, dy = rng.normal(0, 2, (2, 7, 7)).round(3)
    basis = lambda n: BSpline(np.arange(-3, 8), np.eye(7), 3)((np.arange(n) + 0.5) * 4 / n)  # [n, 7]
    bend = lambda d: basis(h) @ d @ basis(w).T
    y, x = np.mgrid[:h, :w]
    res = ndimage.map_coordinates(img.astype(np.float64), [y + bend(dy), x + bend(dx)], order=1, mode="grid-constant", cval=0)
    out["elastic"].append({"h": h, "w": w, "dx": dx.tolist(), "dy": dy.tolist(),
                           "src": img.ravel().tolist(), "want": np.round(res, 6).ravel().tolist()})
print(json.dumps(out))
