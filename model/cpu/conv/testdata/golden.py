"""Writes golden.json: convolutions and their gradients as PyTorch computes them in float64.

Run with PyTorch 2.15 or any other: python golden.py > golden.json
Operands aren't stored: element i of operand k is ((i + 31k) * 7919 % 1009) / 1009 - 0.5.
"""
import json
import torch

LAYERS = [  # n, size, ci, co, kernel, stride, padding, dilation, groups
    (1, 17, 3, 8, 7, 2, 3, 1, 1),
    (2, 7, 6, 9, 3, 1, 1, 1, 1),
    (2, 8, 5, 7, 3, 2, 1, 1, 1),
    (3, 8, 6, 5, 1, 2, 0, 1, 1),
    (1, 11, 4, 6, 3, 1, 2, 2, 1),
    (2, 6, 6, 8, 3, 2, 1, 1, 2),
    (13, 2, 5, 4, 3, 1, 1, 1, 1),
]


def operand(k, *shape):
    n = torch.Size(shape).numel()
    i = torch.arange(n) + 31 * k
    return ((i * 7919 % 1009).double() / 1009 - 0.5).reshape(shape).float().double().requires_grad_()


def numbers(t):
    return [float(f"{v:.8g}") for v in t.detach().flatten().tolist()]


out = []
for n, size, ci, co, kernel, stride, padding, dilation, groups in LAYERS:
    x = operand(0, n, size, size, ci)  # channels innermost
    w = operand(1, co, ci // groups, kernel, kernel)
    y = torch.nn.functional.conv2d(x.permute(0, 3, 1, 2), w, None, stride, padding, dilation, groups).permute(0, 2, 3, 1)
    dy = operand(2, *y.shape)
    y.backward(dy)
    out.append(dict(n=n, size=size, ci=ci, co=co, kernel=kernel, stride=stride, padding=padding, dilation=dilation,
                    groups=groups, out=y.shape[1], y=numbers(y), dx=numbers(x.grad), dw=numbers(w.grad)))
print("[\n" + ",\n".join(json.dumps(o) for o in out) + "\n]")
