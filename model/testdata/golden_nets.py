#!/usr/bin/env python3
"""Makes golden_nets.json: ResNet34 and ResNet50, and VGG16's layers and poolings, by PyTorch and torchvision.

Run with torch 2.15 and torchvision 0.29 (others should do):   python golden_nets.py > golden_nets.json

Weights and images come from a hash of their position, as in golden.py and in golden_test.go. Every network is torchvision's
own code; the narrow ones change nothing but numbers of channels.
"""
import json
import math
import sys
import warnings
import zlib

warnings.simplefilter("ignore")
import torch
import torch.nn.functional as F
from torchvision.models.resnet import BasicBlock, Bottleneck, ResNet
from torchvision.models.vgg import VGG, make_layers

torch.set_num_threads(1)
MASK = 0xFFFFFFFF
MEAN = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)
STD = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)


def hashed(name, n):
    h = (torch.arange(n, dtype=torch.int64) * 2654435761 + zlib.crc32(name.encode())) & MASK
    h = ((h ^ (h >> 16)) * 0x45D9F3B) & MASK
    h = ((h ^ (h >> 16)) * 0x45D9F3B) & MASK
    return h ^ (h >> 16)


def make_weight(name, shape):
    u = (hashed(name, math.prod(shape)).double() / 2**32 - 0.5).view(shape)
    if len(shape) == 4:
        return u * (math.sqrt(12) * math.sqrt(2 / (shape[0] * shape[2] * shape[3])))
    if len(shape) == 2:
        return u * (math.sqrt(12) * math.sqrt(2 / shape[1]))
    if name.endswith("running_var") or name.endswith(".weight"):
        return 1 + 0.5 * u
    return 0.2 * u


def fill(net):
    net.load_state_dict({k: make_weight(k, v.shape).float() if v.is_floating_point() else v for k, v in net.state_dict().items()})
    return net


def images(name, n, size):
    """[n, 3, size, size] normalised; the bytes are drawn as [n, size, size, 3]."""
    x = (hashed(name, n * size * size * 3) & 255).float().view(n, size, size, 3).permute(0, 3, 1, 2)
    return (x / 255 - MEAN) / STD


class NarrowResNet(ResNet):
    """torchvision's ResNet with another width; __init__ is torchvision's with `width` for 64."""

    def __init__(self, block, blocks, width):
        torch.nn.Module.__init__(self)
        self._norm_layer = torch.nn.BatchNorm2d
        self.inplanes, self.dilation, self.groups, self.base_width = width, 1, 1, 64
        self.conv1 = torch.nn.Conv2d(3, width, kernel_size=7, stride=2, padding=3, bias=False)
        self.bn1 = self._norm_layer(width)
        self.relu = torch.nn.ReLU(inplace=True)
        self.maxpool = torch.nn.MaxPool2d(kernel_size=3, stride=2, padding=1)
        self.layer1 = self._make_layer(block, width, blocks[0])
        self.layer2 = self._make_layer(block, 2 * width, blocks[1], stride=2)
        self.layer3 = self._make_layer(block, 4 * width, blocks[2], stride=2)
        self.layer4 = self._make_layer(block, 8 * width, blocks[3], stride=2)
        self.avgpool = torch.nn.AdaptiveAvgPool2d((1, 1))
        self.fc = torch.nn.Identity()


def resnet(arch, width):
    block = {"resnet34": BasicBlock, "resnet50": Bottleneck}[arch]
    return fill(NarrowResNet(block, [3, 4, 6, 3], width))


def vgg(width):
    cfg = [c if c == "M" else c * width // 64 for c in
           [64, 64, "M", 128, 128, "M", 256, 256, 256, "M", 512, 512, 512, "M", 512, 512, 512, "M"]]
    return fill(VGG(make_layers(cfg), num_classes=1, init_weights=False)).eval()


def vgg_map(net, x, layer):
    """The paper's conv<stage>_<n> after its ReLU, or pool5."""
    stage, n = 1, 0
    for m in net.features:
        x = m(x)
        if isinstance(m, torch.nn.ReLU):
            n += 1
            if layer == f"conv{stage}_{n}":
                return x
        if isinstance(m, torch.nn.MaxPool2d):
            if layer == f"pool{stage}":
                return x
            stage, n = stage + 1, 0
    raise ValueError(layer)


def pool(x, how):
    if how == "avg":
        return x.mean((2, 3))
    if how == "flatten":
        return torch.flatten(x, 1)
    n, c, h, w = x.shape
    x = x.reshape(n, c, h * w).double()
    i, j = torch.triu_indices(c, c)
    return (x @ x.transpose(1, 2) / (h * w))[:, i, j]


def nums(t, n=None):
    x = t.detach().double().flatten().tolist()
    return [float("%.7g" % v) for v in (x if n is None else x[:n])]


def summary(t, n=4):
    return {"norm": nums(t.detach().double().norm())[0], "first": nums(t, n)}


def margin(net, *inputs):
    """How near to 0 an input of a ReLU comes, in units of its layer's root mean square."""
    least = []
    hooks = [m.register_forward_pre_hook(lambda _, x: least.append((x[0].abs().min() / x[0].pow(2).mean().sqrt()).item()))
             for m in net.modules() if isinstance(m, torch.nn.ReLU)]
    with torch.no_grad():
        for x in inputs:
            net(x)
    for h in hooks:
        h.remove()
    return min(least)


def resnet_case(arch, width, n, whole, cell, keep, train=True):
    net = resnet(arch, width).eval()
    best = 0
    if train:  # images for which no ReLU's input is so near to 0 that rounding decides on which side it lies
        trial = resnet(arch, width).train()
        best = max(range(20), key=lambda k: margin(trial, images(f"whole{k}", n, whole), images(f"cell{k}", n, cell)))
    a, b = images(f"whole{best}", n, whole), images(f"cell{best}", n, cell)
    out = {"arch": arch, "width": width, "images": best, "n": n, "whole": whole, "cell": cell}
    with torch.no_grad():
        out["inference"] = nums(net(a), keep)
    if not train:
        return out
    net.train().double()  # fifty layers of batch statistics make float32's own rounding show in the gradients
    fa, fb = net(a.double()), net(b.double())
    loss = F.mse_loss(fa, fb)
    loss.backward()
    return {**out, "train": nums(fa, keep), "loss": loss.item(),
            "grads": {k: summary(p.grad, 2) for k, p in net.named_parameters()},
            "stats": {k: summary(v, 2) for k, v in net.state_dict().items() if "running" in k}}


def readings(width, n, size, cases):
    net, x = vgg(width), images("whole0", n, size)
    out = []
    with torch.no_grad():
        for layer, how in cases:
            v = pool(vgg_map(net, x, layer), how)
            out.append({"width": width, "n": n, "size": size, "layer": layer, "pool": how, "dim": v.shape[1],
                        "last": summary(v[-1], 8)})
    return out


ALL = [f"conv{s}_{i}" for s, m in enumerate([2, 2, 3, 3, 3], 1) for i in range(1, m + 1)] + ["pool5"]
json.dump({
    "networks": [
        resnet_case("resnet34", 4, 4, 64, 40, 32),
        resnet_case("resnet50", 4, 4, 128, 96, 32),
        resnet_case("resnet34", 64, 1, 64, 64, 64, train=False),
        resnet_case("resnet50", 64, 1, 64, 64, 64, train=False),
    ],
    "readings": readings(4, 2, 75, [(l, p) for l in ALL for p in ("avg", "flatten", "gram")])
    + readings(64, 1, 40, [("conv3_3", "gram"), ("conv5_3", "flatten")]),
}, sys.stdout, indent=0)
