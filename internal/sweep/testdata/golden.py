"""Golden values of stats_test.go and tukey_test.go, by scipy and numpy: python golden.py > golden.json"""
import json
import numpy as np
from scipy import stats

samples = [[0.612, 0.598, 0.631], [0.70, 0.71, 0.72, 0.69, 0.705], [0.31, 0.35], [1e-6, 2e-6, 4e-6]]
means = []
for a in samples:
    n, mean, sd = len(a), np.mean(a), np.std(a, ddof=1)
    low, high = stats.t.interval(0.95, n - 1, loc=mean, scale=sd / np.sqrt(n))
    means.append(dict(values=a, mean=mean, sd=sd, low=low, high=high))

tails = [dict(q=q, m=m, df=df, p=stats.studentized_range.sf(q, m, df))
         for m in (2, 6, 10, 108) for df in (1, 3, 10, 36, 2000) for q in (0.01, 0.5, 2, 3.5, 5, 9, 40)]

# Rows with unequal seeds: Tukey and Kramer's test.
uneven = [[0.612, 0.605, 0.618], [0.601, 0.610, 0.589, 0.6], [0.55, 0.53, 0.59], [0.58, 0.5, 0.53, 0.56]]
k, df = len(uneven), sum(len(r) - 1 for r in uneven)
s2 = sum(np.var(r, ddof=1) * (len(r) - 1) for r in uneven) / df
hsd, p = stats.tukey_hsd(*uneven), []
for i, a in enumerate(uneven[1:]):
    b = uneven[0]
    pooled, own = s2 * (1 / len(a) + 1 / len(b)), np.var(a, ddof=1) / len(a) + np.var(b, ddof=1) / len(b)
    p.append(float(stats.studentized_range.sf(np.sqrt(2 / max(pooled, own)) * abs(np.mean(a) - np.mean(b)), k, df)))
    assert own > pooled or abs(p[i] - hsd.pvalue[i + 1][0]) < 1e-9
tests = [dict(blocked=False, rows=uneven, p=p)]

# The same seeds: residuals of randomized blocks.
same = np.array([[0.612, 0.598, 0.631, 0.60], [0.604, 0.590, 0.629, 0.585], [0.58, 0.575, 0.60, 0.571], [0.60, 0.55, 0.57, 0.52]])
k, n = same.shape
e = same - same.mean(1, keepdims=True) - same.mean(0, keepdims=True) + same.mean()
df = (k - 1) * (n - 1)
p = []
for i in range(1, k):
    d = same[i] - same[0]
    se = np.sqrt(max(2 * (e ** 2).sum() / df / n, d.var(ddof=1) / n))
    p.append(float(stats.studentized_range.sf(np.sqrt(2) * abs(d.mean()) / se, k, df)))
tests.append(dict(blocked=True, rows=same.tolist(), p=p))
signs = [dict(won=a, lost=b, p=stats.binomtest(a, a + b).pvalue) for a, b in ((0, 12), (8, 12), (3, 3), (450, 520))]
print(json.dumps(dict(means=means, tails=tails, tests=tests, signs=signs), indent=1))
