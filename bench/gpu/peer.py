"""PyTorch's side of bench/gpu.sh, a subcommand a part. What it measures goes as JSON lines to the end of --out.

peaks            what the device reaches: a copy in its memory, products of large matrices
train, embed     images a second, tuned as PyTorch's users do: channels_last, bfloat16 (autocast in training, weights in
                 inference), torch.compile, fused Adam, cudnn.benchmark; the images are on the device before, as bytes, and
                 are gathered, flipped in training, and normalised there
init, compare    writes weights and a batch for `pipe-gpu step`; compares its step with PyTorch's of the same
"""
import argparse
import json
import statistics
import struct
import time

import torch
import torch._dynamo
import torchvision

MEAN = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1) * 255
STD = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1) * 255

# Rounding can turn a ReLU, or the place of a maximum, the other way, and all gradients before it with it: PyTorch's own float32 is
# up to 1e-2 from its float64 on such batches. A wrong gradient is much further off.
GRADIENTS_APART = 5e-2


def emit(o, **record):
    with open(o.out, "a") as f:
        print(json.dumps(record), file=f)


def seconds(o, work, times):
    """Each of some repetitions: by events on the device, by the clock on the processor."""
    taken = []
    for _ in range(times):
        if o.device == "cpu":
            start = time.perf_counter()
            work()
            taken.append(time.perf_counter() - start)
            continue
        start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        start.record()
        work()
        end.record()
        end.synchronize()
        taken.append(start.elapsed_time(end) / 1000)
    return taken


def peaks(o):
    edge, copied = (8192, 2**32) if o.device != "cpu" else (512, 2**24)
    source = torch.randint(0, 256, (copied,), dtype=torch.uint8, device=o.device)
    target = torch.empty_like(source)
    seconds(o, lambda: target.copy_(source), 3)
    found = {"copy_gbs": 2 * copied / statistics.median(seconds(o, lambda: target.copy_(source), 20)) / 1e9}
    del source, target
    for name, kind in ("bf16", torch.bfloat16), ("tf32", torch.float32), ("f32", torch.float32):
        torch.backends.cuda.matmul.allow_tf32 = name == "tf32"
        a, b = (torch.randn(edge, edge, device=o.device).to(kind) for _ in range(2))
        c = torch.empty_like(a)
        seconds(o, lambda: torch.mm(a, b, out=c), 3)
        found[name + "_tflops"] = 2 * edge**3 / statistics.median(seconds(o, lambda: torch.mm(a, b, out=c), 20)) / 1e12
    emit(o, what="peaks", **found)
    print("copy {copy_gbs:.0f} GB/s (read and written); products bf16 {bf16_tflops:.3g}, tf32 {tf32_tflops:.3g}, "
          "f32 {f32_tflops:.3g} TFLOP/s".format(**found))


def precise(o):
    """What the precision asks for: of bf16 the rest of the arithmetic is as with tf32."""
    rounded = o.precision != "f32"
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = rounded
    torch.backends.cudnn.benchmark = True


def autocast(o):
    return torch.autocast(o.device, torch.bfloat16, enabled=o.precision == "bf16")


def prepare(x):
    """Bytes [N, S, S, 3] as a network takes them, in channels_last."""
    return (x.permute(0, 3, 1, 2).float() - MEAN.to(x.device)) / STD.to(x.device)


def table(o):
    images = torch.randint(0, 256, (min(o.photos, 4096), o.size, o.size, 3), dtype=torch.uint8, device=o.device)
    torch._dynamo.mark_static_address(images)  # so that max-autotune's CUDA graphs don't copy it at every step
    return images


def network(o):
    if o.arch == "resnet18":
        net = torchvision.models.resnet18()
        net.fc = torch.nn.Identity()
    else:
        net = torchvision.models.vgg16()
        net.classifier = net.classifier[:5]  # fc2 and its ReLU
    return net.to(o.device, memory_format=torch.channels_last)


def compiled(o):
    return (lambda f: f) if o.mode == "eager" else torch.compile(mode=o.mode)


def two_views(net, whole, cell):
    return torch.nn.functional.mse_loss(net(prepare(whole)).float(), net(prepare(cell)).float())


def trainer(o):
    net = network(o).train()
    adam = torch.optim.Adam(net.parameters(), lr=1e-3, fused=True)
    whole, cell = table(o), table(o)

    def flip(x):
        chosen = torch.rand(len(x), 1, 1, 1, device=x.device) < 0.5
        return torch.where(chosen, x.flip(2), x)

    @compiled(o)
    def loss_of(rows):
        return two_views(net, flip(whole[rows]), flip(cell[rows]))

    def step():
        torch.compiler.cudagraph_mark_step_begin()
        rows = torch.randint(0, len(whole), (o.batch,), device=o.device)
        with autocast(o):
            loss = loss_of(rows)
        adam.zero_grad(set_to_none=True)
        loss.backward()
        adam.step()

    return step


