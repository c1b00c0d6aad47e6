#!/usr/bin/env python3
"""Makes golden.json: scikit-learn's PCA. Run with scikit-learn 1.5 or newer (its signs follow the components):

  python golden.py > golden.json

The vectors are written as pca_test.go has them, by a formula.
"""
import json
import sys

import numpy as np
from sklearn.decomposition import PCA

MASK = 0xFFFFFFFF


def vectors(n, d):
    h = (np.arange(n * d, dtype=np.int64) * 2654435761 + 12345) & MASK
    h = ((h ^ (h >> 16)) * 0x45D9F3B) & MASK
    u = ((h ^ (h >> 16)) / 2**32 - 0.5).reshape(n, d)
    return (u / (1 + np.arange(d)) + 0.3 * u[:, :1]).astype(np.float32)


def case(n, d, k):
    x = vectors(n, d).astype(np.float64)
    p = PCA(k, svd_solver="full").fit(x)
    y = p.transform(x)
    return {"n": n, "d": d, "k": k, "share": float(p.explained_variance_ratio_.sum()),
            "rows": [[float("%.8g" % v) for v in r] for r in y[:6]]}


json.dump({"cases": [case(40, 7, 3), case(40, 7, 7), case(9, 30, 8), case(9, 30, 2)]}, sys.stdout, indent=0)
