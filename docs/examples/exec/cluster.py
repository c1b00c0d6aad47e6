"""Clusters embeddings with scikit-learn's agglomerative clustering.

    cluster.py --clusters=K FOLDER_OF_EMBEDDINGS FOLDER_TO_WRITE
"""
import argparse
import json
import os

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from sklearn.cluster import AgglomerativeClustering

parser = argparse.ArgumentParser()
parser.add_argument("--clusters", type=int, required=True)
parser.add_argument("embeddings")
parser.add_argument("out")
args = parser.parse_args()
k = args.clusters

table = pq.read_table(f"{args.embeddings}/embeddings.parquet")
about = json.loads(table.schema.metadata[b"pipe"])["meta"]  # of the embeddings
vectors = np.stack(table["vector"].to_numpy()).astype(np.float64)
vectors /= np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-12

cluster = AgglomerativeClustering(k, metric="cosine", linkage="average").fit_predict(vectors)
centres = np.stack([vectors[cluster == i].mean(axis=0) for i in range(k)])
distance = np.linalg.norm(vectors - centres[cluster], axis=1)
print(f"{len(vectors)} vectors, the largest cluster has {np.bincount(cluster).max()}")


def write(name, columns, rows, dim=None):
    """Writes a table as docs/formats.md describes it: plain, and what made it under the key "pipe"."""
    meta = {
        "algorithm": "agglomerative", "model": about["model"], "random": about["random"], "embeddings": os.environ["PIPE_DIGEST_EMBEDDINGS"],
        "k": k, "inertia": float((distance**2).sum()), "iterations": 0, "normalised": True, "converged": True,
    }
    header = {"format": name, "version": 1, "rows": rows, "meta": meta}
    if dim:
        header["dim"] = dim
    fields, arrays = zip(*columns)
    schema = pa.schema(fields, metadata={"pipe": json.dumps(header)})
    result = pa.Table.from_arrays(list(arrays), schema=schema)
    pq.write_table(result, f"{args.out}/{name}.parquet", compression="none", use_dictionary=False)


labels = [(table.schema.field(name), table[name]) for name in table.column_names if name != "vector"]
write("clusters", labels + [
    (pa.field("cluster", pa.int32()), pa.array(cluster, pa.int32())),
    (pa.field("distance", pa.float32()), pa.array(distance, pa.float32())),
], len(vectors))

vector = pa.list_(pa.field("element", pa.float32(), nullable=False))
write("centres", [
    (pa.field("cluster", pa.int32(), nullable=False), pa.array(range(k), pa.int32())),
    (pa.field("size", pa.int64(), nullable=False), pa.array(np.bincount(cluster, minlength=k), pa.int64())),
    (pa.field("vector", vector, nullable=False), pa.array(list(centres.astype(np.float32)), vector)),
], k, dim=centres.shape[1])
