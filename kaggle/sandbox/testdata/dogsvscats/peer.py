"""What scikit-learn makes of the sandbox's drawn cats and dogs, beside
dogsvscats_hard_test.go, and with --cnn what a small convolutional net from
scratch (PyTorch) makes of them:

    podium download dogs-vs-cats-redux-kernels-edition --sandbox -p data
    python peer.py data $PODIUM_HOME/sandbox/dogs-vs-cats-redux-kernels-edition/solution.csv [--cnn]

Needs numpy, pillow, scikit-learn (and torch)."""

import io
import sys
import time
import zipfile

import numpy as np
from PIL import Image


def photos(path, side):
    """Histograms of 4 x 4 x 4 colours, and photos of side x side, of a zip."""
    names, histograms, small = [], [], []
    with zipfile.ZipFile(path) as z:
        for name in z.namelist():
            image = Image.open(io.BytesIO(z.read(name))).convert("RGB")
            a = np.asarray(image) >> 6
            codes = a[..., 0].astype(int) * 16 + a[..., 1] * 4 + a[..., 2]
            histograms.append(np.bincount(codes.ravel(), minlength=64) / codes.size)
            small.append(np.asarray(image.resize((side, side), Image.BOX)))
            names.append(name)
    return names, np.array(histograms), np.array(small)


def loss(y, p):
    p = np.clip(p, 1e-6, 1 - 1e-6)
    return float(-np.mean(np.where(y == 1, np.log(p), np.log(1 - p))))


def simple(train, test, y, truth):
    from sklearn.linear_model import LogisticRegression
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.preprocessing import StandardScaler

    scale = StandardScaler().fit(train[1])
    x, held = scale.transform(train[1]), scale.transform(test[1])
    for penalty in (1e4, 1e3, 300, 100, 30, 10, 1):
        fit = LogisticRegression(C=1 / penalty, max_iter=5000).fit(x, y)
        print(f"colour histograms, penalty {penalty:g}: {loss(truth, fit.predict_proba(held)[:, 1]):.4f}")
    x, held = (s[2].reshape(len(s[2]), -1) / 255 for s in (train, test))
    for k in (1, 5, 10, 20, 40, 80, 160):
        share = KNeighborsClassifier(k).fit(x, y).predict_proba(held)[:, 1]
        print(f"{k} nearest neighbours: {loss(truth, (share * k + 1) / (k + 2)):.4f}")


def cnn(train, test, y, truth, side, epochs):
    import torch
    from torch import nn
    from torch.nn import functional as F

    torch.manual_seed(0)
    start = time.time()
    x, held = (torch.tensor(s[2]).permute(0, 3, 1, 2).float() / 255 for s in (train, test))
    mean, std = x.mean((0, 2, 3), keepdim=True), x.std((0, 2, 3), keepdim=True)
    x, held, y = (x - mean) / std, (held - mean) / std, torch.tensor(y).float()

    def block(i, o):
        return nn.Sequential(nn.Conv2d(i, o, 3, padding=1, bias=False), nn.BatchNorm2d(o), nn.ReLU(), nn.MaxPool2d(2))

    net = nn.Sequential(block(3, 16), block(16, 32), block(32, 64), block(64, 96), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
                        nn.Dropout(0.2), nn.Linear(96, 1))
    batch = 64
    steps = len(x) // batch
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 6e-3, total_steps=steps * epochs + 1)
    for epoch in range(epochs):
        net.train()
        order = torch.randperm(len(x))
        for i in range(steps):
            rows = order[i * batch:(i + 1) * batch]
            b = torch.where((torch.rand(batch) < 0.5)[:, None, None, None], x[rows].flip(3), x[rows])
            b = torch.roll(b, [int(v) for v in torch.randint(-side // 10, side // 10 + 1, (2,))], (2, 3))
            optimizer.zero_grad()
            F.binary_cross_entropy_with_logits(net(b)[:, 0], y[rows]).backward()
            optimizer.step()
            schedule.step()
        if epoch % 5 == 4 or epoch == epochs - 1:
            net.eval()
            with torch.no_grad():
                p = torch.cat([torch.sigmoid((net(h)[:, 0] + net(h.flip(3))[:, 0]) / 2) for h in held.split(256)]).numpy()
            print(f"CNN from scratch, {side} x {side}, {epoch + 1} epochs, {time.time() - start:.0f} s: {loss(truth, p):.4f}", flush=True)


def main():
    folder, solution = sys.argv[1:3]
    rows = [line.split(",") for line in open(solution).read().split()[1:]]
    truth = np.array([int(r[1]) for r in rows])
    side = 64 if "--cnn" in sys.argv else 32
    train, test = photos(folder + "/train.zip", side), photos(folder + "/test.zip", side)
    y = np.array([int(n.startswith("train/dog")) for n in train[0]])
    if "--cnn" in sys.argv:
        cnn(train, test, y, truth, side, 20)
    else:
        simple(train, test, y, truth)


main()
