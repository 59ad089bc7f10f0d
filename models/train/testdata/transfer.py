"""Writes transfer.safetensors and boxes.safetensors: a transfer learning done with
PyTorch, step by step, and the same with a second input and a second output.

    python transfer.py    # torch 2.15.0, CPU

The net is the first block of mnist_bn (two convolutions with batch normalisation, a
pooling) under a head of a dense layer with batch normalisation and one to the
classes, from the values of numbers below, in float64. First its trunk is frozen, that
is without gradients and in evaluation mode, and AdamW trains the head, with a moving
average; then SGD with momentum trains all, the trunk in a parameter group with a tenth
of the learning rate, with a linear warm-up, weight decay and clipping.
TestTransferAgainstPyTorch says the numbers. The golden files hold the average, the
weights and running statistics at the end, and the mean loss of each epoch.

With boxes the dense layer's features are joined by three more values of each image,
normalised over the batch; on that stand the classes and four values, whose mean squared
error has the weight 0.05 and counts for two images in three.
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
IMAGES, SIDE, CLASSES, BATCH, EXTRA, BOXES, WEIGHT = 22, 12, 3, 8, 3, 4, 0.05


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


class Net:
    """The trunk, and the head's layers by their names."""

    def __init__(self, boxes):
        self.boxes = boxes
        self.trunk, self.head = nn.Sequential(), nn.ModuleDict()
        for i, (c, k) in enumerate([(1, 32), (32, 32)], 1):
            self.trunk.add_module(f"conv1_{i}", nn.Conv2d(c, k, 3, bias=False))
            self.trunk.add_module(f"bn1_{i}", nn.BatchNorm2d(k))
            self.trunk.add_module(f"relu{i}", nn.ReLU())
        self.trunk.add_module("pool", nn.MaxPool2d(2))
        self.head["fc1"] = nn.Linear(4 * 4 * 32, 8, bias=False)
        self.head["bn1"] = nn.BatchNorm1d(8)
        if boxes:
            self.head["extra"] = nn.BatchNorm1d(EXTRA)
            self.head["box"] = nn.Linear(8 + EXTRA, BOXES)
        self.head["fc"] = nn.Linear(8 + EXTRA * boxes, CLASSES)

    def everything(self):
        named = [*self.trunk.state_dict().items(), *((f"head.{k}", v) for k, v in self.head.state_dict().items())]
        return {k: v for k, v in named if "num_batches" not in k}

    def loss(self, rows):
        h = F.relu(self.head["bn1"](self.head["fc1"](self.trunk(x[rows]).flatten(1))))
        if not self.boxes:
            return F.cross_entropy(self.head["fc"](h), y[rows])
        h = torch.cat([h, self.head["extra"](extra[rows])], 1)
        squares = ((self.head["box"](h) - boxes[rows]) ** 2).mean(1)
        return F.cross_entropy(self.head["fc"](h), y[rows]) + WEIGHT * (has_box[rows] * squares).mean()


def number(params):
    """Number i of tensor k is sin(0.37 (i + 1) (i + k)): times sqrt(2 / inputs) for weights
    of products, a half of it and 1 more for variances and scales, a tenth for the rest."""
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


# Pixel j of image i is sin(i + 0.7 j), and half more where j % classes == label; its
# further value j is cos(i (j + 1)), value j of its box 5 sin(i + j), of two in three.
i, j = np.arange(IMAGES)[:, None], np.arange(SIDE * SIDE)[None]
labels = (np.arange(IMAGES) * 7 % 5) % CLASSES
x = torch.tensor(f32(np.sin(i + 0.7 * j) + 0.5 * (j % CLASSES == labels[:, None]))).reshape(IMAGES, 1, SIDE, SIDE)
y = torch.tensor(labels)
extra = torch.tensor(f32(np.cos(i * (np.arange(EXTRA)[None] + 1))))
boxes = torch.tensor(f32(5 * np.sin(i + np.arange(BOXES)[None])))
has_box = torch.tensor(1.0 * (np.arange(IMAGES) % 3 != 1))


class Training:
    def __init__(self, net):
        self.net, self.losses, self.averaged = net, [], 0
        self.average = {k: v.clone() for k, v in net.everything().items()}

    def phase(self, epochs, opt, clip, decay, warm):
        at, rates = 0, [g["lr"] for g in opt.param_groups]
        for _ in range(epochs):
            total = 0.0
            for start in range(0, IMAGES, BATCH):
                rows = slice(start, min(start + BATCH, IMAGES))
                for g, lr in zip(opt.param_groups, rates):
                    g["lr"] = lr * min(1, (at + 1) / warm)
                opt.zero_grad()
                loss = self.net.loss(rows)
                loss.backward()
                if clip:
                    torch.nn.utils.clip_grad_norm_([*self.net.trunk.parameters(), *self.net.head.parameters()], clip)
                opt.step()
                at += 1
                total += loss.item() * (rows.stop - rows.start)
                if decay:
                    now = {k: v.clone() for k, v in self.net.everything().items()}
                    d = min(decay, (1 + self.averaged) / (10 + self.averaged))
                    self.averaged += 1
                    self.average = {k: d * self.average[k] + (1 - d) * v for k, v in now.items()}
            self.losses.append(total / IMAGES)


def biases(m):
    return [p for p in m.parameters() if p.dim() == 1]


def weights(m):
    return [p for p in m.parameters() if p.dim() > 1]


def transfer(file, with_boxes, kept):
    net = Net(with_boxes)
    trunk, head = net.trunk, net.head
    number(net.everything())
    t = Training(net)
    before = {k: v.clone() for k, v in net.everything().items()}
    trunk.eval().requires_grad_(False)
    t.phase(2, torch.optim.AdamW([{"params": weights(head), "weight_decay": 0.1}, {"params": biases(head), "weight_decay": 0}], lr=0.01), 0, 0.9, 1)
    for k, v in net.everything().items():
        if not k.startswith("head."):
            assert torch.equal(v, before[k]) and torch.allclose(t.average[k], v)
    trunk.train().requires_grad_(True)
    lr = 0.05
    t.phase(3, torch.optim.SGD([
        {"params": weights(trunk), "lr": lr * 0.1, "weight_decay": 0.01}, {"params": biases(trunk), "lr": lr * 0.1},
        {"params": weights(head), "lr": lr, "weight_decay": 0.01}, {"params": biases(head), "lr": lr}], momentum=0.9), 0.5, 0.9, int(0.4 * 9))
    write(HERE / file, {k: v.detach().numpy() for k, v in t.average.items() if k in kept},
          {"losses": json.dumps(t.losses), "torch": torch.__version__})
    print(file, t.losses)


KEPT = ["conv1_1.weight", "bn1_1.weight", "bn1_1.bias", "bn1_1.running_mean", "bn1_1.running_var", "bn1_2.running_var",
        "head.bn1.weight", "head.bn1.running_mean", "head.bn1.running_var", "head.fc.weight", "head.fc.bias"]
transfer("transfer.safetensors", False, KEPT)
transfer("boxes.safetensors", True, [*KEPT, "head.box.weight", "head.box.bias"] + [f"head.extra.{k}" for k in ("weight", "bias", "running_mean", "running_var")])
