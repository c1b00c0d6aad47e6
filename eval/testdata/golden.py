"""Makes golden.json: retrieval measures by pytorch-metric-learning and scikit-learn, cluster measures by scikit-learn.

    python golden.py > golden.json        (numpy, scikit-learn, torch, pytorch-metric-learning)

recall@k and precision@k, which pytorch-metric-learning has for k = 1 only, are worked out here from a full sort.
"""

import itertools
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
def by_library(x, label, distance, include, k, q, g, same):
    """What pytorch-metric-learning makes of rows x with labels; q and g are masks of queries and gallery."""
    calculator = AccuracyCalculator(include=include, k=k, device=torch.device("cpu"), knn_func=CustomKNN(distance))
    t = torch.from_numpy
    if same:
        return calculator.get_accuracy(t(x), t(label))
    return calculator.get_accuracy(t(x[q]), t(label[q]), t(x[g]), t(label[g]), ref_includes_query=False)


def judge(name, x, label, metric, queries, gallery, ks=(1, 5, 10), rename=0):
    """Labels of -1 are none; queries and gallery are masks of rows. rename is added to what we are given as labels."""
    distance = CosineSimilarity() if metric == "cosine" else LpDistance(normalize_embeddings=False)
    q, g = queries & (label >= 0), gallery
    # A row without a label is a label of its own to the library: it can be found, and is nobody's positive.
    own = np.where(label < 0, 1000 + np.arange(len(label)), label)
    same = bool((queries == gallery).all()) and bool((label >= 0).all())
    assert same or not (q & g).any()
    most = min(ks[-1], int(g.sum()) - same)
    at_r = ("precision_at_1", "r_precision", "mean_average_precision_at_r")
    at_k = ("precision_at_1", "mean_average_precision", "mean_reciprocal_rank")  # without the first it looks for no neighbours
    pml = by_library(x, own, distance, at_r, "max_bin_count", q, g, same) | by_library(x, own, distance, at_k, most, q, g, same)
    y = x.astype(np.float64)
    if metric == "cosine":
        y /= np.linalg.norm(y, axis=1, keepdims=True)
    per = {f"{m}@{k}": [] for m in ("recall", "precision") for k in ks} | {f"ndcg@{ks[-1]}": [], "average": []}
    for i in np.flatnonzero(queries):
        others = np.flatnonzero(g & (np.arange(len(x)) != i))
        if label[i] < 0 or not (label[others] == label[i]).any():
            continue
        away = ((y[others] - y[i]) ** 2).sum(1)
        positive = label[others] == label[i]
        hit = positive[np.argsort(away, kind="stable")]
        for k in ks:
            per[f"recall@{k}"].append(float(hit[:k].any()))
            per[f"precision@{k}"].append(hit[:k].sum() / k)
        if len(others) > 1:
            per[f"ndcg@{ks[-1]}"].append(metrics.ndcg_score([positive], [-away], k=most))
        per["average"].append(metrics.average_precision_score(positive, -away))
    out = {m: float(np.mean(v)) for m, v in per.items()}
    assert abs(out["recall@1"] - pml["precision_at_1"]) < 1e-7
    average = out.pop("average")
    if most == int(g.sum()) - same:  # the whole gallery: plain average precision
        assert abs(average - pml["mean_average_precision"]) < 1e-7
    out |= {"r_precision": pml["r_precision"], "map@r": pml["mean_average_precision_at_r"],
            f"map@{ks[-1]}": pml["mean_average_precision"], f"mrr@{ks[-1]}": pml["mean_reciprocal_rank"]}
    scored = len(per["recall@1"])
    case = {
        "name": name, "metric": metric, "dim": x.shape[1], "k": list(ks), "data": x.ravel().tolist(),
        "labels": np.where(label < 0, -1, label + rename).tolist(), "queries": queries.tolist(), "gallery": gallery.tolist(),
        "scored": scored, "skipped": int(queries.sum()) - scored, "values": {k: float(v) for k, v in out.items()},
    }
    if rename:  # the library takes labels as float32, where those of such size run together
        case["merged"] = by_library(x, own + rename, distance, ("r_precision",), "max_bin_count", q, g, same)["r_precision"]
    return case


def tied():
    """A few rows with many equal distances: the mean of each measure over all orders that ties can have, by listing them."""
    x = np.array([0, 0, 0, 1, 1, 1, 1, 3, 3], np.float32)[:, None]
    label = np.array([0, 1, 2, 0, 1, 1, 2, 0, 2])
    k = 5
    names = [f"recall@{k}", f"precision@{k}", "r_precision", "map@r", f"map@{k}", f"mrr@{k}", f"ndcg@{k}"]
    rows = []
    for i in range(len(x)):
        others = np.flatnonzero(np.arange(len(x)) != i)
        away, positive = np.abs(x[others, 0] - x[i, 0]), label[others] == label[i]
        ties = [np.flatnonzero(away == d) for d in np.unique(away)]
        r, sums, n = positive.sum(), np.zeros(len(names)), 0
        for order in itertools.product(*(itertools.permutations(t) for t in ties)):
            hit = positive[list(itertools.chain(*order))]
            rank = np.arange(1, len(hit) + 1)
            average = np.cumsum(hit * np.cumsum(hit) / rank) / r
            gain = (hit / np.log2(rank + 1))[:k].sum() / (1 / np.log2(rank + 1))[:min(k, r)].sum()
            first = rank[hit].min()
            sums += [hit[:k].any(), hit[:k].mean(), hit[:r].mean(), average[r - 1], average[k - 1], (first <= k) / first, gain]
            n += 1
        rows.append(sums / n)
        assert abs(rows[-1][-1] - metrics.ndcg_score([positive], [-away], k=k)) < 1e-12  # scikit-learn's is the mean over ties
    return {"k": k, "data": x.ravel().tolist(), "labels": label.tolist(), "values": dict(zip(names, np.mean(rows, axis=0).tolist()))}


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
        judge("the whole gallery", x, label, "cosine", every, every, ks=(1, 1000)),
        judge("labels beyond 2^24", x, label, "l2", every, every, rename=2**24),
        judge("labels beyond 2^53", x, label, "l2", every, every, rename=2**53),
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
    "tied": tied(),
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
