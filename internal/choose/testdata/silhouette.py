"""Makes silhouette.json: scikit-learn's silhouette_score of its own k-means for each candidate k.

    python silhouette.py > silhouette.json        (numpy, scikit-learn)
"""

import json
import sys

import numpy as np
import sklearn
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score

rng = np.random.default_rng(5)
centres = rng.normal(size=(4, 3)) * 6
x = (np.round((centres[rng.integers(4, size=90)] + rng.normal(size=(90, 3))) * 64) / 64).astype(np.float32)
candidates = []
for k in (2, 3, 4, 5, 8):
    labels = KMeans(k, n_init=5, random_state=0).fit_predict(x)
    candidates.append({"k": k, "labels": labels.tolist(), "silhouette": float(silhouette_score(x.astype(float), labels))})
json.dump({"made_by": f"scikit-learn {sklearn.__version__}", "dim": 3, "data": x.astype(float).ravel().tolist(), "candidates": candidates},
          sys.stdout)
