"""Golden values of stats_test.go, by scipy: python golden.py > golden.json"""
import json
import numpy as np
from scipy import stats

samples = {
    "close": ([0.612, 0.598, 0.631], [0.601, 0.610, 0.589]),
    "apart": ([0.70, 0.71, 0.72, 0.69, 0.705], [0.60, 0.55, 0.65]),
    "uneven": ([0.31, 0.35], [0.3, 0.301, 0.302, 0.299, 0.3, 0.3005]),
    "small": ([1e-6, 2e-6, 4e-6], [3e-6, 5e-6, 9e-6]),
}
out = []
for name, (a, b) in samples.items():
    t = stats.ttest_ind(a, b, equal_var=False)
    low, high = t.confidence_interval(0.95)
    n = len(a)
    mean, sd = np.mean(a), np.std(a, ddof=1)
    lo, hi = stats.t.interval(0.95, n - 1, loc=mean, scale=sd / np.sqrt(n))
    out.append(dict(name=name, a=a, b=b, mean=mean, sd=sd, low=lo, high=hi, difference=mean - np.mean(b), p=t.pvalue,
                    difference_low=low, difference_high=high))
print(json.dumps(out, indent=1))
