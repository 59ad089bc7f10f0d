"""Writes what PyTorch computes with the nets of this package, in float64:

    python golden.py              # small nets
    python golden.py --full DIR   # the nets themselves, gigabytes

with torch 2.15.0 and torchvision 0.29.2, whose modules the small nets are made
of. torch_test.go reads the files; it makes the same weights and images by the
formulas of draw below, so that only results are kept: the logits in evaluation
("eval"), the loss of a training step ("loss"), and under the name of each
parameter its gradient and of each running statistic its value after the step.
The metadata hold under "float32" how far PyTorch itself is off in float32, as a
share of each tensor's norm: where a rounding moves an activation over the kink of
a ReLU, no float32 agrees better, and in a large net some always are. Biases before
a normalisation have no gradient but roundings, and are not in it.
"""
import functools
import json
import math
import pathlib
import struct
import sys

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torchvision.models import inception, resnet, vgg


def numbers(name, n):
    """n numbers in [0, 1) with 24 bits: SplitMix64 over the FNV-1a hash of name."""
    root = 0xCBF29CE484222325
    for b in name.encode():
        root = (root ^ b) * 0x100000001B3 % 2**64
    z = np.uint64(root) + np.arange(1, n + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z ^= z >> np.uint64(31)
    return (z >> np.uint64(40)).astype(np.float64) / 2**24


def draw(name, shape):
    """The values of a tensor, in float32: row-major in PyTorch's layout."""
    u = numbers(name, math.prod(shape))
    role = name.rsplit(".", 1)[-1]
    if role == "image":
        v = 2 * u - 1
    elif len(shape) > 1:  # variance 2/fan in
        v = (2 * u - 1) * math.sqrt(6 / math.prod(shape[1:]))
    elif role == "weight":  # of batch normalisation; small enough for 16 blocks
        v = 0.4 + 0.6 * u
    elif role == "running_var":
        v = 0.5 + u
    else:
        v = 0.2 * u - 0.1
    return torch.from_numpy(v.astype(np.float32).astype(np.float64)).reshape(shape)


def small_vgg(blocks, hidden, flat, classes, bn=False):
    layers = [filters for block in blocks for filters in (*block, "M")]
    net = vgg.VGG(vgg.make_layers(layers, batch_norm=bn), num_classes=classes, init_weights=False)
    net.avgpool = nn.Identity()
    net.classifier[0], net.classifier[3], net.classifier[6] = nn.Linear(flat, hidden), nn.Linear(hidden, hidden), nn.Linear(hidden, classes)
    return net


class DenseBN(nn.Module):
    """A VGG with batch normalisation after each hidden layer's ReLU, as in the course's vgg16bn.py."""

    def __init__(self, net):
        super().__init__()
        self.features, self.classifier = net.features, net.classifier
        self.classifier.add_module("bn0", nn.BatchNorm1d(net.classifier[0].out_features))
        self.classifier.add_module("bn3", nn.BatchNorm1d(net.classifier[3].out_features))

    def forward(self, x):
        c = self.classifier
        x = c.bn0(F.relu(c[0](self.features(x).flatten(1))))
        return c[6](c.bn3(F.relu(c[3](x))))


class SmallResNet(resnet.ResNet):
    """torchvision's net with another number of filters."""

    def __init__(self, stem, blocks, classes, block=resnet.Bottleneck):
        nn.Module.__init__(self)
        self._norm_layer, self.inplanes, self.dilation, self.groups, self.base_width = nn.BatchNorm2d, stem, 1, 1, 64
        self.conv1 = nn.Conv2d(3, stem, 7, 2, 3, bias=False)
        self.bn1, self.relu, self.maxpool = nn.BatchNorm2d(stem), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1)
        for i, n in enumerate(blocks):
            setattr(self, f"layer{i + 1}", self._make_layer(block, stem << i, n, stride=min(i + 1, 2)))
        self.avgpool, self.fc = nn.AdaptiveAvgPool2d(1), nn.Linear(block.expansion * (stem << len(blocks) - 1), classes)


