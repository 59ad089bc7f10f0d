"""What simple methods of scikit-learn make of the sandbox's drawn drivers: the
scores on its board, statefarm_board.csv. With --cnn also what a small
convolutional net from scratch (PyTorch) makes of them, which is not on it.

    podium sandbox add state-farm-distracted-driver-detection --size 2000 --force
    python peer.py $PODIUM_HOME/sandbox/state-farm-distracted-driver-detection [--cnn]

Each method's setting is the one that is best on drivers held out of the labelled
photos (five folds), never on the hidden ones. Fillers count for nothing.
Needs numpy, pillow, scikit-learn (and torch)."""

import csv
import io
import sys
import time
import zipfile

import numpy as np
from PIL import Image

CLASSES = 10


def read(folder, side):
    """Photos of a sandbox competition: colour histograms, pixels, classes, drivers, usage."""
    listed = {r["img"]: r for r in csv.DictReader(open(folder + "/data/driver_imgs_list.csv"))}
    hidden = {r["img"]: r for r in csv.DictReader(open(folder + "/solution.csv"))}
    histograms, pixels, classes, drivers, usage = [], [], [], [], []
    with zipfile.ZipFile(folder + "/data/imgs.zip") as z:
        for name in z.namelist():
            row = listed.get(name.split("/")[-1]) or hidden[name.split("/")[-1]]
            image = Image.open(io.BytesIO(z.read(name))).convert("RGB")
            codes = np.asarray(image).astype(int) >> 6
            codes = codes[..., 0] * 16 + codes[..., 1] * 4 + codes[..., 2]
            histograms.append(np.bincount(codes.ravel(), minlength=64) / codes.size)
            pixels.append(np.asarray(image.resize((side, side), Image.BOX)))
            classes.append(int(row["classname"][1]))
            drivers.append(row.get("subject", ""))
            usage.append(row.get("Usage", "Train"))
    return tuple(map(np.array, (histograms, pixels, classes, drivers, usage)))


def loss(classes, p):
    p = np.clip(p / p.sum(1, keepdims=True), 1e-15, 1 - 1e-15)
    return float(-np.log(p[np.arange(len(p)), classes]).mean())


def folds(drivers):
    names = np.unique(drivers)
    for k in range(5):
        yield np.isin(drivers, names[k::5])


def logistic(penalty):
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    def predict(x, y, held):
        return make_pipeline(StandardScaler(), LogisticRegression(C=1 / penalty, max_iter=5000)).fit(x, y).predict_proba(held)

    return predict


def neighbours(k):
    from sklearn.neighbors import KNeighborsClassifier

    def predict(x, y, held):
        share = KNeighborsClassifier(k, algorithm="brute").fit(x, y).predict_proba(held)
        return (share * k + 1 / CLASSES) / (k + 1)

    return predict


def simple(histograms, pixels, classes, drivers, usage):
    train, y = usage == "Train", classes[usage == "Train"]
    flat = pixels.reshape(len(pixels), -1) / 255
    for name, x, methods in (
        ("colour histograms, logistic regression", histograms, {p: logistic(p) for p in (1e6, 1e5, 1e4, 1e3, 100)}),
        ("nearest neighbours by 32 x 32 pixels", flat, {k: neighbours(k) for k in (10, 40, 160, 640)}),
    ):
        tried = {}
        for setting, predict in methods.items():
            p = np.zeros((len(y), CLASSES))
            for out in folds(drivers[train]):
                p[out] = predict(x[train][~out], y[~out], x[train][out])
            tried[setting] = loss(y, p)
        best = min(tried, key=tried.get)
        p = methods[best](x[train], y, x[~train])
        public, private = (loss(classes[~train][usage[~train] == u], p[usage[~train] == u]) for u in ("Public", "Private"))
        print(f'"synthetic: {name}",{public:.5f},{private:.5f}    (setting {best:g}, held-out drivers {tried[best]:.4f})', flush=True)


def cnn(pixels, classes, drivers, usage, side, epochs):
    import torch
    from torch import nn
    from torch.nn import functional as F

    torch.manual_seed(0)
    start, train = time.time(), usage == "Train"
    counts = np.isin(usage, ("Public", "Private"))
    x = torch.tensor(pixels).permute(0, 3, 1, 2).float() / 255
    x = (x - x[train].mean((0, 2, 3), keepdim=True)) / x[train].std((0, 2, 3), keepdim=True)
    held, truth, x, y = x[counts], classes[counts], x[train], torch.tensor(classes[train])

    def block(i, o):
        return nn.Sequential(nn.Conv2d(i, o, 3, padding=1, bias=False), nn.BatchNorm2d(o), nn.ReLU(), nn.MaxPool2d(2))

    net = nn.Sequential(block(3, 24), block(24, 48), block(48, 96), block(96, 128), nn.Flatten(), nn.Dropout(0.5),
                        nn.Linear(128 * (side // 16) ** 2, CLASSES))
    batch = 64
    steps = len(x) // batch
    optimizer = torch.optim.AdamW(net.parameters(), lr=1e-3, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, total_steps=steps * epochs + 1)
    for epoch in range(epochs):
        net.train()
        order = torch.randperm(len(x))
        for i in range(steps):
            rows = order[i * batch:(i + 1) * batch]
            b = torch.roll(x[rows], [int(v) for v in torch.randint(-side // 12, side // 12 + 1, (2,))], (2, 3))
            b = b * (1 + 0.3 * torch.randn(batch, 3, 1, 1)) + 0.3 * torch.randn(batch, 3, 1, 1)
            optimizer.zero_grad()
            F.cross_entropy(net(b), y[rows]).backward()
            optimizer.step()
            schedule.step()
        if epoch % 4 == 3 or epoch == epochs - 1:
            net.eval()
            with torch.no_grad():
                p = torch.cat([net(h).softmax(1) for h in held.split(256)]).numpy()
            print(f"CNN from scratch, {side} x {side}, {epoch + 1} epochs, {time.time() - start:.0f} s: {loss(truth, p):.4f}", flush=True)


def main():
    side = 64 if "--cnn" in sys.argv else 32
    histograms, pixels, classes, drivers, usage = read(sys.argv[1], side)
    if "--cnn" in sys.argv:
        cnn(pixels, classes, drivers, usage, side, 20)
    else:
        simple(histograms, pixels, classes, drivers, usage)


main()
