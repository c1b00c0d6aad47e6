#!/usr/bin/env python3
"""Makes golden_optim.json: optimiser steps and learning rates by PyTorch, the decay of averaged weights by timm.

Run with torch 2.15 and timm 1.0.31 (others should do):   python golden_optim.py > golden_optim.json

Weights and gradients come from a hash of their position, written the same way in golden_test.go.
"""
import json
import math
import sys
import warnings
import zlib

import torch
from timm.utils import ModelEmaV3

warnings.simplefilter("ignore")
MASK = 0xFFFFFFFF
STEPS, LR, DECAY = 6, 0.01, 0.1
SHAPES = {"w": (3, 4), "zeros": (2, 3), "bias": (5,)}


def uniform(name, shape):
    """Numbers in -0.5 … 0.5."""
    h = (torch.arange(math.prod(shape), dtype=torch.int64) * 2654435761 + zlib.crc32(name.encode())) & MASK
    h = ((h ^ (h >> 16)) * 0x45D9F3B) & MASK
    h = ((h ^ (h >> 16)) * 0x45D9F3B) & MASK
    return ((h ^ (h >> 16)).double() / 2**32 - 0.5).view(shape).float()


class LARS(torch.optim.Optimizer):
    """The formula of class LARS in main_vicreg.py (Bardes, Ponce & LeCun) and in main.py of Barlow Twins (Zbontar et al.),
    with both filters on: p.ndim == 1 is neither decayed nor adapted."""

    def __init__(self, params, lr, weight_decay, momentum, eta=0.001):
        super().__init__(params, dict(lr=lr, weight_decay=weight_decay, momentum=momentum, eta=eta))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                d = p.grad
                if p.ndim != 1:
                    d = d + group["weight_decay"] * p
                    wn, dn = p.norm(), d.norm()
                    if wn > 0 and dn > 0:
                        d = d * (group["eta"] * wn / dn)
                mu = self.state[p].setdefault("mu", torch.zeros_like(p))
                mu.mul_(group["momentum"]).add_(d)
                p.add_(mu, alpha=-group["lr"])


def case(name, make):
    ps = {k: torch.nn.Parameter(torch.zeros(s) if k == "zeros" else uniform(k, s)) for k, s in SHAPES.items()}
    opt = make([{"params": [p for p in ps.values() if p.ndim > 1], "weight_decay": DECAY},
                {"params": [p for p in ps.values() if p.ndim == 1], "weight_decay": 0}])
    for t in range(STEPS):
        for k, p in ps.items():
            p.grad = uniform(f"{k} {t}", p.shape)
        opt.step()
    return {"name": name, "weights": {k: [float("%.8g" % v) for v in p.detach().double().flatten()] for k, p in ps.items()}}


def schedule(total, warmup):
    """A linear warm-up and then half a cosine, as torch puts them together."""
    opt = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=LR)
    cosine = torch.optim.lr_scheduler.CosineAnnealingLR(opt, total - warmup)
    s = cosine
    if warmup > 0:
        s = torch.optim.lr_scheduler.SequentialLR(
            opt, [torch.optim.lr_scheduler.LinearLR(opt, 1 / warmup, total_iters=max(warmup - 1, 1)), cosine], [warmup])
    rates = []
    for _ in range(total):
        rates.append(opt.param_groups[0]["lr"])
        opt.step()
        s.step()
    return {"total": total, "warmup": warmup, "rates": rates}


ema = ModelEmaV3(torch.nn.Linear(1, 1), decay=0.99, use_warmup=True)
decay_steps = [1, 2, 3, 10, 100, 900, 1000, 1100, 5000]
json.dump({
    "steps": STEPS, "lr": LR, "decay": DECAY, "shapes": SHAPES,
    "optimizers": [
        case("adam", lambda p: torch.optim.Adam(p, lr=LR)),
        case("adamw", lambda p: torch.optim.AdamW(p, lr=LR)),
        case("sgd", lambda p: torch.optim.SGD(p, lr=LR, momentum=0.9)),
        case("lars", lambda p: LARS(p, lr=LR, weight_decay=None, momentum=0.9)),
    ],
    "schedules": [schedule(10, 4), schedule(7, 0), schedule(12, 2)],
    "ema": {"most": 0.99, "steps": decay_steps, "decay": [ema.get_decay(t) for t in decay_steps]},
}, sys.stdout, indent=0)