def embedder(o):
    kind = torch.bfloat16 if o.precision == "bf16" else torch.float32
    net = network(o).eval().to(kind)
    images = table(o)

    @compiled(o)
    def features(rows):
        return net(prepare(images[rows]).to(kind)).float()

    def step():
        torch.compiler.cudagraph_mark_step_begin()
        with torch.inference_mode():
            features(torch.randint(0, len(images), (o.batch,), device=o.device))

    return step


def speed(o):
    precise(o)
    begin = time.perf_counter()
    step = (trainer if o.part == "train" else embedder)(o)
    step()
    ready = time.perf_counter() - begin
    warm = max(seconds(o, step, 3)[1:])
    seconds(o, step, 10 if o.device != "cpu" else 1)
    per_window = max(1, round(o.seconds / 5 / warm))

    def window():
        for _ in range(per_window):
            step()

    images = per_window * o.batch * (2 if o.part == "train" else 1)
    rates = [images / t for t in seconds(o, window, 5)]
    found = {"rate": statistics.median(rates), "low": min(rates), "high": max(rates)}
    emit(o, what="speed", who="torch", task=o.part, arch=o.arch, batch=o.batch, precision=o.precision, mode=o.mode,
         ready_s=ready, **found)
    print(f"torch {o.part} {o.arch} {o.precision}, batch {o.batch}, {o.mode}: {found['rate']:.0f} images/s "
          f"({found['low']:.0f} to {found['high']:.0f}); first step after {ready:.0f} s")


def init(o):
    torch.manual_seed(1)
    net = torchvision.models.resnet18()
    torch.save(net.state_dict(), o.dir + "/weights.pth")
    for view in "whole", "cell":
        x = torch.randint(0, 256, (o.batch, o.size, o.size, 3), dtype=torch.uint8)
        x.numpy().tofile(f"{o.dir}/{view}.bytes")


def read_safetensors(path):
    with open(path, "rb") as f:
        head = json.loads(f.read(struct.unpack("<Q", f.read(8))[0]))
        body = bytearray(f.read())
    tensors = {}
    for name, t in head.items():
        if name != "__metadata__":
            start, end = t["data_offsets"]
            tensors[name] = torch.frombuffer(body[start:end], dtype=torch.float32).view(t["shape"])
    return tensors


def compare(o):
    """The step of `pipe-gpu step` has lr 1 and no momentum: it moved each weight by its gradient."""
    precise(o)
    net = torchvision.models.resnet18()
    before = torch.load(o.dir + "/weights.pth", weights_only=True)
    net.load_state_dict(before)
    net.fc = torch.nn.Identity()
    net = net.to(o.device, memory_format=torch.channels_last).train()
    views = [torch.frombuffer(bytearray(open(f"{o.dir}/{v}.bytes", "rb").read()), dtype=torch.uint8)
             .view(o.batch, o.size, o.size, 3).to(o.device) for v in ("whole", "cell")]
    with autocast(o):
        loss = two_views(net, *views)
    loss.backward()
    after = read_safetensors(o.dir + "/stepped.safetensors")
    ours = json.load(open(o.dir + "/stepped.json"))["loss"]

    def apart(pairs):
        pairs = [(a.double().cpu(), b.double().cpu()) for a, b in pairs]
        return (sum((a - b).square().sum() for a, b in pairs) / sum(b.square().sum() for _, b in pairs)).sqrt().item()

    found = {"loss": (abs(ours - loss.item()) / loss.item(), 1e-4),
             "statistics": (apart((after[n], b) for n, b in net.named_buffers() if "running" in n), 1e-4),
             "gradients": (apart((before[n] - after[n], p.grad) for n, p in net.named_parameters()), GRADIENTS_APART)}
    failed = False
    for name, (got, limit) in found.items():
        ok = got <= limit  # NaN is not
        failed |= not ok
        emit(o, what="check", name=f"a step beside PyTorch's, {o.precision}: {name}", ok=ok, got=got, limit=limit)
        print(f"a step beside PyTorch's, {o.precision}: {name} {got:.2g} apart (limit {limit:g}) {'ok' if ok else 'FAILED'}")
    raise SystemExit(failed)


parser = argparse.ArgumentParser()
parser.add_argument("part", choices=["peaks", "train", "embed", "init", "compare"])
parser.add_argument("--device", default="cuda")
parser.add_argument("--arch", default="resnet18")
parser.add_argument("--batch", type=int, default=256)
parser.add_argument("--size", type=int, default=224)
parser.add_argument("--photos", type=int, default=4096, help="rows of the tables on the device")
parser.add_argument("--precision", default="bf16", choices=["f32", "tf32", "bf16"])
parser.add_argument("--mode", default="default", help="of torch.compile, or eager")
parser.add_argument("--seconds", type=float, default=5, help="to measure")
parser.add_argument("--dir", default=".")
parser.add_argument("--out", default="/dev/null")
options = parser.parse_args()
{"peaks": peaks, "train": speed, "embed": speed, "init": init, "compare": compare}[options.part](options)
