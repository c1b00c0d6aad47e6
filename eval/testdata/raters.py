"""Golden values of agreement among judges and of shares: scikit-learn, the package krippendorff, SciPy.

    pip install scikit-learn krippendorff scipy && python raters.py > raters.json
"""
import json
import random

import krippendorff
import numpy as np
from scipy.stats import binomtest
from sklearn.metrics import cohen_kappa_score

draw = random.Random(7)
kappas = []
for n in (3, 10, 50):
    for agree in (0.0, 0.4, 0.9):
        a = [draw.randrange(3) for _ in range(n)]
        b = [x if draw.random() < agree else draw.randrange(3) for x in a]
        kappas.append({"a": a, "b": b, "kappa": float(cohen_kappa_score(a, b))})

alphas = []
for judges in (2, 3, 6):
    for agree in (0.2, 0.8):
        for missing in (0.0, 0.4):
            units = []
            for _ in range(20):
                right = draw.randrange(3)
                row = [right if draw.random() < agree else draw.randrange(3) for _ in range(judges)]
                units.append([x for x in row if draw.random() >= missing])
            data = [[(u + [np.nan] * judges)[j] for u in units] for j in range(judges)]
            alphas.append({"units": units, "alpha": float(krippendorff.alpha(data, level_of_measurement="nominal"))})

shares = []
for won, n in ((0, 1), (1, 1), (3, 10), (30, 41), (50, 50), (512, 1000)):
    ci = binomtest(won, n).proportion_ci(0.95, method="wilson")
    shares.append({"won": won, "n": n, "low": ci.low, "high": ci.high, "p": binomtest(won, n).pvalue})

print(json.dumps({"kappas": kappas, "alphas": alphas, "shares": shares}))
