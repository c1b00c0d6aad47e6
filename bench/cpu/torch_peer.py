"""The peer of bench/cpu: reads "train|embed ARCH BATCH SIZE" per line, does one unit of it and prints the seconds.

channels_last, inference mode, PyTorch's own thread pool; images are bytes [N, S, S, 3] and are normalised inside the
measured time, as ours are. A training step is that of two views: both through the network, mean squared error between
their features, gradients, Adam.
"""
import sys
import time

import torch
import torchvision

torch.set_num_threads(int(sys.argv[1]))
MEAN = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1) * 255
STD = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1) * 255


def images(batch, size):
    return torch.randint(0, 256, (batch, size, size, 3), dtype=torch.uint8)


def prepare(x):
    return (x.permute(0, 3, 1, 2).float() - MEAN) / STD  # stays channels_last


def network(arch):
    if arch == "resnet18":
        net = torchvision.models.resnet18()
        net.fc = torch.nn.Identity()
    else:
        net = torch.nn.Sequential(torchvision.models.vgg16().features, torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten())
    return net.to(memory_format=torch.channels_last)


def trainer(arch, batch, size):
    net = network(arch).train()
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
    whole, cell = images(batch, size), images(batch, size)

    def step():
        loss = torch.nn.functional.mse_loss(net(prepare(whole)), net(prepare(cell)))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return step


def embedder(arch, batch, size):
    net = network(arch).eval()
    x = images(batch, size)

    def step():
        with torch.inference_mode():
            net(prepare(x))

    return step


made = {}
print("torch", torch.__version__.split("+")[0], flush=True)
for line in sys.stdin:
    if line not in made:
        kind, arch, batch, size = line.split()
        made.clear()
        made[line] = (trainer if kind == "train" else embedder)(arch, int(batch), int(size))
        made[line]()
        made[line]()
    start = time.perf_counter()
    made[line]()
    print(time.perf_counter() - start, flush=True)
