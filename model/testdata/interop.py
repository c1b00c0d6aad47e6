#!/usr/bin/env python3
"""interop.py DIR: writes networks of torchvision and timm at their full size, with seeded random weights, as their owners save
them, and features.json with what they make of images that interop_test.go knows too. Needs torch, torchvision, timm, safetensors."""
import json
import sys
import zlib

import safetensors.torch
import timm
import torch
import torchvision

MASK = 0xFFFFFFFF
SIZE, N = 224, 2
MEAN = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)
STD = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)


def images():
    n = N * SIZE * SIZE * 3
    h = (torch.arange(n, dtype=torch.int64) * 2654435761 + zlib.crc32(b"interop")) & MASK
    h = ((h ^ (h >> 16)) * 0x45D9F3B) & MASK
    h = ((h ^ (h >> 16)) * 0x45D9F3B) & MASK
    x = ((h ^ (h >> 16)) & 255).float().view(N, SIZE, SIZE, 3).permute(0, 3, 1, 2)
    return (x / 255 - MEAN) / STD


def seeded(make):
    torch.manual_seed(1)
    net = make().eval()
    for m in net.modules():
        if isinstance(m, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(m.running_mean, -0.1, 0.1)
            torch.nn.init.uniform_(m.running_var, 0.5, 1.5)
            torch.nn.init.uniform_(m.weight, 0.5, 1)
        if isinstance(m, torch.nn.Linear):
            torch.nn.init.kaiming_normal_(m.weight)
    return net


def headless(net):
    return torch.nn.Sequential(*list(net.children())[:-1], torch.nn.Flatten())


out, x, features = sys.argv[1], images(), []


@torch.no_grad()
def add(arch, file, layer, f):
    features.append({"arch": arch, "file": file, "layer": layer, "last": f(x)[-1].double().tolist()})


for arch in ["resnet18", "resnet34", "resnet50"]:
    net = seeded(lambda: getattr(torchvision.models, arch)(weights=None))
    torch.save(net.state_dict(), f"{out}/{arch}.pth")
    torch.save({"epoch": 1, "state_dict": torch.nn.DataParallel(net).state_dict()}, f"{out}/{arch}.old.pth", _use_new_zipfile_serialization=False)
    safetensors.torch.save_file(net.state_dict(), f"{out}/{arch}.safetensors")
    for end in ["pth", "old.pth", "safetensors"]:
        add(arch, f"{arch}.{end}", "", headless(net))
net = seeded(lambda: torchvision.models.vgg16(weights=None))
torch.save(net.state_dict(), f"{out}/vgg16.pth")
add("vgg16", "vgg16.pth", "fc2", lambda x: net.classifier[:5](torch.flatten(net.avgpool(net.features(x)), 1)))
add("vgg16", "vgg16.pth", "pool5", lambda x: net.features(x).mean((2, 3)))
for arch in ["resnet50", "vgg16"]:
    net = seeded(lambda: timm.create_model(arch, pretrained=False))
    safetensors.torch.save_file(net.state_dict(), f"{out}/timm-{arch}.safetensors")
    if arch == "vgg16":
        add(arch, f"timm-{arch}.safetensors", "fc2", lambda x: net.pre_logits(net.forward_features(x)).flatten(1))
    else:
        add(arch, f"timm-{arch}.safetensors", "", lambda x: net.forward_head(net.forward_features(x), pre_logits=True))
json.dump(features, open(f"{out}/features.json", "w"))
