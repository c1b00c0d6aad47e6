"""Makes golden.json: generated truths and results of consumer-to-shop retrieval, scored by DeepFashion2's official script.

    python golden.py deepfashion2_retrieval_test.py > golden.json     (numpy, pycocotools)

The script is deepfashion2_api/PythonAPI/deepfashion2_retrieval_test.py of https://github.com/switchablenorms/DeepFashion2.
It is of Python 2 with blank paths and a misspelt name; those are changed in the text before it runs, nothing else. What it
breaks on is made up for in the files that it is given: short results are filled up to 20 with items of a photo that there
isn't, and garments that the gallery lacks get an item in a photo that no result has.
"""

import contextlib
import io
import json
import os
import re
import sys
import tempfile

import numpy as np

rng = np.random.default_rng(11)
NOWHERE = 999_999


def official(text, queries, gallery, results):
    """The five accuracies that the script prints, and its count of queries that no result stands for."""
    have = {(g["pair_id"], g["style"]) for g in gallery}
    lacking = {(q["pair_id"], q["style"]) for q in queries if q["style"] > 0} - have
    gallery = gallery + [{"gallery_image_id": NOWHERE + 1, "style": s, "pair_id": p, "bbox": [0, 0, 1, 1]} for p, s in sorted(lacking)]
    filled = []
    for r in results:
        n = max(0, 20 - len(r["gallery_image_id"]))
        filled.append(r | {"gallery_image_id": (r["gallery_image_id"] + [NOWHERE] * n)[:20],
                           "gallery_bbox": (r["gallery_bbox"] + [[0, 0, 1, 1]] * n)[:20]})
    with tempfile.TemporaryDirectory() as folder:
        for name, value in [("results", filled), ("query", queries), ("gallery", gallery)]:
            path = os.path.join(folder, name)
            with open(path, "w") as f:
                json.dump(value, f)
            text = re.sub(rf"^{name}_name = .*$", f"{name}_name = {path!r}", text, flags=re.M)
        text = text.replace("gellery_box)", "gallery_box)")
        text = re.sub(r"^print (.*)$", r"print(\1)", text, flags=re.M)
        out, names = io.StringIO(), {}
        with contextlib.redirect_stdout(out):
            exec(compile(text, "official", "exec"), names)
    return [float(v) for v in out.getvalue().split()[1::2]], names["miss_num"]


def box(wide=200):
    x, y, w, h = rng.uniform(0, 200, 2).round(3).tolist() + rng.uniform(40, wide, 2).round(3).tolist()
    return [x, y, round(x + w, 3), round(y + h, 3)]


def moved(b, by):
    return [round(v + d, 3) for v, d in zip(b, rng.normal(0, by, 4))]


def case(text, name, photos=30, items=3, styles=3, length=20, drop=0.1, wrong=0.15, shift=25, extra=1.0, lacking=False):
    queries, gallery = [], []
    for i in range(photos):
        pair = 1 + i // 2
        for _ in range(rng.integers(1, items + 1)):
            q = {"query_image_id": i + 1, "style": int(rng.integers(0, styles)), "cls": int(rng.integers(1, 14)), "pair_id": pair, "bbox": box()}
            if rng.random() < 0.2 and queries and queries[-1]["query_image_id"] == i + 1:
                q["bbox"] = queries[-1]["bbox"]  # two items of one box: results belong to the first
            queries.append(q)
    wanted = sorted({(q["pair_id"], q["style"]) for q in queries})
    for pair, style in wanted:
        if lacking and rng.random() < 0.2:
            continue
        for _ in range(rng.integers(1, 4)):
            image = 1000 + 10 * pair + int(rng.integers(0, 4))
            gallery += [{"gallery_image_id": image, "style": style, "pair_id": pair, "bbox": box()}]
    results = []
    for q in queries:
        if rng.random() < drop:
            continue
        for _ in range(1 + rng.poisson(extra)):
            b = moved(q["bbox"], shift)
            if rng.random() < 0.1:
                b = [5000, 5000, 5010, 5010]  # overlaps nothing
            cls = q["cls"] if rng.random() > wrong else int(rng.integers(1, 14))
            near = [g for g in gallery if g["pair_id"] == q["pair_id"]]
            n = length if isinstance(length, int) else int(rng.integers(*length))
            found = []
            for _ in range(n):
                g = near[rng.integers(len(near))] if near and rng.random() < 0.2 else gallery[rng.integers(len(gallery))]
                found.append((g["gallery_image_id"], moved(g["bbox"], shift)))
            results.append({
                "query_image_id": q["query_image_id"], "query_bbox": b, "query_cls": cls, "query_score": float(rng.integers(1, 5)) / 4,
                "gallery_image_id": [f[0] for f in found], "gallery_bbox": [f[1] for f in found]})
    order = rng.permutation(len(results))
    results = [results[i] for i in order]
    results.append({"query_image_id": 7777, "query_bbox": box(), "query_cls": 1, "query_score": 1.0,
                    "gallery_image_id": results[0]["gallery_image_id"], "gallery_bbox": results[0]["gallery_bbox"]})  # of no photo
    accuracy, missed = official(text, queries, gallery, results)
    return {"name": name, "queries": queries, "gallery": gallery, "results": results, "accuracy": accuracy, "missed": missed}


def half(text):
    """Overlaps of exactly one half, and a hair below."""
    queries, gallery, results = [], [], []
    for i, part in enumerate([50, 49.999, 50.001, 50]):
        b = [0.1, 0.2, 100.1, 100.2] if i < 3 else [0, 0, 100, 100]
        queries.append({"query_image_id": i + 1, "style": 1, "cls": 1, "pair_id": i + 1, "bbox": b})
        gallery.append({"gallery_image_id": 100 + i, "style": 1, "pair_id": i + 1, "bbox": b})
        results.append({"query_image_id": i + 1, "query_bbox": b, "query_cls": 1, "query_score": 1.0,
                        "gallery_image_id": [100 + i], "gallery_bbox": [[b[0], b[1], b[0] + part, b[3]]]})
    accuracy, missed = official(text, queries, gallery, results)
    return {"name": "one half", "queries": queries, "gallery": gallery, "results": results, "accuracy": accuracy, "missed": missed}


if __name__ == "__main__":
    with open(sys.argv[1]) as f:
        script = f.read()
    cases = [
        case(script, "one item a photo, one result each", photos=12, items=1, styles=2, extra=0, drop=0, wrong=0, shift=5, length=20),
        case(script, "several of all", photos=10),
        case(script, "short results", photos=10, length=(1, 12)),
        case(script, "garments that the gallery lacks", photos=10, length=(1, 12), lacking=True),
        case(script, "more than 20 found", photos=6, length=(21, 26)),
        case(script, "most are missed", photos=12, drop=0.5, wrong=0.4, shift=8, length=(1, 12)),
        half(script),
    ]
    json.dump({"made_by": f"the official script, numpy {np.__version__}", "cases": cases}, sys.stdout, separators=(",", ":"))
