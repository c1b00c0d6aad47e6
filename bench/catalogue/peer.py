"""Makes the catalogue that `pipe run --only photos` makes, as one would write it in Python: every annotation parsed, checked
and matched with its photo, whose size is read from its header and whose bytes are digested; a row per photo; one Parquet file.

    python peer.py ROOT PROCESSES OUT.parquet        (orjson, pyarrow)
"""

import hashlib
import multiprocessing
import os
import struct
import sys

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

LEVELS = ("scale", "occlusion", "zoom_in", "viewpoint")


def size(data):
    """Width and height of a JPEG."""
    at = 2
    while True:
        marker, length = struct.unpack(">HH", data[at:at + 4])
        if 0xFFC0 <= marker <= 0xFFC2:
            height, width = struct.unpack(">HH", data[at + 5:at + 9])
            return width, height
        at += 2 + length


def row(name):
    stem = name[:-4]
    with open(f"{root}/train/image/{name}", "rb") as f:
        data = f.read()
    with open(f"{root}/train/annos/{stem}.json", "rb") as f:
        a = orjson.loads(f.read())
    width, height = size(data)
    assert a["source"] in ("user", "shop") and a["pair_id"] >= 0
    best, polygons, number = None, [], 0
    for key, item in a.items():
        if not key.startswith("item"):
            continue
        x1, y1, x2, y2 = item["bounding_box"]
        assert x1 < x2 and y1 < y2 and x1 < width and y1 < height and x2 > 0 and y2 > 0
        assert 1 <= item["category_id"] <= 13 and item["style"] >= 0 and all(1 <= item[k] <= 3 for k in LEVELS)
        box = [max(x1, 0), max(y1, 0), min(x2, width), min(y2, height)]
        area = (box[2] - box[0]) * (box[3] - box[1])
        for p in item["segmentation"]:
            assert len(p) >= 6 and len(p) % 2 == 0
        polygons += item["segmentation"]
        if best is None or area > best[0]:
            best, number = (area, item, box), int(key[4:])
    _, item, box = best
    path = f"train/image/{name}"
    return {"id": path, "path": path, "split": "train", "source": a["source"], "category": item["category_name"],
            "category_id": item["category_id"], "pair_id": a["pair_id"], "style": item["style"], "item": number,
            **{k: item[k] for k in LEVELS}, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data), "box": box,
            "polygons": polygons}


SCHEMA = pa.schema(
    [(k, pa.string()) for k in ("id", "path", "split", "source", "category")]
    + [("category_id", pa.int32()), ("pair_id", pa.int64())]
    + [(k, pa.int32()) for k in ("style", "item", *LEVELS)]
    + [("sha256", pa.string()), ("bytes", pa.int64()), ("box", pa.list_(pa.float32())), ("polygons", pa.list_(pa.list_(pa.float32())))])


def table(names):
    """A part of the catalogue, as the bytes of Arrow: rows are not sent between processes one by one."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, SCHEMA) as w:
        w.write_table(pa.Table.from_pylist([row(n) for n in names], SCHEMA))
    return sink.getvalue().to_pybytes()


if __name__ == "__main__":
    root, processes, out = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    names = sorted(os.listdir(f"{root}/train/image"))
    parts = [names[i:i + 2000] for i in range(0, len(names), 2000)]
    with multiprocessing.get_context("fork").Pool(processes) as pool, pq.ParquetWriter(out, SCHEMA, compression="zstd") as w:
        for part in pool.imap(table, parts):
            w.write_table(pa.ipc.open_stream(part).read_all())
