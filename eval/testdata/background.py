"""Makes background.json: background sensitivity and the shares of neighbours from its definition, number by number, the
area under the ROC curve by scikit-learn; and the overlap of neighbours in two spaces.

    python background.py > background.json        (numpy, scikit-learn)
"""

import json
import sys

import numpy as np
import sklearn
from sklearn.metrics import roc_auc_score

rng = np.random.default_rng(11)
KS = [1, 5, 10]


def distances(x, metric):
    y = x.astype(np.float64)
    if metric == "cosine":
        y /= np.linalg.norm(y, axis=1, keepdims=True)
    return ((y[:, None] - y[None]) ** 2).sum(-1)


def background(name, x, garment, scene, metric, queries, gallery):
    d, rows = distances(x, metric), np.arange(len(x))
    sensitivity, confusion, skipped = [], [], 0
    shares = {(what, k): [] for what in ("scene", "garment") for k in KS}
    for q in np.flatnonzero(queries):
        found = gallery & (rows != q)
        a = found & (garment == garment[q]) & (scene != scene[q]) & (scene > 0)
        b = found & (garment != garment[q]) & (garment >= 0) & (scene == scene[q])
        c = found & (garment != garment[q]) & (garment >= 0) & (scene != scene[q]) & (scene > 0)
        if garment[q] < 0 or scene[q] <= 0 or not a.any() or not b.any() or not c.any():
            skipped += 1
            continue
        for measure, other in ((sensitivity, b), (confusion, c)):
            both = a | other
            measure.append(1 - roc_auc_score(a[both], -d[q][both]))
        order = np.flatnonzero(found)
        order = order[np.argsort(d[q][order], kind="stable")]
        for k in KS:
            shares["scene", k].append((scene[order[:k]] == scene[q]).sum() / k)
            shares["garment", k].append((garment[order[:k]] == garment[q]).sum() / k)
    values = {"sensitivity": np.mean(sensitivity), "confusion": np.mean(confusion)}
    values |= {"excess": values["sensitivity"] - values["confusion"]} | {f"{w}@{k}": np.mean(v) for (w, k), v in shares.items()}
    return {"name": name, "metric": metric, "dim": x.shape[1], "data": np.round(x.ravel().astype(float), 3).tolist(), "garments": garment.tolist(),
            "scenes": scene.tolist(), "queries": queries.tolist(), "gallery": gallery.tolist(), "scored": len(sensitivity),
            "skipped": skipped, "values": {k: float(v) for k, v in values.items()}}


def overlap(name, x, y, metric):
    dx, dy = distances(x, metric), distances(y, metric)
    np.fill_diagonal(dx, np.inf), np.fill_diagonal(dy, np.inf)
    nx, ny = dx.argsort(1, kind="stable"), dy.argsort(1, kind="stable")
    share = {k: np.mean([len(set(a[:k]) & set(b[:k])) / k for a, b in zip(nx, ny)]) for k in KS}
    values = {f"overlap@{k}": share[k] for k in KS} | {f"explained@{k}": 1 - share[k] for k in KS}
    return {"name": name, "metric": metric, "dim": x.shape[1], "data": np.round(x.ravel().astype(float), 3).tolist(), "otherDim": y.shape[1],
            "other": np.round(y.ravel().astype(float), 3).tolist(), "values": {k: float(v) for k, v in values.items()}}


def points(*parts):
    return np.round(np.concatenate(parts, 1), 3).astype(np.float32)


G, S = 9, 6
garment, scene = np.repeat(np.arange(G), S), np.tile(np.arange(1, S + 1), G)
g, s, n = rng.normal(size=(G, 3))[garment], rng.normal(size=(S, 3))[scene - 1], rng.normal(size=(G * S, 6))
every, user = np.ones(G * S, bool), rng.random(G * S) < 0.5
unknown = rng.random(G * S)
json.dump({
    "made_by": f"numpy {np.__version__}, scikit-learn {sklearn.__version__}",
    "background": [
        background("both", points(np.concatenate([g, s], 1) + n / 4), garment, scene, "cosine", every, every),
        background("garment mostly", points(2 * g, s), garment, scene, "l2", every, every),
        background("ties", points(np.round(np.concatenate([g, s], 1)).clip(-1, 1)), garment, scene, "l2", every, every),
        background("from users to shops", points(g, s / 2), garment, scene, "cosine", user, ~user),
        background("some not known", points(g, s), np.where(unknown < 0.15, -1, garment), np.where(unknown > 0.85, 0, scene),
                   "l2", every, every),
    ],
    "overlap": [overlap("with and without", points(g, s, n), points(g, n), "l2"), overlap("noise", points(n), points(n + g @ np.ones((3, 6))), "cosine")],
}, sys.stdout)
