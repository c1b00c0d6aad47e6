"""Reads every table below a folder with pyarrow and DuckDB (and safetensors, where installed), checks what the two must
agree on, and prints what it saw. Ends with 1 if a kind of file is missing or one can't be read.

    python formats/testdata/interop.py out/quickstart
"""

import json
import os
import pathlib
import sys
import zlib

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq


def arrow(path):
    with pa.memory_map(str(path)) as source:
        table = pa.ipc.open_file(source).read_all()
    table.validate(full=True)
    crc = 0
    spec = json.loads(table.schema.metadata[b"pipe"])["meta"]
    for name in ("whole", "cell"):
        if name not in table.column_names:
            continue
        column = table[name]
        side = spec["size"] if name == "whole" else spec["cell_size"]
        shape, names = [side, side, 3], ["height", "width", "channel"]
        if name == "cell" and "cells" in spec:  # several cells of each photo
            shape, names = [spec["cells"]] + shape, ["cell"] + names
        assert isinstance(column.type, pa.FixedShapeTensorType), column.type
        assert column.type.shape == shape, column.type.shape
        assert column.type.dim_names == names
        for chunk in column.chunks:
            pixels = chunk.to_numpy_ndarray()
            assert pixels.shape == (len(chunk), *shape)
            crc = zlib.crc32(pixels.tobytes(), crc)
    # DuckDB knows no tensors; it reads the labels from the Arrow table in memory.
    labels = table.drop_columns([n for n in ("whole", "cell") if n in table.column_names])
    assert duckdb.sql("select count(*) from labels").fetchall() == [(table.num_rows,)]
    return table, crc


def parquet(path):
    table = pq.read_table(path)
    table.validate(full=True)
    head = json.loads(pq.read_schema(path).metadata[b"pipe"])
    assert head["version"] == 1 and head["rows"] == table.num_rows, head
    rows = duckdb.sql(f"select * from read_parquet('{path}')").fetchall()
    assert len(rows) == table.num_rows
    if "vector" in table.column_names:
        sums = duckdb.sql(f"select list_sum(vector)::double from read_parquet('{path}')").fetchall()
        for v, (s,) in zip(table["vector"], sums):
            v = v.as_py()
            assert len(v) == head["dim"]
            assert abs(sum(v) - s) <= 1e-3 * max(1, sum(map(abs, v))), (sum(v), s)
    return table


def weights(path):
    try:
        from safetensors.numpy import load_file
    except ImportError:
        return None
    tensors = load_file(path)
    assert tensors and all(t.dtype == "float32" for t in tensors.values())
    return tensors


def files(root):
    """Every file below root, links to folders (which is what a run's results are) followed."""
    for folder, _, names in os.walk(root, followlinks=True):
        for name in names:
            yield pathlib.Path(folder, name)


def main(root):
    seen = set()
    for path in sorted(files(root)):
        if path.suffix == ".arrow":
            t, crc = arrow(path)
            what = f"{t.num_rows} rows, {t.num_columns} columns, pixels {crc:08x}"
        elif path.suffix == ".parquet":
            t = parquet(path)
            what = f"{t.num_rows} rows: {', '.join(f'{f.name} {f.type}' for f in t.schema)}"
        elif path.suffix == ".safetensors":
            t = weights(path)
            what = "skipped: no safetensors here" if t is None else f"{len(t)} tensors"
        elif path.name in ("metrics.json", "encoder.json", "drift.json", "judgements.json"):
            what = f"{json.loads(path.read_text())['format']}, JSON"
        else:
            continue
        seen.add(path.suffix)
        print(f"{path.relative_to(root)}: {what}")
    missing = {".arrow", ".parquet", ".safetensors", ".json"} - seen
    if missing:
        sys.exit(f"no {', '.join(sorted(missing))} below {root}")


if __name__ == "__main__":
    main(sys.argv[1])
