"""Writes golden.safetensors and soft.safetensors: small trainings done with PyTorch, step by step.

    go test ./models/train -run TestAgainstPyTorch -update   # initial.safetensors
    python golden.py                                         # torch 2.15.0, CPU

Multinomial logistic regression from the initial weights in initial.safetensors,
in float64, through two phases as TestAgainstPyTorch describes them: AdamW, label
smoothing, one-cycle; then SGD with momentum, gradient clipping, cosine; a moving
average over both. The golden file holds the average and the mean loss of each
epoch. The average's warm-up and the reading of safetensors are written out here,
all else is PyTorch's.
"""
import json
import pathlib
import struct
import warnings

import numpy as np
import torch
import torch.nn.functional as F
from torch.optim import lr_scheduler as ls

warnings.filterwarnings("ignore")
torch.set_default_dtype(torch.float64)
HERE = pathlib.Path(__file__).parent


def read(path):
    b = path.read_bytes()
    n = struct.unpack("<Q", b[:8])[0]
    head = json.loads(b[8:8 + n])
    head.pop("__metadata__", None)
    return {k: np.frombuffer(b[8 + n:][v["data_offsets"][0]:v["data_offsets"][1]], "<f4").reshape(v["shape"])
            for k, v in head.items()}


def write(path, tensors, meta):
    head, data = {"__metadata__": meta}, b""
    for k, v in tensors.items():
        raw = v.astype("<f4").tobytes()
        head[k] = {"dtype": "F32", "shape": list(v.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    h = json.dumps(head).encode()
    h += b" " * (-len(h) % 8)
    path.write_bytes(struct.pack("<Q", len(h)) + h + data)


# The images: value j of image i is sin(i + 0.7 j) + (j % classes == label) / 2.
IMAGES, PIXELS, CLASSES, BATCH = 22, 12, 3, 8
i, j = np.arange(IMAGES)[:, None], np.arange(PIXELS)[None]
labels = (np.arange(IMAGES) * 7 % 5) % CLASSES
x = torch.tensor((np.sin(i + 0.7 * j) + 0.5 * (j % CLASSES == labels[:, None])).astype(np.float32).astype(np.float64))
y = torch.tensor(labels)

init = read(HERE / "initial.safetensors")
w = torch.tensor(init["fc.weight"].astype(np.float64), requires_grad=True)
b = torch.tensor(init["fc.bias"].astype(np.float64), requires_grad=True)
avg = [w.detach().clone(), b.detach().clone()]
averaged = 0
losses = []
steps = -(-IMAGES // BATCH)


def phase(epochs, opt, sched, smoothing, decay, clip):
    global averaged
    done = 0
    for _ in range(epochs):
        total = 0.0
        for at in range(0, IMAGES, BATCH):
            xb, yb = x[at:at + BATCH], y[at:at + BATCH]
            opt.zero_grad()
            loss = F.cross_entropy(xb @ w + b, yb, label_smoothing=smoothing)
            loss.backward()
            if clip:
                torch.nn.utils.clip_grad_norm_([w, b], clip)
            opt.step()
            done += 1
            if done < epochs * steps:
                sched.step()
            d = min(decay, (1 + averaged) / (10 + averaged))
            averaged += 1
            for a, p in zip(avg, (w, b)):
                a.mul_(d).add_(p.detach(), alpha=1 - d)
            total += loss.item() * len(xb)
        losses.append(total / IMAGES)


opt = torch.optim.AdamW([{"params": [w], "weight_decay": 0.1}, {"params": [b], "weight_decay": 0}], lr=0.05)
phase(3, opt, ls.OneCycleLR(opt, 0.05, total_steps=3 * steps, cycle_momentum=False), 0.1, 0.9, 0)
opt = torch.optim.SGD([w, b], lr=0.2, momentum=0.9)
phase(2, opt, ls.CosineAnnealingLR(opt, T_max=2 * steps), 0, 0.95, 0.05)

write(HERE / "golden.safetensors", {"fc.weight": avg[0].numpy(), "fc.bias": avg[1].numpy()},
      {"losses": json.dumps(losses), "torch": torch.__version__})
print(losses)

# soft.safetensors: the same net on batches in which every third image has probabilities
# in place of a label, as (1 + (image + class) % 4) over their sum.
w = torch.tensor(init["fc.weight"].astype(np.float64), requires_grad=True)
b = torch.tensor(init["fc.bias"].astype(np.float64), requires_grad=True)
p = 1.0 + (i + np.arange(CLASSES)[None]) % 4
p = (p / p.sum(1, keepdims=True)).astype(np.float32).astype(np.float64)
y = torch.where(torch.tensor(i % 3 == 0), torch.tensor(p), F.one_hot(torch.tensor(labels), CLASSES).to(torch.float64))
avg, averaged, losses = [w.detach().clone(), b.detach().clone()], 0, []
opt = torch.optim.SGD([w, b], lr=0.3)
phase(4, opt, ls.ConstantLR(opt, 1), 0.1, 0, 0)
write(HERE / "soft.safetensors", {"fc.weight": w.detach().numpy(), "fc.bias": b.detach().numpy()},
      {"losses": json.dumps(losses), "torch": torch.__version__})
print(losses)
