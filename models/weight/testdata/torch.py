"""Writes the files of PyTorch that torch_test.go reads, with torch 2.15.0:

    python torch.py

state.pth, legacy.pth (the format before PyTorch 1.6), protocol4.pth and
checkpoint.pth (a state dict among other things) hold the same tensors, which
state.safetensors has as float32, contiguous. evil_*.pth run a command when
Python unpickles them; they are written here and never loaded.
"""
import collections
import json
import os
import pathlib
import struct
import sys

sys.path.pop(0)  # the folder of this file, which has the name of the library
import torch

here = pathlib.Path(__file__).parent


def ramp(*shape, of=torch.float32):
    n = 1
    for d in shape:
        n *= d
    return ((torch.arange(n) - 5) / 4).reshape(shape).to(of)


def tensors():
    whole = ramp(4, 6)
    return collections.OrderedDict([
        ("conv.weight", ramp(4, 2, 3, 3)),
        ("last.weight", ramp(4, 2, 3, 3).contiguous(memory_format=torch.channels_last)),
        ("turned", ramp(3, 5).t()),
        ("parameter", torch.nn.Parameter(ramp(7))),
        ("slice", whole[1:3, 2:5]),
        ("whole", whole),
        ("repeated", ramp(2, 1, 3)[:, :, ::2]),
        ("half", torch.tensor([0, -0.0, 1, -2.5, 65504, 6e-8, 6.1e-5, float("inf"), float("-inf")]).to(torch.float16)),
        ("bfloat", torch.tensor([0, -0.0, 1, -2.5, 3e38, 1e-40, float("inf")]).to(torch.bfloat16)),
        ("double", torch.tensor([1 / 3, -1e30, 1e-45], dtype=torch.float64)),
        ("scalar", torch.tensor(2.5)),
        ("none", torch.zeros(0, 3)),
        ("bn.num_batches_tracked", torch.tensor(7)),
    ])


class Evil:
    def __init__(self, call, *args):
        self.call, self.args = call, args

    def __reduce__(self):
        return self.call, self.args


def safetensors(path, values):
    head, data, at = {}, [], 0
    for name, t in values.items():
        if not t.dtype.is_floating_point:
            continue
        data.append(t.detach().float().contiguous().numpy().tobytes())
        head[name] = {"dtype": "F32", "shape": list(t.shape), "data_offsets": [at, at + len(data[-1])]}
        at += len(data[-1])
    h = json.dumps(head).encode()
    path.write_bytes(struct.pack("<Q", len(h)) + h + b"".join(data))


safetensors(here / "state.safetensors", tensors())
torch.save(tensors(), here / "state.pth")
torch.save(tensors(), here / "legacy.pth", _use_new_zipfile_serialization=False)
torch.save(tensors(), here / "protocol4.pth", pickle_protocol=4)
net = torch.nn.Linear(2, 2)
optimizer = torch.optim.Adam(net.parameters(), 0.1, betas=(0.5, 0.25))
torch.save({"epoch": 3, "loss": 0.25, "best": None, "state_dict": tensors(), "optimizer": optimizer.state_dict()}, here / "checkpoint.pth")

evil = Evil(os.system, "touch PWNED")
torch.save({"a": torch.zeros(2), "b": evil}, here / "evil_zip.pth")
torch.save({"a": torch.zeros(2), "b": evil}, here / "evil_legacy.pth", _use_new_zipfile_serialization=False)
torch.save({"a": Evil(eval, "open('PWNED', 'w')")}, here / "evil_protocol4.pth", pickle_protocol=4)
torch.save(net, here / "evil_module.pth")  # not evil, but a whole module asks for its class
