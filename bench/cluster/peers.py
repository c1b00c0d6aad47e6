"""One turn of a peer: reads the rows, times both tasks, prints them as JSON. Run by main.go."""

import json
import sys
import time

import numpy as np

program, file = sys.argv[1:3]
rows, dim, clusters, iterations, neighbours, threads = map(int, sys.argv[3:])
x = np.fromfile(file, np.float32).reshape(rows, dim)
start = np.ascontiguousarray(x[:clusters])


def inertia(centres):
    c = centres.astype(np.float64)
    total = 0.0
    for i in range(0, rows, 1000):
        part = x[i : i + 1000].astype(np.float64)
        d = (part**2).sum(1)[:, None] - 2 * part @ c.T + (c**2).sum(1)
        total += d.min(1).sum()
    return total


if program == "scikit-learn":
    from sklearn.cluster import KMeans
    from sklearn.neighbors import NearestNeighbors

    t0 = time.perf_counter()
    model = KMeans(clusters, init=start, n_init=1, max_iter=iterations, tol=0, algorithm="lloyd").fit(x)
    centres, done = model.cluster_centers_, model.n_iter_
    t1 = time.perf_counter()
    # with no rows given, a row is not its own neighbour
    near = NearestNeighbors(n_neighbors=neighbours, algorithm="brute", metric="euclidean").fit(x).kneighbors()[0]
    t2 = time.perf_counter()
else:
    import faiss

    faiss.omp_set_num_threads(threads)
    t0 = time.perf_counter()
    k = faiss.Kmeans(dim, clusters, niter=iterations, nredo=1, max_points_per_centroid=rows)
    k.train(x, init_centroids=start)
    centres, done = k.centroids, iterations
    t1 = time.perf_counter()
    index = faiss.IndexFlatL2(dim)
    index.add(x)
    near = np.sqrt(index.search(x, neighbours + 1)[0][:, 1:])  # the first is the row itself
    t2 = time.perf_counter()

json.dump({"seconds": {"kmeans": t1 - t0, "neighbours": t2 - t1}, "iterations": done, "inertia": inertia(centres),
           "distances": float(near.astype(np.float64).sum())}, sys.stdout)
