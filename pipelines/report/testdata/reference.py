# Writes numbers.json: 200 out-of-fold predictions of 4 classes with their confusion
# matrix, recall, precision (scikit-learn 1.9.1) and calibration error (numpy, from the
# definition in Guo et al. 2017, ten bins of equal width).
import json
import numpy as np
from sklearn.metrics import confusion_matrix, precision_score, recall_score

rng = np.random.default_rng(7)
n, k = 200, 4
labels = rng.integers(0, k, n)
logits = rng.normal(size=(n, k))
logits[np.arange(n), labels] += 1.2
proba = np.exp(2 * logits) / np.exp(2 * logits).sum(1, keepdims=True)
proba = proba.astype(np.float32)
guess, confidence = proba.argmax(1), proba.max(1).astype(np.float64)
right = guess == labels
at = np.minimum((confidence * 10).astype(int), 9)
ece = sum(abs(right[at == b].mean() - confidence[at == b].mean()) * (at == b).mean() for b in range(10) if (at == b).any())
json.dump({
    "labels": labels.tolist(), "proba": [float(p) for p in proba.ravel()], "classes": k,
    "confusion": confusion_matrix(labels, guess).tolist(),
    "recall": recall_score(labels, guess, average=None).tolist(),
    "precision": precision_score(labels, guess, average=None).tolist(),
    "accuracy": float(right.mean()), "confidence": float(confidence.mean()), "ece": float(ece),
    "rows": [int((at == b).sum()) for b in range(10)],
}, open("numbers.json", "w"), indent=None)
