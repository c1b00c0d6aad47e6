#!/usr/bin/env python3
"""Makes golden_bf16.json: a training step of a narrow ResNet18 by PyTorch under autocast with bfloat16, and how far what it
gives is from the same in float32.

Run with torch 2.15 and torchvision 0.29 (others should do):   python golden_bf16.py > golden_bf16.json

Weights and images are those of golden.py.
"""
import json
import sys

import torch
import torch.nn.functional as F

from golden import images, nums, resnet

WIDTH, N, WHOLE, CELL = 8, 16, 128, 128


def step(half):
    """A training step's feature of the whole photos, loss, gradients and running statistics; and the feature in inference."""
    net = resnet(WIDTH).to(memory_format=torch.channels_last)
    a, b = images("whole0", N, WHOLE), images("cell0", N, CELL)
    auto = torch.autocast("cpu", torch.bfloat16, enabled=half)
    with torch.no_grad(), auto:
        inference = net.eval()(a).float()
    net.train()
    with auto:
        fa, fb = net(a), net(b)
    loss = F.mse_loss(fa.float(), fb.float())
    loss.backward()
    assert all(p.grad.dtype == torch.float32 for p in net.parameters())
    return {
        "inference": inference,
        "feature": fa.float(),
        "loss": loss,
        "gradients": torch.cat([p.grad.flatten() for p in net.parameters()]),
        "statistics": torch.cat([v.flatten() for k, v in net.state_dict().items() if "running" in k]),
    }


full, half = step(False), step(True)
json.dump({
    "width": WIDTH, "n": N, "whole": WHOLE, "cell": CELL,
    "float32": {"loss": full["loss"].item(), "norm": {k: nums(v.norm())[0] for k, v in full.items()}},
    "bfloat16": {"loss": half["loss"].item(), "feature": nums(half["feature"]), "inference": nums(half["inference"])},
    "error": {k: nums((half[k] - full[k]).norm() / full[k].norm())[0] for k in full},
}, sys.stdout, indent=0)
