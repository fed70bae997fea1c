"""PyTorch's side of the bench: answers one JSON request a line on stdin with one JSON line on stdout.

{"shape": "mnist", "mode": "train" | "score", "batch": 256, "steps": 20, "threads": 2}
-> {"milliseconds": [...], "megabytes": 512}: one figure a step, in the order taken, and the most memory
that the process has held so far.
"""

import json
import resource
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


class Memory(nn.Module):
    """Cosine addressing, hard shrinkage at 1/N, renormalisation, reading (PAPER, eq. 3 to 7)."""

    def __init__(self, slots, width):
        super().__init__()
        self.threshold = 1 / slots
        self.items = nn.Parameter(torch.empty(slots, width).uniform_(-1, 1) / width**0.5)

    def forward(self, z):
        w = torch.softmax(F.normalize(z, dim=1) @ F.normalize(self.items, dim=1).t(), 1)
        above = w - self.threshold
        w = F.normalize(F.relu(above) * w / (above.abs() + 1e-12), p=1, dim=1)
        return w @ self.items, w


class MemAE(nn.Module):
    """One query a sample, or one per position of the feature map; without slots a plain autoencoder."""

    def __init__(self, encoder, decoder, code, slots, per_position=False):
        super().__init__()
        self.encoder, self.decoder, self.code, self.per_position = encoder, decoder, code, per_position
        width = code[0] if per_position else torch.Size(code).numel()
        self.memory = Memory(slots, width) if slots else None

    def forward(self, x):
        z = self.encoder(x)
        if self.memory is None:
            return self.decoder(z), None
        if self.per_position:
            last = z.movedim(1, -1)
            read, w = self.memory(last.reshape(-1, last.shape[-1]))
            return self.decoder(read.view(last.shape).movedim(-1, 1).contiguous()), w
        read, w = self.memory(z.flatten(1))
        return self.decoder(read.view(-1, *self.code)), w


def norm(channels):
    return [nn.BatchNorm2d(channels), nn.ReLU()]


def mnist():
    encoder = nn.Sequential(
        nn.Conv2d(1, 16, 1, 2, bias=False), *norm(16),
        nn.Conv2d(16, 32, 3, 2, 1, bias=False), *norm(32),
        nn.Conv2d(32, 64, 3, 2, 1, bias=False), *norm(64),
    )  # fmt: skip
    decoder = nn.Sequential(
        nn.ConvTranspose2d(64, 64, 3, 2, 1, 0, bias=False), *norm(64),
        nn.ConvTranspose2d(64, 32, 3, 2, 1, 1, bias=False), *norm(32),
        nn.ConvTranspose2d(32, 1, 3, 2, 1, 1),
    )  # fmt: skip
    return MemAE(encoder, decoder, (64, 4, 4), 100), (1, 28, 28)


def strided(widths, rank, outer=2, activation=nn.ReLU):
    """Kernel 3 down through the widths of the encoder and up through the decoder's, at stride 2 but for the outer layers."""
    conv, up, batch_norm = (
        (nn.Conv2d, nn.ConvTranspose2d, nn.BatchNorm2d)
        if rank == 2
        else (nn.Conv3d, nn.ConvTranspose3d, nn.BatchNorm3d)
    )
    down, back = widths
    first, rest = (a_stride(outer, rank), a_stride(2, rank))

    def less_one(stride):
        return tuple(step - 1 for step in stride)

    encoder, decoder = [], []
    for i, (a, b) in enumerate(zip(down, down[1:])):
        stride = first if i == 0 else rest
        encoder += [conv(a, b, 3, stride, 1, bias=False), batch_norm(b), activation()]
    for a, b in zip(back, back[1:-1]):
        decoder += [up(a, b, 3, rest, 1, less_one(rest), bias=False), batch_norm(b), activation()]
    decoder += [up(back[-2], back[-1], 3, first, 1, less_one(first))]
    return nn.Sequential(*encoder), nn.Sequential(*decoder)


def a_stride(stride, rank):
    return stride if isinstance(stride, tuple) else (stride,) * rank


def cifar10():
    networks = strided(([3, 64, 128, 128, 256], [256, 256, 128, 128, 3]), 2)
    return MemAE(*networks, (256, 2, 2), 500), (3, 32, 32)


def video(size, slots=2000):
    networks = strided(([1, 96, 128, 256, 256], [256, 256, 256, 128, 1]), 3)
    code = (256, 1, size // 16, size // 16)
    return MemAE(*networks, code, slots, per_position=True), (1, 16, size, size)


def released_video(size):
    """As the authors' code has it: time is not halved in the outer layers, and the activation leaks."""
    networks = strided(
        ([1, 96, 128, 256, 256], [256, 256, 128, 96, 1]), 3, (1, 2, 2), lambda: nn.LeakyReLU(0.2)
    )
    code = (256, 4, size // 16, size // 16)
    return MemAE(*networks, code, 2000, per_position=True), (1, 16, size, size)


def kdd():
    widths = [120, 60, 30, 10, 3]

    def stack(sizes):
        return [part for a, b in zip(sizes, sizes[1:]) for part in (nn.Linear(a, b), nn.Tanh())]

    encoder = nn.Sequential(*stack(widths))
    decoder = nn.Sequential(*stack(widths[::-1])[:-1])
    return MemAE(encoder, decoder, (3,), 50), (120,)


networks = {
    "mnist": mnist,
    "kdd": kdd,
    "cifar10": cifar10,
    **{f"video{size}": lambda size=size: video(size) for size in (64, 128, 256)},
    "video256-ae": lambda: video(256, slots=0),
    "video256-memory": lambda: (
        MemAE(nn.Identity(), nn.Identity(), (256, 1, 16, 16), 2000, per_position=True),
        (256, 1, 16, 16),
    ),
    "video64-released": lambda: released_video(64),
}


def answer(request):
    torch.set_num_threads(request["threads"])
    torch.manual_seed(0)
    model, shape = networks[request["shape"]]()
    x = torch.rand(request["batch"], *shape)
    # The fused optimiser is PyTorch's fastest on a CPU.
    adam = torch.optim.Adam(model.parameters(), 1e-4, fused=True)

    def train():
        y, w = model(x)
        error = (x - y).square().flatten(1).sum(1).mean()
        entropy = 0 if w is None else -(w * torch.log(w + 1e-12)).sum(1).mean()
        loss = error + 0.0002 * entropy
        adam.zero_grad()
        loss.backward()
        adam.step()
        return float(loss.detach())

    @torch.inference_mode()
    def score():
        return (x - model(x)[0]).square().flatten(1).sum(1).numpy()

    model.train(request["mode"] == "train")
    step = train if request["mode"] == "train" else score
    milliseconds = []
    for _ in range(request["steps"]):
        start = time.perf_counter()
        step()
        milliseconds.append(1000 * (time.perf_counter() - start))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"milliseconds": milliseconds, "megabytes": peak, "version": torch.__version__}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
