"""Writes weights.safetensors and weights.json by the reference implementation of safetensors (0.8.0, with torch for
bfloat16): what golden_test.go must read, and what it should be read as.

    python formats/testdata/golden.py
"""

import json
import math
import pathlib

import torch
from safetensors.torch import save_file

here = pathlib.Path(__file__).parent
torch.manual_seed(1)
tensors = {
    "conv1.weight": torch.randn(2, 3, 2, 2),
    "a.half": torch.tensor([0.0, -0.0, 1.5, 6.1e-5, 5.96e-8, 65504.0, -math.inf]).half(),
    "b.bfloat": torch.tensor([1.0, -3.140625, 1e-38, 3e38]).bfloat16(),
    "c.double": torch.tensor([[1 / 3, 1e-300], [-2.5, 1e30]], dtype=torch.float64),
    "bn1.num_batches_tracked": torch.tensor(390, dtype=torch.int64),
    "d.bytes": torch.tensor([0, 127, 255], dtype=torch.uint8),
    "e.signed": torch.tensor([-128, 127], dtype=torch.int8),
    "ü.empty": torch.zeros(0, 4),
}
save_file(tensors, here / "weights.safetensors", metadata={"format": "pt"})
# Bits, so that infinities, negative zero and subnormals are compared as they are.
want = {
    name: {"shape": list(t.shape), "bits": t.float().flatten().view(torch.int32).tolist()}
    for name, t in sorted(tensors.items())
}
(here / "weights.json").write_text(json.dumps(want, ensure_ascii=False) + "\n")
