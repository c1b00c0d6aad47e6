"""Makes gallery.json: what queries reach in a gallery of other photos, by pytorch-metric-learning, scikit-learn and SciPy.

    python gallery.py > gallery.json        (numpy, scipy, scikit-learn, torch, pytorch-metric-learning)

recall@k and precision@k, which pytorch-metric-learning has for k = 1 only, are worked out here from a full sort. A query that is in
the gallery too has a gallery of its own, without that row.
"""

import json

import numpy as np
import pytorch_metric_learning
import sklearn
import torch
from pytorch_metric_learning.distances import CosineSimilarity, LpDistance
from pytorch_metric_learning.utils.accuracy_calculator import AccuracyCalculator
from pytorch_metric_learning.utils.inference import CustomKNN
from scipy.stats import hypergeom
from sklearn import metrics
from sklearn.neighbors import KNeighborsClassifier

rng = np.random.default_rng(11)
KS = (1, 5, 10)


def by_library(distance, include, k, query, label, rows, labels):
    calculator = AccuracyCalculator(include=include, k=k, device=torch.device("cpu"), knn_func=CustomKNN(distance))
    t = torch.from_numpy
    return calculator.get_accuracy(t(query[None]), t(np.array([label])), t(rows), t(labels), ref_includes_query=False)


def one(metric, query, label, rows, labels):
    """Every measure of one query, and the chance level of those that SciPy knows."""
    distance = CosineSimilarity() if metric == "cosine" else LpDistance(normalize_embeddings=False)
    at_r = by_library(distance, ("precision_at_1", "r_precision", "mean_average_precision_at_r"), "max_bin_count", query, label, rows, labels)
    at_k = by_library(distance, ("precision_at_1", "mean_average_precision", "mean_reciprocal_rank"), KS[-1], query, label, rows, labels)
    a, b = query.astype(np.float64), rows.astype(np.float64)
    if metric == "cosine":
        a, b = a / np.linalg.norm(a), b / np.linalg.norm(b, axis=1, keepdims=True)
    away, positive = ((b - a) ** 2).sum(1), labels == label
    hit = positive[np.argsort(away, kind="stable")]
    assert hit[0] == at_r["precision_at_1"]
    n, r = len(hit), int(positive.sum())
    values = {f"recall@{k}": float(hit[:k].any()) for k in KS} | {f"precision@{k}": hit[:k].mean() for k in KS}
    values |= {"r_precision": at_r["r_precision"], "map@r": at_r["mean_average_precision_at_r"],
               f"map@{KS[-1]}": at_k["mean_average_precision"], f"mrr@{KS[-1]}": at_k["mean_reciprocal_rank"],
               f"ndcg@{KS[-1]}": metrics.ndcg_score([positive], [-away], k=KS[-1])}
    chance = {f"recall@{k}": 1 - hypergeom(n, r, k).pmf(0) for k in KS} | {f"precision@{k}": hypergeom(n, r, k).mean() / k for k in KS}
    return values, chance | {"r_precision": hypergeom(n, r, r).mean() / r}


def judge(name, metric, ids, x, label, gallery_ids, y, labels):
    """Labels of -1 are none."""
    own = np.where(labels < 0, 1000 + np.arange(len(labels)), labels)  # found, and nobody's positive
    rows = []
    for i in range(len(x)):
        keep = gallery_ids != ids[i]
        if label[i] >= 0 and (own[keep] == label[i]).any():
            rows.append(one(metric, x[i], label[i], y[keep], own[keep]))
    mean = lambda dicts: {m: float(np.mean([d[m] for d in dicts])) for m in dicts[0]}
    case = {"name": name, "metric": metric, "dim": x.shape[1], "k": list(KS), "scored": len(rows), "skipped": len(x) - len(rows),
            "queries": {"ids": ids.tolist(), "labels": label.tolist(), "data": x.ravel().tolist()},
            "gallery": {"ids": gallery_ids.tolist(), "labels": labels.tolist(), "data": y.ravel().tolist()},
            "values": mean([v for v, _ in rows]), "chance": mean([c for _, c in rows])}
    if not np.isin(ids, gallery_ids).any():
        knn = KNeighborsClassifier(1, metric="cosine" if metric == "cosine" else "euclidean").fit(y, own)
        case["knn"] = knn.score(x, label)  # of all queries: one whose class the gallery lacks is wrong
    return case


def cases():
    n, m = 40, 70
    centre = rng.normal(size=(12, 5))
    label, labels = rng.integers(0, 12, n), rng.integers(0, 9, m)  # three classes are not in the gallery
    draw = lambda of: np.round(centre[of] + rng.normal(size=(len(of), 5)), 3).astype(np.float32)
    x, y = draw(label), draw(labels)
    ids, gallery_ids = np.array([f"q{i}" for i in range(n)]), np.array([f"g{i}" for i in range(m)])
    some, others = np.where(rng.random(n) < 0.15, -1, label), np.where(rng.random(m) < 0.15, -1, labels)
    # every second query is in the gallery too, in another order
    at = rng.permutation(m)[: n // 2]
    shared_ids, shared_y, shared_labels = gallery_ids.copy(), y.copy(), labels.copy()
    shared_ids[at], shared_y[at], shared_labels[at] = ids[::2], x[::2], label[::2]
    return [
        judge("cosine", "cosine", ids, x, label, gallery_ids, y, labels),
        judge("l2", "l2", ids, x, label, gallery_ids, y, labels),
        judge("rows without a label", "cosine", ids, x, some, gallery_ids, y, others),
        judge("queries in the gallery", "l2", ids, x, label, shared_ids, shared_y, shared_labels),
    ]


print(json.dumps({"made_by": f"pytorch-metric-learning {pytorch_metric_learning.__version__}, scikit-learn {sklearn.__version__}, torch {torch.__version__}, numpy {np.__version__}",
                  "cases": cases()}))
