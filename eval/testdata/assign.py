"""Makes assign.json: optimal pairings by scipy.optimize.linear_sum_assignment.

    python assign.py > assign.json        (numpy, scipy)
"""

import json
import sys

import numpy as np
from scipy.optimize import linear_sum_assignment

rng = np.random.default_rng(11)
cases = []
for rows, cols, most in [(1, 1, 9), (3, 3, 1000), (8, 8, 100000), (5, 12, 100000), (12, 5, 100000), (20, 20, 3), (30, 25, 100000), (7, 7, 1)]:
    w = rng.integers(0, most, (rows, cols), endpoint=True)
    r, c = linear_sum_assignment(w, maximize=True)
    cases.append({"rows": rows, "cols": cols, "weights": w.ravel().tolist(), "total": int(w[r, c].sum()),
                  "unique": most >= 1000, "columns": [int(dict(zip(r, c)).get(i, -1)) for i in range(rows)]})
json.dump(cases, sys.stdout)
