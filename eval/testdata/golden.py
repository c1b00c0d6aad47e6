"""Makes golden.json: retrieval measures by pytorch-metric-learning, cluster measures by scikit-learn.

    python golden.py > golden.json        (numpy, scikit-learn, torch, pytorch-metric-learning)

recall@k and precision@k, which pytorch-metric-learning has for k = 1 only, are worked out here from a full sort.
"""

import json
import sys

import numpy as np
import pytorch_metric_learning
import sklearn
import torch
from pytorch_metric_learning.distances import CosineSimilarity, LpDistance
from pytorch_metric_learning.utils.accuracy_calculator import AccuracyCalculator
from pytorch_metric_learning.utils.inference import CustomKNN
from sklearn import metrics

rng = np.random.default_rng(7)
KS = [1, 5, 10]


def judge(name, x, label, metric, queries, gallery):
    """Labels of -1 are none; queries and gallery are masks of rows."""
    distance = CosineSimilarity() if metric == "cosine" else LpDistance(normalize_embeddings=False)
    calculator = AccuracyCalculator(
        include=("precision_at_1", "r_precision", "mean_average_precision_at_r"), k="max_bin_count",
        device=torch.device("cpu"), knn_func=CustomKNN(distance), return_per_class=False)
    q, g = queries & (label >= 0), gallery
    # A row without a label is a label of its own to the library: it can be found, and is nobody's positive.
    own = np.where(label < 0, 1000 + np.arange(len(label)), label)
    t = torch.from_numpy
    same = bool((queries == gallery).all()) and bool((label >= 0).all())
    if same:
        pml = calculator.get_accuracy(t(x), t(own))
    else:
        assert not (q & g).any()
        pml = calculator.get_accuracy(t(x[q]), t(own[q]), t(x[g]), t(own[g]), ref_includes_query=False)
    y = x.astype(np.float64)
    if metric == "cosine":
        y /= np.linalg.norm(y, axis=1, keepdims=True)
    recall, precision, scored = {k: [] for k in KS}, {k: [] for k in KS}, 0
    for i in np.flatnonzero(queries):
        others = np.flatnonzero(g & (np.arange(len(x)) != i))
        if label[i] < 0 or not (label[others] == label[i]).any():
            continue
        scored += 1
        order = others[np.argsort(((y[others] - y[i]) ** 2).sum(1), kind="stable")]
        hit = label[order] == label[i]
        for k in KS:
            recall[k].append(float(hit[:k].any()))
            precision[k].append(hit[:k].sum() / k)
    out = {f"recall@{k}": np.mean(recall[k]) for k in KS} | {f"precision@{k}": np.mean(precision[k]) for k in KS}
    assert abs(out["recall@1"] - pml["precision_at_1"]) < 1e-7
    out |= {"r_precision": pml["r_precision"], "map@r": pml["mean_average_precision_at_r"]}
    return {
        "name": name, "metric": metric, "dim": x.shape[1], "data": x.ravel().tolist(), "labels": label.tolist(),
        "queries": queries.tolist(), "gallery": gallery.tolist(), "scored": scored,
        "skipped": int(queries.sum()) - scored, "values": {k: float(v) for k, v in out.items()},
    }


def retrieval():
    n = 70
    label = np.sort(rng.integers(0, 22, n))
    x = np.round(rng.normal(size=(22, 5))[label] + rng.normal(size=(n, 5)), 3).astype(np.float32)
    every = np.ones(n, bool)
    user = np.arange(n) % 2 == 0
    some = np.where(rng.random(n) < 0.15, -1, label)
    wide = np.sort(rng.integers(0, 3, n))
    return [
        judge("self, cosine", x, label, "cosine", every, every),
        judge("self, l2", x, label, "l2", every, every),
        judge("few labels, many positives", x, wide, "l2", every, every),
        judge("queries and gallery apart", x, label, "cosine", user, ~user),
        judge("rows without a label", x, some, "l2", user, ~user),
    ]


def agreement(name, a, b):
    a, b = np.asarray(a), np.asarray(b)
    table = metrics.cluster.contingency_matrix(a, b)
    h, c, v = metrics.homogeneity_completeness_v_measure(a, b)
    values = {
        "nmi": metrics.normalized_mutual_info_score(a, b), "ami": metrics.adjusted_mutual_info_score(a, b),
        "ari": metrics.adjusted_rand_score(a, b), "v_measure": v, "homogeneity": h, "completeness": c,
        "purity": table.max(axis=0).sum() / table.sum(),
    }
    return {"name": name, "classes": a.tolist(), "clusters": b.tolist(), "values": {k: float(v) for k, v in values.items()}}


def silhouette(name, x, labels):
    return {"name": name, "dim": x.shape[1], "data": x.ravel().tolist(), "clusters": labels.tolist(),
            "values": metrics.silhouette_samples(x.astype(np.float64), labels).tolist()}


a = rng.integers(0, 6, 200)
noisy = np.where(rng.random(200) < 0.6, a, rng.integers(0, 6, 200))
pairs = np.repeat(np.arange(100), 2)
points = np.round(rng.normal(size=(60, 4)), 3).astype(np.float32)
groups = rng.integers(0, 4, 60)
groups[0] = 9  # alone in its cluster
json.dump({
    "made_by": f"pytorch-metric-learning {pytorch_metric_learning.__version__}, scikit-learn {sklearn.__version__}, "
               f"torch {torch.__version__}, numpy {np.__version__}",
    "retrieval": retrieval(),
    "agreement": [
        agreement("noisy", a, noisy),
        agreement("by chance", a, rng.integers(0, 9, 200)),
        agreement("perfect", a, (a * 7 + 3) % 100),
        agreement("one cluster", a, np.zeros(200, int)),
        agreement("one class", np.zeros(50, int), a[:50]),
        agreement("one of each", np.zeros(5, int), np.zeros(5, int)),
        agreement("a cluster per row", a, np.arange(200)),
        agreement("singletons that match", np.arange(30), np.arange(30)[::-1]),
        agreement("many small classes", pairs, rng.integers(0, 12, 200)),
        agreement("rows in no cluster", a, np.where(rng.random(200) < 0.2, -1, noisy)),
        agreement("independent", [0, 0, 1, 1], [0, 1, 0, 1]),
    ],
    "silhouette": [silhouette("four and one alone", points, groups), silhouette("equal rows", np.repeat(points[:5], 4, 0), np.repeat([0, 0, 1, 2, 2], 4))],
}, sys.stdout)
