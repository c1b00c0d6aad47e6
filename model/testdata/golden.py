#!/usr/bin/env python3
"""Makes golden.json: features and gradients by PyTorch and torchvision.

Run with torch 2.15 and torchvision 0.29 (others should do):   python golden.py > golden.json

Weights and images come from a hash of their position, written the same way in golden_test.go, so the file holds only
results. Every network is torchvision's own code; the narrow ones change nothing but numbers of channels.
"""
import json
import math
import sys
import warnings
import zlib

warnings.simplefilter("ignore")
import torch
import torch.nn.functional as F
import torchvision
from torchvision.models.resnet import BasicBlock, ResNet
from torchvision.models.vgg import VGG, make_layers

torch.set_num_threads(2)
MASK = 0xFFFFFFFF
MEAN = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)
STD = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)


def hashed(name, n):
    """n integers below 2^32 that depend on name and position."""
    h = (torch.arange(n, dtype=torch.int64) * 2654435761 + zlib.crc32(name.encode())) & MASK
    h = ((h ^ (h >> 16)) * 0x45D9F3B) & MASK
    h = ((h ^ (h >> 16)) * 0x45D9F3B) & MASK
    return h ^ (h >> 16)


def uniform(name, shape):
    """Numbers in -0.5 … 0.5."""
    n = math.prod(shape)
    return (hashed(name, n).double() / 2**32 - 0.5).view(shape)


def make_weight(name, shape):
    u = uniform(name, shape)
    if len(shape) == 4:
        return u * (math.sqrt(12) * math.sqrt(2 / (shape[0] * shape[2] * shape[3])))
    if len(shape) == 2:
        return u * (math.sqrt(12) * math.sqrt(2 / shape[1]))
    if name.endswith("running_var") or (name.endswith(".weight")):
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
    """torchvision's ResNet18 with another width; __init__ is torchvision's with `width` for 64."""

    def __init__(self, width):
        torch.nn.Module.__init__(self)
        self._norm_layer = torch.nn.BatchNorm2d
        self.inplanes, self.dilation, self.groups, self.base_width = width, 1, 1, 64
        self.conv1 = torch.nn.Conv2d(3, width, kernel_size=7, stride=2, padding=3, bias=False)
        self.bn1 = self._norm_layer(width)
        self.relu = torch.nn.ReLU(inplace=True)
        self.maxpool = torch.nn.MaxPool2d(kernel_size=3, stride=2, padding=1)
        self.layer1 = self._make_layer(BasicBlock, width, 2)
        self.layer2 = self._make_layer(BasicBlock, 2 * width, 2, stride=2)
        self.layer3 = self._make_layer(BasicBlock, 4 * width, 2, stride=2)
        self.layer4 = self._make_layer(BasicBlock, 8 * width, 2, stride=2)
        self.avgpool = torch.nn.AdaptiveAvgPool2d((1, 1))
        self.fc = torch.nn.Identity()


def resnet(width):
    if width == 64:
        net = torchvision.models.resnet18(weights=None)
        net.fc = torch.nn.Identity()
        return fill(net)
    return fill(NarrowResNet(width))


def vgg(width):
    cfg = [c if c == "M" else c * width // 64 for c in
           [64, 64, "M", 128, 128, "M", 256, 256, 256, "M", 512, 512, 512, "M", 512, 512, 512, "M"]]
    net = VGG(make_layers(cfg), num_classes=1, init_weights=False)
    fc = 4096 * width // 64
    net.classifier[0] = torch.nn.Linear(8 * width * 49, fc)
    net.classifier[3] = torch.nn.Linear(fc, fc)
    net.classifier[6] = torch.nn.Identity()
    return fill(net).eval()


def vgg_layer(net, x, layer):
    x = net.features(x)
    if layer == "pool5":
        return x.mean((2, 3))
    x = torch.flatten(net.avgpool(x), 1)
    return net.classifier[: 2 if layer == "fc1" else 5](x)


def nums(t, n=None):
    x = t.detach().double().flatten().tolist()
    return [float("%.7g" % v) for v in (x if n is None else x[:n])]


def summary(t, n=4):
    return {"norm": nums(t.detach().double().norm())[0], "first": nums(t, n)}


def grads(net):
    return {k: summary(p.grad) for k, p in net.named_parameters() if p.grad is not None}


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


def clear_images(width, n, whole, cell):
    """The first images for which no ReLU's input is so near to 0 that rounding decides on which side it lies, and with
    it gradients."""
    for k in range(10000):
        a, b = images(f"whole{k}", n, whole), images(f"cell{k}", n, cell)
        if margin(resnet(width).train(), a, b) > 3e-6:
            return k, a, b
    sys.exit(f"no clear images for width {width}")


# Sizes are such that the last blocks see more than a few pixels: batch statistics of two or three numbers make the
# gradients so steep that float32 implementations differ.
def resnet_case(width, n, whole, cell, keep):
    net = resnet(width).eval()
    k, a, b = clear_images(width, n, whole, cell)
    with torch.no_grad():
        inference = net(a)
    net.train()
    fa, fb = net(a), net(b)
    loss = F.mse_loss(fa, fb)
    loss.backward()
    stats = {k: summary(v) for k, v in net.state_dict().items() if "running" in k}
    return {"arch": "resnet18", "width": width, "images": k, "n": n, "whole": whole, "cell": cell,
            "inference": nums(inference, keep), "train": nums(fa, keep), "loss": loss.item(), "grads": grads(net), "stats": stats}


def vgg_case(width, n, size, layers, keep):
    net = vgg(width)
    a, b = images("whole0", n, size), images("cell0", n, size)
    out = {"arch": "vgg16", "width": width, "images": 0, "n": n, "whole": size, "cell": size, "layers": {}}
    with torch.no_grad():
        for layer in layers:
            out["layers"][layer] = nums(vgg_layer(net, a, layer), keep)
    if "fc2" in layers:
        loss = F.mse_loss(vgg_layer(net, a, "fc2"), vgg_layer(net, b, "fc2"))
        loss.backward()
        out["loss"], out["grads"] = loss.item(), grads(net)
    return out


if __name__ == "__main__":
    json.dump({
        "networks": [
            resnet_case(4, 4, 64, 40, None),
            resnet_case(64, 2, 64, 64, 64),
            vgg_case(4, 2, 64, ["pool5", "fc1", "fc2"], 128),
            vgg_case(4, 2, 240, ["fc1"], 128),
            vgg_case(64, 1, 32, ["pool5"], 64),
        ],
    }, sys.stdout, indent=0)
