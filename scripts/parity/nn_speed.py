"""PyTorch CPU on the two models of the `nn/engines` experiment: milliseconds a training step.

Usage: python scripts/parity/nn_speed.py [threads] [steps] [wall|cpu]

On a machine that does other work too, compare CPU time with one thread (`1 8 cpu`) with the `CPU` column of the
experiment's row "compiled, ort-cpu, 1 thread"; wall-clock times of several threads then say little.

The CNN: two towers of 3x3 convolutions (1-32-64-128 channels, ReLU, 2x2 max pooling) on 32x32 images, a projection to
64, InfoNCE, batch 128. The GRU: sequence to sequence, 3 layers of 256, 40 steps, vocabulary 1000, batch 128, cross
entropy, gradient norm 5. Adam in both. Prints one JSON line a model: median, least and most of the timed steps.
"""

import json
import platform
import statistics
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

THREADS = int(sys.argv[1]) if len(sys.argv) > 1 else 2
STEPS = int(sys.argv[2]) if len(sys.argv) > 2 else 8
CLOCK = sys.argv[3] if len(sys.argv) > 3 else "wall"
now = {"wall": time.perf_counter, "cpu": time.process_time}[CLOCK]
BATCH = 128


class Tower(nn.Module):
    def __init__(self):
        super().__init__()
        self.convolutions = nn.ModuleList(
            nn.Conv2d(i, o, 3, padding=1) for i, o in [(1, 32), (32, 64), (64, 128)]
        )
        self.projection = nn.Linear(128, 64, bias=False)

    def forward(self, x):
        for convolution in self.convolutions:
            x = F.max_pool2d(F.relu(convolution(x)), 2)
        return F.normalize(self.projection(x.mean((2, 3))), dim=1)


class TwoTowers(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = Tower(), Tower()

    def forward(self, a, b):
        similarity = self.a(a) @ self.b(b).T / 0.07
        return F.cross_entropy(similarity, torch.arange(len(a)))


class SequenceToSequence(nn.Module):
    def __init__(self, hidden=256, layers=3, vocabulary=1000):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, hidden)
        self.encoder = nn.GRU(hidden, hidden, layers)
        self.decoder = nn.GRU(hidden, hidden, layers)
        self.out = nn.Linear(hidden, vocabulary, bias=False)

    def forward(self, source, target, following):
        _, state = self.encoder(self.embedding(source.T))
        states, _ = self.decoder(self.embedding(target.T), state)
        return F.cross_entropy(self.out(states).flatten(0, 1), following.T.flatten())


def measure(name, model, batch, clip, memory_format=None):
    if memory_format is not None:
        model = model.to(memory_format=memory_format)
        batch = [x.to(memory_format=memory_format) for x in batch]
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    times = []
    for step in range(STEPS + 2):
        start = now()
        optimizer.zero_grad()
        loss = model(*batch)
        loss.backward()
        if clip:
            nn.utils.clip_grad_norm_(model.parameters(), clip)
        optimizer.step()
        if step >= 2:
            times.append(1000 * (now() - start))
    print(
        json.dumps(
            {
                "model": name,
                "medianMs": round(statistics.median(times), 1),
                "minMs": round(min(times), 1),
                "maxMs": round(max(times), 1),
                "threads": THREADS,
                "clock": CLOCK,
                "torch": torch.__version__,
                "python": platform.python_version(),
                "loss": round(loss.item(), 4),
            }
        ),
        flush=True,
    )


if __name__ == "__main__":
    torch.manual_seed(0)
    torch.set_num_threads(THREADS)
    images = [torch.rand(BATCH, 1, 32, 32) - 0.5 for _ in range(2)]
    measure("cnn", TwoTowers(), images, None)
    measure("cnn channels_last", TwoTowers(), images, None, torch.channels_last)
    words = [torch.randint(0, 1000, (BATCH, 40)) for _ in range(3)]
    measure("gru", SequenceToSequence(), words, 5.0)
