#!/usr/bin/env python3
"""Makes golden_losses.json: losses, their projectors and predictors, heads beside them; values and gradients, by PyTorch.

Run with torch 2.15, lightly 1.6 and pytorch-metric-learning 2.9 (others should do):
    python golden_losses.py > golden_losses.json

Formulas are those of the papers and their authors' code; where lightly or pytorch-metric-learning has the same loss, the script
stops unless it agrees. Everything is in double precision, since some gradients are 0 but for rounding. Inputs are numbers
from a hash of their position, written the same way in golden_test.go.
"""
import json
import math
import sys
import warnings
import zlib

warnings.simplefilter("ignore")
import torch
import torch.nn.functional as F
from lightly.loss import BarlowTwinsLoss, NegativeCosineSimilarity, NTXentLoss
from pytorch_metric_learning.losses import SupConLoss
from torch.nn import BatchNorm1d, Linear, ReLU, Sequential

torch.set_num_threads(1)
MASK = 0xFFFFFFFF
N, D = 6, 8
LABELS = [0, 1, 0, 3, 1, 0]  # of the photos: three of one garment, two of another, one alone


def uniform(name, shape):
    h = (torch.arange(math.prod(shape), dtype=torch.int64) * 2654435761 + zlib.crc32(name.encode())) & MASK
    h = ((h ^ (h >> 16)) * 0x45D9F3B) & MASK
    h = ((h ^ (h >> 16)) * 0x45D9F3B) & MASK
    return ((h ^ (h >> 16)).double() / 2**32 - 0.5).view(shape)


def make_weight(name, shape):
    u = uniform(name, shape)
    if len(shape) == 2:
        return u * (math.sqrt(12) * math.sqrt(2 / shape[1]))
    return 1 + 0.5 * u if name.endswith(".weight") else 0.2 * u


def same(a, b):
    if abs(a.item() - b.item()) > 1e-6 * max(1, abs(b.item())):
        sys.exit("the references differ: %r and %r" % (a.item(), b.item()))
    return a


def vicreg(x, y):
    """Bardes, Ponce & LeCun's main_vicreg.py, without the all-gather."""
    n, d = x.shape
    repr_loss = F.mse_loss(x, y)
    x, y = x - x.mean(dim=0), y - y.mean(dim=0)
    std_x, std_y = torch.sqrt(x.var(dim=0) + 0.0001), torch.sqrt(y.var(dim=0) + 0.0001)
    std_loss = torch.mean(F.relu(1 - std_x)) / 2 + torch.mean(F.relu(1 - std_y)) / 2
    cov_x, cov_y = (x.T @ x) / (n - 1), (y.T @ y) / (n - 1)
    off = lambda c: c.pow(2).sum() - c.diagonal().pow(2).sum()
    return 25.0 * repr_loss + 25.0 * std_loss + 1.0 * (off(cov_x) / d + off(cov_y) / d)


def barlow(x, y, lambd):
    """Zbontar et al.'s main.py."""
    bn = BatchNorm1d(x.shape[1], affine=False).double()
    c = bn(x).T @ bn(y) / x.shape[0]
    on = torch.diagonal(c).add(-1).pow(2).sum()
    off = (c - torch.diag(torch.diagonal(c))).pow(2).sum()
    return same(on + lambd * off, BarlowTwinsLoss(lambda_param=lambd)(x.detach(), y.detach()))


def simsiam(pa, pb, a, b):
    """Chen & He's main_simsiam.py."""
    cos = torch.nn.CosineSimilarity(dim=1)
    light = NegativeCosineSimilarity()
    return same(-(cos(pa, b.detach()).mean() + cos(pb, a.detach()).mean()) * 0.5, (light(pa, b) + light(pb, a)) / 2)


def byol(pa, pb, ta, tb):
    """Grill et al.'s regression_loss (byol_experiment.py), both ways."""
    def regression(x, y):
        x, y = F.normalize(x, dim=1), F.normalize(y, dim=1)
        return ((x - y) ** 2).sum(1).mean()
    light = NegativeCosineSimilarity()
    return same(regression(pa, tb.detach()) + regression(pb, ta.detach()), 4 + 2 * (light(pa, tb) + light(pb, ta)))


def ntxent(a, b, temperature):
    """Chen et al.'s NT-Xent, as cross-entropy over 2N - 1 others."""
    z = F.normalize(torch.cat([a, b]), dim=1)
    logits = z @ z.T / temperature
    logits.fill_diagonal_(-math.inf)
    other = torch.arange(len(z)).roll(len(a))
    return same(F.cross_entropy(logits, other), NTXentLoss(temperature=temperature)(a.detach(), b.detach()))


def supcon(a, b, labels, temperature):
    """Khosla et al.'s SupConLoss with contrast_mode "all", without its factor temperature/0.07."""
    z = F.normalize(torch.cat([a, b]), dim=1)
    labels = torch.tensor(labels).repeat(2)
    logits = z @ z.T / temperature
    not_self = 1 - torch.eye(len(z), dtype=z.dtype)
    mask = (labels[:, None] == labels[None, :]) * not_self
    log_prob = logits - torch.log((torch.exp(logits) * not_self).sum(1, keepdim=True))
    value = -((mask * log_prob).sum(1) / mask.sum(1)).mean()
    return same(value, SupConLoss(temperature=temperature)(torch.cat([a, b]).detach(), labels))


def hidden(i, o, bias):
    return [Linear(i, o, bias=bias), BatchNorm1d(o), ReLU()]


