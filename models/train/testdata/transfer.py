"""Writes transfer.safetensors: a transfer learning done with PyTorch, step by step.

    python transfer.py    # torch 2.15.0, CPU

The net is the first block of mnist_bn (two convolutions with batch normalisation, a
pooling) under a head of a dense layer with batch normalisation and one to the
classes, from the values of numbers below, in float64. First its trunk is frozen, that
is without gradients and in evaluation mode, and AdamW trains the head, with a moving
average; then SGD with momentum trains all, the trunk in a parameter group with a tenth
of the learning rate, with a linear warm-up, weight decay and clipping.
TestTransferAgainstPyTorch says the numbers. The golden file holds the average, the
weights and running statistics at the end, and the mean loss of each epoch.
"""
import json
import math
import pathlib
import struct

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

torch.set_default_dtype(torch.float64)
HERE = pathlib.Path(__file__).parent
IMAGES, SIDE, CLASSES, BATCH = 22, 12, 3, 8


def write(path, tensors, meta):
    head, data = {"__metadata__": meta}, b""
    for k, v in tensors.items():
        raw = v.astype("<f4").tobytes()
        head[k] = {"dtype": "F32", "shape": list(v.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    h = json.dumps(head).encode()
    h += b" " * (-len(h) % 8)
    path.write_bytes(struct.pack("<Q", len(h)) + h + data)


def f32(x):
    return x.astype(np.float32).astype(np.float64)


trunk = nn.Sequential()
for i, (c, k) in enumerate([(1, 32), (32, 32)], 1):
    trunk.add_module(f"conv1_{i}", nn.Conv2d(c, k, 3, bias=False))
    trunk.add_module(f"bn1_{i}", nn.BatchNorm2d(k))
    trunk.add_module(f"relu{i}", nn.ReLU())
trunk.add_module("pool", nn.MaxPool2d(2))
head = nn.Sequential()
head.add_module("head_fc1", nn.Linear(4 * 4 * 32, 8, bias=False))
head.add_module("head_bn1", nn.BatchNorm1d(8))
head.add_module("relu", nn.ReLU())
head.add_module("head_fc", nn.Linear(8, CLASSES))

# Number i of tensor k is sin(0.37 (i + 1) (i + k)): times sqrt(2 / inputs) for weights
# of products, a half of it and 1 more for variances and scales, a tenth for the rest.
params = {k.replace("head_", "head."): v for m in (trunk, head) for k, v in m.state_dict().items() if "num_batches" not in k}
for k, (name, p) in enumerate(params.items()):
    i = np.arange(p.numel(), dtype=np.float64)
    v = np.sin(0.37 * (i + 1) * (i + k))
    if p.dim() > 1:
        v = v * math.sqrt(2 / (p.numel() // p.shape[0]))
    elif name.endswith("running_var") or "bn" in name and name.endswith("weight"):
        v = 1 + v / 2
    else:
        v = v / 10
    p.copy_(torch.tensor(f32(v)).reshape(p.shape))

# Pixel j of image i is sin(i + 0.7 j), and half more where j % classes == label.
i, j = np.arange(IMAGES)[:, None], np.arange(SIDE * SIDE)[None]
labels = (np.arange(IMAGES) * 7 % 5) % CLASSES
x = torch.tensor(f32(np.sin(i + 0.7 * j) + 0.5 * (j % CLASSES == labels[:, None]))).reshape(IMAGES, 1, SIDE, SIDE)
y = torch.tensor(labels)

losses, average, averaged = [], None, 0


def everything():
    return {k.replace("head_", "head."): v for m in (trunk, head) for k, v in m.state_dict().items() if "num_batches" not in k}


def phase(epochs, opt, clip, decay, warm):
    global average, averaged
    at = 0
    rates = [g["lr"] for g in opt.param_groups]
    for _ in range(epochs):
        total = 0.0
        for start in range(0, IMAGES, BATCH):
            xb, yb = x[start:start + BATCH], y[start:start + BATCH]
            for g, lr in zip(opt.param_groups, rates):
                g["lr"] = lr * min(1, (at + 1) / warm)
            opt.zero_grad()
            loss = F.cross_entropy(head(trunk(xb).flatten(1)), yb)
            loss.backward()
            if clip:
                torch.nn.utils.clip_grad_norm_([*trunk.parameters(), *head.parameters()], clip)
            opt.step()
            at += 1
            total += loss.item() * len(xb)
            if decay:
                now = {k: v.clone() for k, v in everything().items()}
                d = min(decay, (1 + averaged) / (10 + averaged))
                averaged += 1
                average = {k: d * average[k] + (1 - d) * v for k, v in now.items()}
        losses.append(total / IMAGES)


def biases(m):
    return [p for p in m.parameters() if p.dim() == 1]


def weights(m):
    return [p for p in m.parameters() if p.dim() > 1]


average = {k: v.clone() for k, v in everything().items()}
before = {k: v.clone() for k, v in everything().items()}
trunk.eval().requires_grad_(False)
phase(2, torch.optim.AdamW([{"params": weights(head), "weight_decay": 0.1}, {"params": biases(head), "weight_decay": 0}], lr=0.01), 0, 0.9, 1)
for k, v in everything().items():
    if not k.startswith("head."):
        assert torch.equal(v, before[k]) and torch.allclose(average[k], v)
trunk.train().requires_grad_(True)
lr = 0.05
phase(3, torch.optim.SGD([
    {"params": weights(trunk), "lr": lr * 0.1, "weight_decay": 0.01}, {"params": biases(trunk), "lr": lr * 0.1},
    {"params": weights(head), "lr": lr, "weight_decay": 0.01}, {"params": biases(head), "lr": lr}], momentum=0.9), 0.5, 0.9, int(0.4 * 9))

write(HERE / "transfer.safetensors", {k: v.detach().numpy() for k, v in average.items() if k in (
    "conv1_1.weight", "bn1_1.weight", "bn1_1.bias", "bn1_1.running_mean", "bn1_1.running_var", "bn1_2.running_var",
    "head.bn1.weight", "head.bn1.running_mean", "head.bn1.running_var", "head.fc.weight", "head.fc.bias")},
    {"losses": json.dumps(losses), "torch": torch.__version__})
print(losses)
