#!/usr/bin/env python3
"""Makes the *.pth beside it by torch.save, and golden.json with the numbers in them. Run with torch 2 (others should do) here."""
import argparse
import collections
import json
import pickle
import struct

import torch

g = torch.Generator().manual_seed(1)
base = torch.randn(4, 6, generator=g)
weights = collections.OrderedDict(
    f32=base.clone(), f64=base.double() / 3, f16=base[:2].half(), bf16=base[:2].bfloat16(), i64=torch.tensor(7), u8=torch.arange(5, dtype=torch.uint8),
    i32=torch.tensor([[-3, 4]], dtype=torch.int32), i16=torch.tensor([-300], dtype=torch.int16), i8=torch.tensor([-3], dtype=torch.int8),
    transposed=base.clone().t(), every_second=base.clone()[1:, ::2], shared_a=base[:2], shared_b=base[2:, 1:], empty=torch.zeros(0, 3),
    parameter=torch.nn.Parameter(base[0].clone()), strange_kernel=base.clone().view(2, 2, 2, 3).contiguous(memory_format=torch.channels_last),
)
golden = {k: {"shape": list(v.shape), "data": v.detach().double().flatten().tolist()} for k, v in weights.items()}

torch.save(weights, "zip.pth")
torch.save(weights, "zip4.pth", pickle_protocol=4)
torch.save(weights, "legacy.pth", _use_new_zipfile_serialization=False)
net = torch.nn.BatchNorm1d(2)
opt = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
net(torch.ones(3, 2) * torch.arange(3)[:, None]).sum().backward()
opt.step()
torch.save({"epoch": 3, "best": 0.5, "arch": "toy", "state_dict": {"module." + k: v for k, v in net.state_dict().items()},
            "optimizer": opt.state_dict(), "history": [1.0, 2.0]}, "checkpoint.pth")
torch.save({"args": argparse.Namespace(lr=1), "state_dict": net.state_dict()}, "unknown.pth")
torch.save({"a": 1}, "empty.pth")
torch.jit.script(net).save("script.pth")

# What Python 2 wrote: OrderedDict([['w', tensor]]), texts as bytes.
legacy = open("legacy.pth", "rb").read()
head = legacy[: legacy.index(b"ccollections")]
head = head[: head.rindex(b"\x80\x02")]
body = (b"\x80\x02ccollections\nOrderedDict\n](](U\x01wctorch._utils\n_rebuild_tensor\n((U\x07storagectorch\nFloatStorage\nU\x010U\x03cpuK\x02NtQK\x00K\x02\x85K\x01\x85tR"
        b"ee\x85R.")
open("python2.pth", "wb").write(head + body + pickle.dumps(["0"], 2) + struct.pack("<q2f", 2, 1.5, -2))
json.dump(golden, open("golden.json", "w"))
