"""Makes golden.json: what scikit-learn's KMeans, MeanShift and estimate_bandwidth give on small data.

    python golden.py > golden.json        (numpy, scikit-learn)
"""

import json
import sys

import numpy as np
import sklearn
from sklearn.cluster import KMeans, MeanShift, estimate_bandwidth, kmeans_plusplus

rng = np.random.default_rng(2)


def blobs(n, dim, k, spread):
    centres = rng.normal(size=(k, dim)) * 5
    x = centres[rng.integers(k, size=n)] + rng.normal(size=(n, dim)) * spread
    return np.round(x, 3).astype(np.float32)


def kmeans_case(name, x, init, tol=1e-4, max_iter=300):
    m = KMeans(len(init), init=np.array(init, np.float64), n_init=1, tol=tol, max_iter=max_iter, algorithm="lloyd")
    m.fit(x.astype(np.float64))
    return {
        "name": name, "dim": x.shape[1], "data": x.ravel().tolist(), "start": np.array(init, float).ravel().tolist(),
        "tol": tol, "max_iter": max_iter, "labels": m.labels_.tolist(), "centres": m.cluster_centers_.ravel().tolist(),
        "inertia": m.inertia_, "iterations": m.n_iter_,
    }


def meanshift_case(x, quantile):
    h = estimate_bandwidth(x.astype(np.float64), quantile=quantile)
    m = MeanShift(bandwidth=h).fit(x.astype(np.float64))
    return {
        "dim": x.shape[1], "data": x.ravel().tolist(), "quantile": quantile, "bandwidth": h,
        "labels": m.labels_.tolist(), "centres": m.cluster_centers_.ravel().tolist(),
    }


x = blobs(80, 3, 5, 2.0)
y = blobs(60, 4, 3, 0.5)
far = np.vstack([y[:3], np.full((2, 4), 90.0)])
best = {  # the typical inertia of greedy k-means++ starts with Lloyd after it, for the quality of ours
    "dim": 3, "data": x.ravel().tolist(), "k": 8,
    "inertias": sorted(KMeans(8, n_init=1, random_state=s).fit(x.astype(float)).inertia_ for s in range(40)),
    "start_inertias": sorted(
        float((((x[:, None].astype(float) - kmeans_plusplus(x.astype(float), 8, random_state=s)[0]) ** 2).sum(-1)).min(1).sum())
        for s in range(200)),
}
json.dump({
    "made_by": f"scikit-learn {sklearn.__version__}, numpy {np.__version__}",
    "kmeans": [
        kmeans_case("overlapping", x, x[:7]),
        kmeans_case("stopped by the limit", x, x[:7], max_iter=2),
        kmeans_case("stopped by the tolerance", x, x[:7], tol=0.5),
        kmeans_case("empty clusters", y, far),
    ],
    "starts": best,
    "meanshift": [meanshift_case(y, 0.3), meanshift_case(blobs(90, 2, 4, 0.4), 0.2)],
    "bandwidths": [{"quantile": q, "bandwidth": estimate_bandwidth(x.astype(float), quantile=q)} for q in (0.01, 0.1, 0.5, 1.0)],
}, sys.stdout)
