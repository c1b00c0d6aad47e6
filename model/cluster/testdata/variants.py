"""Makes variants.json: golden values of the kinds of k-means beside Lloyd's and of mean shift beside the flat kernel.

    python variants.py > variants.json        (numpy, scikit-learn)

Mini-batch steps and the inertias that ours are held to come from scikit-learn. Spherical k-means, the Gaussian kernel and
blurring are written out here from their papers' formulas: scikit-learn has none of them.
"""

import json
import sys

import numpy as np
import sklearn
from sklearn.cluster import KMeans, MiniBatchKMeans

rng = np.random.default_rng(11)


def blobs(n, dim, k, spread):
    centres = rng.normal(size=(k, dim)) * 5
    x = centres[rng.integers(k, size=n)] + rng.normal(size=(n, dim)) * spread
    return np.round(x * 64) / 64  # a float32 holds it


def flat(x):
    return [float(f"{v:.12g}") for v in np.asarray(x, float).ravel()]


def steps(name, start, batches):
    """MiniBatchKMeans, fed with given batches and without reassignment, which is drawn."""
    x = data[name]
    m = MiniBatchKMeans(len(start), init=x[start], n_init=1, reassignment_ratio=0)
    for b in batches:
        m.partial_fit(x[b])
    return {"data": name, "start": start, "batches": [b.tolist() for b in batches],
            "centres": flat(m.cluster_centers_), "counts": m._counts.tolist()}


def inertias(name, k, tol, max_iter, starts=8):
    """From each start: of Lloyd's algorithm by scikit-learn, which decides in float64 here."""
    x, cases = data[name], []
    for _ in range(starts):
        start = rng.choice(len(x), k, replace=False)
        m = KMeans(k, init=x[start], n_init=1, tol=tol, max_iter=max_iter, algorithm="lloyd").fit(x)
        cases.append({"start": start.tolist(), "inertia": m.inertia_, "iterations": m.n_iter_})
    return {"data": name, "tol": tol, "max_iter": max_iter, "cases": cases}


def spherical(name, rows, iterations=100):
    """Dhillon & Modha 2001, section 3: rows to the concept vector of the largest cosine, which is then the direction of
    their sum, until no row changes."""
    x = data[name]
    start = x[rows]
    u = x / np.linalg.norm(x, axis=1, keepdims=True)
    c = start / np.linalg.norm(start, axis=1, keepdims=True)
    labels = None
    for _ in range(iterations):
        new = (u @ c.T).argmax(1)
        if labels is not None and (new == labels).all():
            break
        labels = new
        sums = np.stack([u[labels == j].sum(0) for j in range(len(c))])
        c = sums / np.linalg.norm(sums, axis=1, keepdims=True)
    return {"data": name, "start": rows, "labels": labels.tolist(), "centres": flat(c),
            "cosines": float((u * c[labels]).sum())}


def weights(squared, h, gaussian):
    return np.exp(-squared / (2 * h * h)) if gaussian else (squared <= h * h).astype(float)


def squares(a, b):
    return ((a[:, None] - b[None]) ** 2).sum(-1)


def shift(name, h, gaussian, blurring, tol=1e-3, max_iter=300):
    """Cheng 1995: places move to the kernel's mean of the rows around them, where rows stay, or are the places themselves
    (blurring). Ends when no place moves by more than tol x h; rows belong together whose places are within h/2."""
    x = data[name]
    at = x.copy()
    iterations = 0
    while iterations < max_iter:
        w = weights(squares(at, at if blurring else x), h, gaussian)
        to = w @ (at if blurring else x) / w.sum(1, keepdims=True)
        moved = np.sqrt(((to - at) ** 2).sum(1)).max()
        at, iterations = to, iterations + 1
        if moved <= tol * h:
            break
    labels = np.full(len(x), -1)
    for i in range(len(x)):  # places are far nearer to each other than h/2, or far farther: no order matters
        if labels[i] < 0:
            labels[(np.sqrt(squares(at[i : i + 1], at)[0]) <= h / 2) & (labels < 0)] = labels.max() + 1
    return {"data": name, "bandwidth": h, "gaussian": gaussian, "blurring": blurring,
            "labels": labels.tolist(), "places": flat(at), "iterations": iterations}


data = {"clusters": blobs(200, 4, 6, 2.0), "few": blobs(120, 3, 4, 1.0), "one": blobs(150, 8, 1, 1.0)}
json.dump({
    "made_by": f"scikit-learn {sklearn.__version__}, numpy {np.__version__}",
    "data": {name: {"dim": x.shape[1], "rows": flat(x)} for name, x in data.items()},
    "minibatch": steps("clusters", list(range(8)), [np.sort(rng.choice(200, 40, replace=False)) for _ in range(12)]),
    "inertias": [inertias("clusters", 6, 1e-4, 300), inertias("clusters", 40, 1e-4, 300), inertias("one", 10, 1e-4, 300),
                 inertias("clusters", 12, 0, 3)],
    "spherical": [spherical("few", list(range(5))), spherical("clusters", list(range(10, 22)))],
    "meanshift": [shift("few", h, gaussian, blurring)
                  for blurring in (False, True) for gaussian, h in ((True, 1.0), (True, 2.0), (False, 3.0))],
}, sys.stdout)