def ceil_pad(x, kernel, stride):
    """TensorFlow's SAME: height and width become ceil(size/stride); an odd zero goes to the end."""
    sides = []
    for size in (x.shape[3], x.shape[2]):
        both = max((-(-size // stride) - 1) * stride + kernel - size, 0)
        sides += [both // 2, both - both // 2]
    return F.pad(x, sides)


class Same(nn.Conv2d):
    """A convolution with TensorFlow's SAME padding, as in efficientnet_lite_pytorch 0.1.0."""

    def __init__(self, c, k, kernel, stride=1, groups=1):
        super().__init__(c, k, kernel, stride, bias=False, groups=groups)

    def forward(self, x):
        return F.conv2d(ceil_pad(x, self.kernel_size[0], self.stride[0]), self.weight, None, self.stride, 0, 1, self.groups)


class MobileBlock(nn.Module):
    def __init__(self, kernel, stride, expand, c, k):
        super().__init__()
        norm, wide = lambda n: nn.BatchNorm2d(n, eps=1e-3, momentum=0.01), expand * c
        self.skip = stride == 1 and c == k
        if expand != 1:
            self._expand_conv, self._bn0 = Same(c, wide, 1), norm(wide)
        self._depthwise_conv, self._bn1 = Same(wide, wide, kernel, stride, wide), norm(wide)
        self._project_conv, self._bn2 = Same(wide, k, 1), norm(k)

    def forward(self, x):
        y = F.relu6(self._bn0(self._expand_conv(x))) if hasattr(self, "_expand_conv") else x
        y = self._bn2(self._project_conv(F.relu6(self._bn1(self._depthwise_conv(y)))))
        return x + y if self.skip else y


class EfficientNet(nn.Module):
    """EfficientNet-Lite: real_weights.py in models/pretrained/testdata compares it with that package's own net."""

    def __init__(self, stem, stages, last, classes):
        super().__init__()
        norm, c, blocks = lambda n: nn.BatchNorm2d(n, eps=1e-3, momentum=0.01), stem, []
        for n, kernel, stride, expand, k in stages:
            for i in range(n):
                blocks.append(MobileBlock(kernel, stride if i == 0 else 1, expand, c, k))
                c = k
        self._conv_stem, self._bn0 = Same(3, stem, 3, 2), norm(stem)
        self._blocks = nn.ModuleList(blocks)
        self._conv_head, self._bn1, self._fc = Same(c, last, 1), norm(last), nn.Linear(last, classes)

    def forward(self, x):
        x = F.relu6(self._bn0(self._conv_stem(x)))
        for b in self._blocks:
            x = b(x)
        return self._fc(F.relu6(self._bn1(self._conv_head(x))).mean((2, 3)))


LITE0 = [(1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112), (4, 5, 2, 6, 192), (1, 3, 1, 6, 320)]


def thin_inception(thin, classes):
    """torchvision's net with its filters divided."""

    class Thin(inception.BasicConv2d):
        def __init__(self, c, k, **kwargs):
            super().__init__(c if c == 3 else c // thin, k // thin, **kwargs)

    blocks = [inception.InceptionA, inception.InceptionB, inception.InceptionC, inception.InceptionD, inception.InceptionE]
    blocks = [Thin] + [functools.partial(b, conv_block=Thin) for b in blocks] + [inception.InceptionAux]
    net = inception.Inception3(classes, aux_logits=False, inception_blocks=blocks, init_weights=False)
    net.fc = nn.Linear(2048 // thin, classes)
    return net


class Block(nn.Module):
    """A convolution with batch normalisation and ReLU, as torchvision's inception has it."""

    def __init__(self, c, k, kernel, stride=1):
        super().__init__()
        self.conv, self.bn = nn.Conv2d(c, k, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(k, eps=1e-3)

    def forward(self, x):
        return F.relu(self.bn(self.conv(x)))


class InceptionHead(nn.Module):
    """The head [inception, heat] on an image of 3 channels."""

    def __init__(self, classes):
        super().__init__()
        self.head = nn.Module()
        self.head.heat = nn.Conv2d(128, classes, 3, padding=1)
        i = self.head.inception1 = nn.Module()
        i.branch1x1 = Block(3, 32, 1, 2)
        i.branch5x5_1, i.branch5x5_2 = Block(3, 24, 1), Block(24, 32, 5, 2)
        i.branch3x3dbl_1, i.branch3x3dbl_2, i.branch3x3dbl_3 = Block(3, 32, 1), Block(32, 48, 3), Block(48, 48, 3, 2)
        i.branch_pool = Block(3, 16, 1)

    def forward(self, x):
        i = self.head.inception1
        pooled = F.avg_pool2d(x, 3, 2, 1, count_include_pad=False)
        x = torch.cat([i.branch1x1(x), i.branch5x5_2(i.branch5x5_1(x)), i.branch3x3dbl_3(i.branch3x3dbl_2(i.branch3x3dbl_1(x))), i.branch_pool(pooled)], 1)
        return self.head.heat(x).mean((2, 3))


class FCNHead(nn.Module):
    """The head [bn, conv 7 bn, maxpool, conv 6, maxpool 1x2, heat] on an image of 3 channels."""

    def __init__(self, classes):
        super().__init__()
        h = self.head = nn.Module()
        h.norm1 = nn.BatchNorm2d(3)
        h.conv1, h.convbn1 = nn.Conv2d(3, 7, 3, padding=1, bias=False), nn.BatchNorm2d(7)
        h.conv2, h.heat = nn.Conv2d(7, 6, 3, padding=1), nn.Conv2d(6, classes, 3, padding=1)

    def forward(self, x):
        h = self.head
        x = F.max_pool2d(F.relu(h.convbn1(h.conv1(h.norm1(x)))), 2)
        return h.heat(F.max_pool2d(F.relu(h.conv2(x)), (1, 2))).mean((2, 3))


def results(net, batch, h, w, classes, dtype=torch.float64):
    net = net.to(dtype)
    net.zero_grad()
    for m in net.modules():
        if isinstance(m, nn.Dropout):
            m.p = 0
    state = {k: v for k, v in net.state_dict().items() if not k.endswith("num_batches_tracked")}
    for name, t in state.items():
        t.copy_(draw(name, t.shape))
    x = draw("image", (batch, 3, h, w)).to(dtype)
    y = torch.tensor([(7 * i + 3) % classes for i in range(batch)])
    with torch.no_grad():
        out = {"eval": net.eval()(x)}
    loss = F.cross_entropy(net.train()(x), y)
    loss.backward()
    out["loss"] = loss.detach()
    gradients = {name: p.grad for name, p in net.named_parameters()}
    return out | {name: gradients.get(name, t) for name, t in state.items()}


def write(path, *case):
    tensors = {name: t.clone() for name, t in results(*case).items()}  # the net is used again
    off = {name: ((t - tensors[name]).norm() / tensors[name].norm()).item() for name, t in results(*case, dtype=torch.float32).items() if tensors[name].norm() > 1e-9}
    head, data, at = {"__metadata__": {"torch": torch.__version__, "float32": json.dumps({name: float(f"{v:.3g}") for name, v in off.items()})}}, [], 0
    for name, t in tensors.items():
        data.append(t.numpy().astype("<f4").tobytes())
        head[name] = {"dtype": "F32", "shape": list(t.shape), "data_offsets": [at, at + len(data[-1])]}
        at += len(data[-1])
    h = json.dumps(head).encode()
    h += b" " * (-len(h) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(h)) + h)
        f.writelines(data)
    print("worst float32", max(off.items(), key=lambda o: o[1]))
    print(path, at, "bytes; loss", tensors["loss"].item(), "logits", tensors["eval"].min().item(), "to", tensors["eval"].max().item())


if sys.argv[1:2] == ["--full"]:
    here = pathlib.Path(sys.argv[2])
    write(here / "vgg16.safetensors", vgg.vgg16(init_weights=False), 2, 224, 224, 1000)
    write(here / "vgg16_bn.safetensors", vgg.vgg16_bn(init_weights=False), 2, 224, 224, 1000)
    write(here / "resnet18.safetensors", resnet.resnet18(), 2, 224, 224, 1000)
    write(here / "resnet50.safetensors", resnet.resnet50(), 2, 224, 224, 1000)
    write(here / "efficientnet_lite0.safetensors", EfficientNet(32, LITE0, 1280, 1000), 2, 224, 224, 1000)
    write(here / "inception_v3.safetensors", inception.inception_v3(aux_logits=False, init_weights=False), 2, 299, 299, 1000)
else:
    here = pathlib.Path(__file__).parent
    blocks = [[4, 5], [6, 7], [8, 8, 7], [8, 9, 8], [9, 8, 7]]
    write(here / "vgg.safetensors", small_vgg(blocks, 16, 7 * 2 * 3, 5), 3, 64, 96, 5)
    write(here / "vgg_bn.safetensors", small_vgg(blocks, 16, 7 * 2 * 3, 5, bn=True), 4, 64, 96, 5)
    write(here / "vgg_fcbn.safetensors", DenseBN(small_vgg(blocks, 16, 7 * 2 * 3, 5)), 4, 64, 96, 5)
    write(here / "resnet_basic.safetensors", SmallResNet(3, [2, 2, 1, 1], 5, resnet.BasicBlock), 4, 80, 64, 5)
    small = [(1, 3, 1, 1, 3), (2, 5, 2, 6, 5), (2, 3, 2, 6, 6), (1, 5, 1, 6, 7)]
    write(here / "efficientnet.safetensors", EfficientNet(4, small, 20, 5), 4, 62, 48, 5)
    write(here / "inception.safetensors", thin_inception(32, 5), 4, 107, 110, 5)
    write(here / "head_fcn.safetensors", FCNHead(5), 4, 13, 22, 5)
    write(here / "head_inception.safetensors", InceptionHead(5), 4, 15, 20, 5)
    write(here / "resnet.safetensors", SmallResNet(3, [2, 2, 1, 1], 5), 4, 80, 64, 5)
