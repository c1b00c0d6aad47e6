"""One turn of a peer: reads the rows, times its tasks, prints them as JSON. Run by main.go."""

import json
import sys
import time

import numpy as np

program, folder = sys.argv[1:3]
bandwidth = float(sys.argv[3])
rows, dim, clusters, iterations, neighbours, walkers, groups, threads = map(int, sys.argv[4:])
x = np.fromfile(folder + "/rows", np.float32).reshape(rows, dim)
start = np.ascontiguousarray(x[:clusters])
seconds, modes, others = {}, None, {}


def timed(task, work):
    began = time.perf_counter()
    result = work()
    seconds[task] = time.perf_counter() - began
    return result


def inertia(centres):
    c = centres.astype(np.float64)
    total = 0.0
    for i in range(0, rows, 1000):
        part = x[i : i + 1000].astype(np.float64)
        d = (part**2).sum(1)[:, None] - 2 * part @ c.T + (c**2).sum(1)
        total += d.min(1).sum()
    return total


if program == "scikit-learn":
    from sklearn.cluster import KMeans, MeanShift, MiniBatchKMeans
    from sklearn.neighbors import NearestNeighbors
    from threadpoolctl import threadpool_limits

    with threadpool_limits(threads):
        model = timed("kmeans", lambda: KMeans(clusters, init=start, n_init=1, max_iter=iterations, tol=0, algorithm="lloyd").fit(x))
        centres, done = model.cluster_centers_, model.n_iter_
        elkan = timed("elkan", lambda: KMeans(clusters, init=start, n_init=1, max_iter=iterations, tol=0, algorithm="elkan").fit(x))
        mini = timed("minibatch", lambda: MiniBatchKMeans(groups, init=x[:groups], n_init=1, random_state=0).fit(x))
        others = {"elkan": inertia(elkan.cluster_centers_), "minibatch": inertia(mini.cluster_centers_)}
        # with no rows given, a row is not its own neighbour
        near = timed("neighbours", lambda: NearestNeighbors(n_neighbors=neighbours, algorithm="brute", metric="euclidean").fit(x).kneighbors()[0])
    if walkers:  # as many processes as threads; joblib sees to it that each has its share of the cores
        groups = np.fromfile(folder + "/groups", np.float32).reshape(walkers, dim)
        shift = timed("meanshift", lambda: MeanShift(bandwidth=bandwidth, bin_seeding=False, n_jobs=threads).fit(groups))
        modes = shift.cluster_centers_.astype(np.float64).ravel().tolist()
else:
    import faiss

    faiss.omp_set_num_threads(threads)
    model = faiss.Kmeans(dim, clusters, niter=iterations, nredo=1, min_points_per_centroid=1, max_points_per_centroid=rows)
    timed("kmeans", lambda: model.train(x, init_centroids=start))
    centres, done = model.centroids, len(model.obj)

    def search():
        index = faiss.IndexFlatL2(dim)
        index.add(x)
        return index.search(x, neighbours + 1)[0]

    near = np.sqrt(timed("neighbours", search)[:, 1:])  # the first is the row itself

json.dump({"seconds": seconds, "iterations": done, "inertia": {"kmeans": inertia(centres), **others},
           "distances": float(near.astype(np.float64).sum()), "modes": modes}, sys.stdout)
