"""Writes golden.safetensors with the safetensors package itself.

    pip install numpy==2.4.6 safetensors==0.8.0
    python golden.py                          # writes golden.safetensors
    python golden.py check FILE               # reads a file that podium wrote

The values are what weight_test.go expects: element i of a tensor is
(i - 5) / 4 + its place in the list below.
"""
import pathlib
import sys

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save_file

SHAPES = {"conv.w": (3, 3, 1, 4), "conv.b": (4,), "out.w": (6, 10), "step": (), "none": (0, 7)}
META = {"arch": "test", "note": "quote \" and \u00e9"}


def values(place, shape):
    n = int(np.prod(shape))
    return ((np.arange(n) - 5) / 4 + place).astype(np.float32).reshape(shape)


TENSORS = {name: values(i, shape) for i, (name, shape) in enumerate(SHAPES.items())}

if len(sys.argv) > 2:
    with safe_open(sys.argv[2], "numpy") as f:
        assert sorted(f.keys()) == sorted(TENSORS), f.keys()
        assert f.metadata() == META, f.metadata()
        for name, want in TENSORS.items():
            got = f.get_tensor(name)
            assert got.dtype == np.float32 and got.shape == want.shape and (got == want).all(), name
    print("ok")
else:
    save_file(TENSORS, pathlib.Path(__file__).with_name("golden.safetensors"), metadata=META)