P, Q = 7, 6  # widths of projector and predictor
HEADS = {
    "mse": (lambda: [*hidden(D, P, True), *hidden(P, P, True), Linear(P, P, bias=False)], None),
    "barlow": (lambda: [*hidden(D, P, False), *hidden(P, P, False), Linear(P, P, bias=False)], None),
    "simsiam": (lambda: [*hidden(D, P, False), *hidden(P, P, False), Linear(P, P, bias=False), BatchNorm1d(P, affine=False)],
                lambda: [*hidden(P, Q, False), Linear(Q, P)]),
    "byol": (lambda: [*hidden(D, P, True), Linear(P, 256, bias=False)], lambda: [*hidden(256, Q, True), Linear(Q, 256, bias=False)]),
    "ntxent": (lambda: [Linear(D, P), ReLU(), Linear(P, 128)], None),
}
HEADS["vicreg"], HEADS["supcon"] = HEADS["mse"], HEADS["ntxent"]

# name: parameters, and the loss of a dict with the views (a, b), what is predicted of them (pa, pb) and the target's (ta, tb)
LOSSES = [
    ("mse", {}, lambda v: F.mse_loss(v["a"], v["b"])),
    ("vicreg", {}, lambda v: vicreg(v["a"], v["b"])),
    ("barlow", {"lambda": 0.005}, lambda v: barlow(v["a"], v["b"], 0.005)),
    ("barlow", {"lambda": 0.1}, lambda v: barlow(v["a"], v["b"], 0.1)),
    ("simsiam", {}, lambda v: simsiam(v["pa"], v["pb"], v["a"], v["b"])),
    ("byol", {}, lambda v: byol(v["pa"], v["pb"], v["ta"], v["tb"])),
    ("ntxent", {"temperature": 0.5}, lambda v: ntxent(v["a"], v["b"], 0.5)),
    ("ntxent", {"temperature": 0.1}, lambda v: ntxent(v["a"], v["b"], 0.1)),
    ("supcon", {"temperature": 0.07}, lambda v: supcon(v["a"], v["b"], LABELS, 0.07)),
    ("supcon", {"temperature": 0.5}, lambda v: supcon(v["a"], v["b"], LABELS, 0.5)),
]


def number(x):
    return float("%.10g" % x)


def summary(g, shape):
    if g is None:
        g = torch.zeros(shape, dtype=torch.double)
    return {"norm": number(g.norm().item()), "first": [number(x) for x in g.flatten()[:12].tolist()]}


def bare_case(name, params, loss):
    """The loss alone, on numbers for everything it may look at."""
    v = {k: (3 * uniform(k, (N, D))).requires_grad_() for k in ["a", "b", "pa", "pb", "ta", "tb"]}
    value = loss(v)
    value.backward()
    return {"name": name, **params, "value": number(value.item()), "grads": {k: summary(x.grad, x.shape) for k, x in v.items()}}


def network(prefix, target=""):
    """The MLP of a loss with weights by name; those of the target have names of their own."""
    def fill(name, layers):
        net = Sequential(*layers).double()
        for k, w in net.named_parameters():
            w.data = make_weight(target + name + "." + k, w.shape)
        return net
    projector, predictor = HEADS[prefix]
    return fill("projector", projector()), predictor and fill("predictor", predictor())


def whole_case(name, params, loss):
    """The loss behind its projector and predictor."""
    v = {k: (3 * uniform(k, (N, D))).requires_grad_() for k in ["a", "b"]}
    projector, predictor = network(name)
    target, _ = network(name, "target/")
    out = {k: projector(v[k]) for k in ["a", "b"]}
    if predictor:
        out.update({"p" + k: predictor(out[k]) for k in ["a", "b"]})
    out.update({"t" + k: target(v[k]) for k in ["a", "b"]})
    value = loss(out)
    value.backward()
    grads = {k: summary(x.grad, x.shape) for k, x in v.items()}
    for part, net in [("projector.", projector), ("predictor.", predictor)]:
        for k, w in net.named_parameters() if net else []:
            grads[part + k] = summary(w.grad, w.shape)
    return {"name": name, **params, "projector": P, "predictor": Q if predictor else 0, "value": number(value.item()), "grads": grads}


def head_case(name, classes, loss):
    """A head's loss on the features of the whole photos."""
    a = (3 * uniform("a", (N, D))).requires_grad_()
    net = Sequential(Linear(D, classes)).double()
    for k, w in net.named_parameters():
        w.data = make_weight(name + "." + k, w.shape)
    value = loss(net(a))
    value.backward()
    grads = {"a": summary(a.grad, a.shape), **{name + "." + k: summary(w.grad, w.shape) for k, w in net.named_parameters()}}
    return {"name": name, "value": number(value.item()), "grads": grads}


CATEGORIES = [2, 0, -1, 2, 1, -1]  # of the photos; -1: not known
SHARES = (uniform("shares", (N, 64)) - 0.2).clamp(min=0)  # of colours, most of them none
SHARES = SHARES / SHARES.sum(1, keepdim=True)
heads = [
    head_case("category", 3, lambda x: F.cross_entropy(x, torch.tensor(CATEGORIES), ignore_index=-1)),
    head_case("colour", 64, lambda x: F.kl_div(F.log_softmax(x, 1), SHARES, reduction="batchmean")),
]
cases = [make(*case) for make in [bare_case, whole_case] for case in LOSSES]
json.dump({"n": N, "d": D, "labels": LABELS, "categories": CATEGORIES, "heads": heads, "cases": cases}, sys.stdout, indent=0)
