#!/usr/bin/env python3
"""Makes golden_augment.json: images changed by torchvision's functions.

Run with torch 2.15 and torchvision 0.29 (others should do):   python golden_augment.py > golden_augment.json

Images are noise from a hash of the position, written the same way in golden_test.go; results are [N, S, S, 3] of 0 … 255.
torchvision fills what lies outside an image with black; the network's graph takes the nearest pixel of the edge, as
grid_sample's padding_mode="border" does. So warps are computed by grid_sample on torchvision's own grids, and checked against
torchvision's function wherever all four pixels around lie inside.
"""
import json
import sys
import zlib

import torch
import torch.nn.functional as F
import torchvision.transforms.functional as T
import torchvision.transforms._functional_tensor as FT

torch.set_num_threads(1)
MASK = 0xFFFFFFFF
N, S = 3, 10


def hashed(name, n):
    h = (torch.arange(n, dtype=torch.int64) * 2654435761 + zlib.crc32(name.encode())) & MASK
    h = ((h ^ (h >> 16)) * 0x45D9F3B) & MASK
    h = ((h ^ (h >> 16)) * 0x45D9F3B) & MASK
    return h ^ (h >> 16)


IMAGES = (hashed("augment", N * S * S * 3) & 255).float().view(N, S, S, 3).permute(0, 3, 1, 2) / 255
# In each photo some pixels without colour, with two equal largest colours, black and white.
IMAGES[:, :, 0, 0] = IMAGES[:, :1, 0, 0]
IMAGES[:, 1, 0, 1] = IMAGES[:, 0, 0, 1]
IMAGES[:, 2, 0, 1] = 0
IMAGES[:, :, 0, 2] = 0
IMAGES[:, :, 0, 3] = 1


def each(f, numbers, x=IMAGES):
    return torch.cat([f(x[i : i + 1], numbers[i]) for i in range(N)])


def warped(x, grid, reference, left=0, top=0, right=S, bottom=S):
    """x at the places of a grid, and a check against torchvision where it reads nothing but x between the bounds."""
    y = F.grid_sample(x, grid, mode="bilinear", padding_mode="border", align_corners=False)
    at = ((grid + 1) * S - 1) / 2
    low, high = torch.tensor([left, top]), torch.tensor([right - 1, bottom - 1])
    inside = ((at >= low) & (at <= high)).all(-1)[:, None].expand_as(y)
    worst = (y - reference)[inside].abs().max()
    if inside.sum() < y.numel() / 4 or worst > 2e-6:
        sys.exit(f"torchvision differs by {worst} on {inside.sum()} numbers")
    return y


def affine(x, numbers):
    angle, right, down, scale, shear_x, shear_y = numbers
    m = T._get_inverse_affine_matrix([0.0, 0.0], angle, [right * S, down * S], scale, [shear_x, shear_y])
    grid = FT._gen_affine_grid(torch.tensor(m).reshape(1, 2, 3), S, S, S, S)
    return warped(x, grid, T.affine(x, angle, [right * S, down * S], scale, [shear_x, shear_y], T.InterpolationMode.BILINEAR))


def perspective(x, corners):
    start = [[0, 0], [S, 0], [S, S], [0, S]]
    end = [[(u + 0.5) * S, (v + 0.5) * S] for u, v in corners]
    coeffs = T._get_perspective_coeffs(start, end)
    grid = FT._perspective_grid(coeffs, S, S, torch.float32, x.device)
    return warped(x, grid, T.perspective(x, start, end, T.InterpolationMode.BILINEAR, fill=[0.0]))


def crop(x, numbers):
    left, top, w, h = [round(k * S) for k in numbers]
    middle = (torch.arange(S) + 0.5) / S
    u, v = (left + w * middle) / S * 2 - 1, (top + h * middle) / S * 2 - 1
    grid = torch.stack([u[None, :].expand(S, S), v[:, None].expand(S, S)], -1)[None]
    reference = T.resized_crop(x, top, left, h, w, [S, S], T.InterpolationMode.BILINEAR, antialias=True)
    return warped(x, grid, reference, left, top, left + w, top + h)


def cutout(x, numbers):
    """DeVries & Taylor's square, clipped to the image, of an edge of 0.4."""
    edge = round(0.4 * S)
    spans = []
    for k in numbers:
        first = int(k * S) - edge // 2
        spans.append((max(0, first), min(S, first + edge)))
    (x1, x2), (y1, y2) = spans
    return T.erase(x, y1, x1, y2 - y1, x2 - x1, torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1))


JITTER = {
    "brightness": (T.adjust_brightness, [0.6, 1.0, 1.7]),
    "contrast": (T.adjust_contrast, [0.3, 1.4, 1.0]),
    "saturation": (T.adjust_saturation, [0.0, 1.8, 0.7]),
    "hue": (T.adjust_hue, [-0.5, 0.13, 0.31]),
}
OTHERS = {
    "grey": (lambda x, k: T.rgb_to_grayscale(x, 3) if k[0] else x, [[1], [0], [1]]),
    "blur": (lambda x, k: T.gaussian_blur(x, [13, 13], k) if k[0] else x, [[2.0], [0], [0.7]]),
    "cutout": (cutout, [[0.31, 0.5], [0.0, 0.99], [0.75, 0.12]]),
}
CROPS = [[0.1, 0.0, 0.6, 0.8], [0.2, 0.3, 0.7, 0.7], [0.0, 0.0, 1.0, 1.0]]
AFFINE = [[9.0, 0.08, -0.05, 1.1, 4.0, 0.0], [-10.0, 0.0, 0.1, 0.9, -5.0, 3.0], [0.0, 0.0, 0.0, 1.0, 0.0, 0.0]]
CORNERS = [
    [[-0.48, -0.5], [0.47, -0.46], [0.5, 0.45], [-0.46, 0.49]],
    [[-0.3, -0.4], [0.5, -0.5], [0.35, 0.45], [-0.5, 0.3]],
    [[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]],
]


def case(name, numbers, y):
    values = (y * 255).permute(0, 2, 3, 1).double().flatten().tolist()
    return {"name": name, "numbers": numbers, "values": [float("%.6g" % v) for v in values]}


def cases():
    chain = each(affine, AFFINE)
    yield case("affine", AFFINE, chain)
    yield case("perspective", [sum(c, []) for c in CORNERS], each(perspective, CORNERS))
    for name, (f, numbers) in JITTER.items():
        yield case(name, [[k] for k in numbers], each(f, numbers))
        chain = each(f, numbers, chain)
    for name, (f, numbers) in OTHERS.items():
        yield case(name, numbers, each(f, numbers))
        chain = each(f, numbers, chain)
    yield case("crop", CROPS, each(crop, CROPS))
    yield case("chain", [], chain)


json.dump({"n": N, "size": S, "cases": list(cases())}, sys.stdout, indent=None, separators=(",", ":"))
