"""PyTorch's side of the bench: answers one JSON request a line on stdin with one JSON line on stdout.

{"shape": "mnist" | "kdd", "mode": "train" | "score", "batch": 256, "steps": 20, "threads": 2}
-> {"milliseconds": [...]}: one figure a step, in the order taken.
"""

import json
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
    def __init__(self, encoder, decoder, code, slots):
        super().__init__()
        self.encoder, self.decoder, self.code = encoder, decoder, code
        self.memory = Memory(slots, torch.Size(code).numel())

    def forward(self, x):
        z, w = self.memory(self.encoder(x).flatten(1))
        return self.decoder(z.view(-1, *self.code)), w


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


def kdd():
    widths = [120, 60, 30, 10, 3]

    def stack(sizes):
        return [part for a, b in zip(sizes, sizes[1:]) for part in (nn.Linear(a, b), nn.Tanh())]

    encoder = nn.Sequential(*stack(widths))
    decoder = nn.Sequential(*stack(widths[::-1])[:-1])
    return MemAE(encoder, decoder, (3,), 50), (120,)


def answer(request):
    torch.set_num_threads(request["threads"])
    torch.manual_seed(0)
    model, shape = {"mnist": mnist, "kdd": kdd}[request["shape"]]()
    x = torch.rand(request["batch"], *shape)
    # The fused optimiser is PyTorch's fastest on a CPU.
    adam = torch.optim.Adam(model.parameters(), 1e-4, fused=True)

    def train():
        y, w = model(x)
        error = (x - y).square().flatten(1).sum(1).mean()
        entropy = -(w * torch.log(w + 1e-12)).sum(1).mean()
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
    return {"milliseconds": milliseconds, "version": torch.__version__}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
