"""Embedding of 20,000 trips by a model of E2DTC's size in PyTorch on the CPU, one thread: CPU time, beside e2dtc_speed.mjs.

    pip install torch --index-url https://download.pytorch.org/whl/cpu
    python scripts/parity/e2dtc_speed.py [runs]

Token sequences of 2 … 33 cells, drawn like there; sorted by length and batched by 512, as ours are. Embedding, bidirectional GRU over
packed sequences (small: 1 layer of 128 in all, paper: 3 of 256), last states, Student-t assignment to 12 centres, argmax. The
projection, cells and vocabulary that our model computes as well are left out here. Prints one JSON line a network.
"""

import json
import statistics
import sys
import time

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence

RUNS = int(sys.argv[1]) if len(sys.argv) > 1 else 5
TRIPS, VOCABULARY, K, BATCH = 20_000, 1026, 12, 512
torch.set_num_threads(1)
torch.manual_seed(1)


class Encoder(nn.Module):
    def __init__(self, layers, hidden):
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, hidden)
        self.gru = nn.GRU(hidden, hidden // 2, layers, bidirectional=True)
        self.centers = nn.Parameter(torch.randn(K, hidden))

    def forward(self, tokens, lengths):
        packed = pack_padded_sequence(self.embedding(tokens), lengths, enforce_sorted=True)
        _, last = self.gru(packed)
        embedding = torch.cat([last[-2], last[-1]], 1)
        similarity = 1 / (1 + torch.cdist(embedding, self.centers) ** 2)
        soft = similarity / similarity.sum(1, keepdim=True)
        return embedding, soft, soft.argmax(1)


def run(model, trips):
    order = sorted(range(len(trips)), key=lambda i: -len(trips[i]))
    labels = torch.empty(len(trips), dtype=torch.int64)
    for start in range(0, len(trips), BATCH):
        chosen = order[start : start + BATCH]
        batch = [trips[i] for i in chosen]
        lengths = torch.tensor([len(trip) for trip in batch])
        labels[torch.tensor(chosen)] = model(pad_sequence(batch), lengths)[2]
    return labels


trips = [torch.randint(2, VOCABULARY, (2 + int(torch.randint(32, ())),)) for _ in range(TRIPS)]
with torch.inference_mode():
    for name, layers, hidden in [("small", 1, 128), ("paper", 3, 256)]:
        model = Encoder(layers, hidden).eval()
        run(model, trips)
        times = []
        for _ in range(RUNS):
            before = time.process_time()
            run(model, trips)
            times.append(time.process_time() - before)
        seconds = statistics.median(times)
        result = {
            "network": name,
            "tripsPerCpuSecond": round(TRIPS / seconds),
            "seconds": seconds,
            "least": min(times),
            "most": max(times),
            "torch": torch.__version__,
        }
        print(json.dumps(result))
