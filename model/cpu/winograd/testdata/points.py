"""Error of F(4x4,3x3) and F(3x3,4x4) in float32 by the transforms' points 0, ±a, ±b, ∞: which a and b to take.

Prints, in 1e-7 of the results' root mean square, root mean square and largest error of both, best product of the two
first. Needs numpy.   python3 points.py
"""

import numpy as np


def matrices(points, m, r):
    """Aᵀ, G, Bᵀ of the Cook-Toom algorithm with the point ∞ besides (Blahut, Fast Algorithms for Signal Processing)."""
    n = m + r - 1
    a, g, b = np.zeros((n, m)), np.zeros((n, r)), np.zeros((n, n))
    for i, p in enumerate(points):
        others = [q for j, q in enumerate(points) if j != i]
        a[i] = [p**k for k in range(m)]
        g[i] = [p**k / np.prod([p - q for q in others]) for k in range(r)]
        b[i, : n - 1] = np.poly(others)[::-1]
    a[n - 1, m - 1] = g[n - 1, r - 1] = 1
    b[n - 1] = np.poly(points)[::-1]
    return a.T, g, b


def error(points, m, r, channels=64, tiles=600):
    rng = np.random.default_rng(0)
    at, g, bt = matrices(points, m, r)
    n, at, bt = m + r - 1, at.astype(np.float32), bt.astype(np.float32)
    total, want = np.zeros((tiles, n, n), np.float32), np.zeros((tiles, m, m))
    for _ in range(channels):
        d = rng.standard_normal((tiles, n, n)).astype(np.float32)
        w = rng.standard_normal((r, r)).astype(np.float32)
        total += ((bt @ d) @ bt.T) * (g @ w.astype(float) @ g.T).astype(np.float32)
        for i in range(m):
            for j in range(m):
                want[:, i, j] += np.einsum("tab,ab->t", d[:, i : i + r, j : j + r].astype(float), w.astype(float))
    difference, unit = (at @ total) @ at.T - want, 1e-7 * np.sqrt((want**2).mean())
    return np.sqrt((difference**2).mean()) / unit, abs(difference).max() / unit


rows = []
for a in (0.5, 0.5625, 0.625, 0.6875, 0.75, 1):
    for b in (1.25, 1.375, 1.5, 1.625, 1.75, 2):
        points = [0, a, -a, b, -b]
        forward, gradient = error(points, 4, 3), error(points, 3, 4)
        rows.append((forward[0] * gradient[0], a, b, forward, gradient))
for _, a, b, forward, gradient in sorted(rows):
    print("a %.4f b %.4f   F(4,3) %5.1f %6.1f   F(3,4) %5.1f %6.1f" % (a, b, *forward, *gradient))
