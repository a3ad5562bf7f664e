"""Reference values for @wayweave/e2dtc: encoder, decoder, the losses of eq. 8, 9, 11, 13 and their gradients, by PyTorch.

Usage: python scripts/parity/e2dtc_torch.py > packages/e2dtc/test/golden/torch.json

Weights and inputs are sine waves that the test makes again, so only what comes out is written: the losses, the embeddings, and of each
parameter's gradient its norm and a few entries. GRU kernels are [inputs, 3 * hidden] with gates reset, update, candidate.
"""

import json
import math
import platform
import sys

import numpy as np
import torch
from torch.nn import functional as F

torch.set_num_threads(1)
VOCABULARY, HIDDEN, LAYERS, TIME, ROWS, K = 9, 8, 2, 5, 4, 3
MARGIN, GAMMA, BETA = 1.0, 0.1, 0.1


def wave(shape, phase, scale):
    i = np.arange(int(np.prod(shape)), dtype=np.float64) % 4001
    return torch.tensor((scale * np.sin(0.7 * i * i + phase)).reshape(shape), dtype=torch.float32)


def gru_shapes(name, inputs, hidden):
    return {
        f"{name}/kernel": [inputs, 3 * hidden],
        f"{name}/recurrent": [hidden, 3 * hidden],
        f"{name}/bias": [3 * hidden],
        f"{name}/recurrentBias": [3 * hidden],
    }


def shapes():
    found = {
        "embedding": [VOCABULARY, HIDDEN],
        "output/weight": [VOCABULARY, HIDDEN],
        "output/bias": [VOCABULARY],
        "centers": [K, HIDDEN],
    }
    for layer in range(LAYERS):
        for direction in ("forward", "reverse"):
            found |= gru_shapes(f"encoder/layer{layer}/{direction}", HIDDEN, HIDDEN // 2)
        found |= gru_shapes(f"decoder/layer{layer}", HIDDEN, HIDDEN)
    return found


def parameters():
    params = {}
    for phase, (name, shape) in enumerate(sorted(shapes().items())):
        params[name] = wave(shape, phase, 0.05 if len(shape) == 1 else math.sqrt(2 / np.prod(shape[:-1])))
        params[name].requires_grad_(True)
    return params


def tokens(shift):
    return torch.tensor([[(3 * t + 5 * r + shift) % VOCABULARY for r in range(ROWS)] for t in range(TIME)])


LENGTHS, NOISY_LENGTHS = torch.tensor([5, 2, 3, 4]), torch.tensor([3, 5, 1, 4])


def run(p, x, initial, mask, name, reverse=False):
    """A GRU step by step; where the mask is 0 the state stays. [time, rows, hidden]"""
    kernel, recurrent = p[f"{name}/kernel"], p[f"{name}/recurrent"]
    cell = lambda x_t, h: torch.gru_cell(
        x_t, h, kernel.T, recurrent.T, p[f"{name}/bias"], p[f"{name}/recurrentBias"]
    )
    states, state = [None] * x.shape[0], initial
    for t in reversed(range(x.shape[0])) if reverse else range(x.shape[0]):
        on = mask[t][:, None]
        state = on * cell(x[t], state) + (1 - on) * state
        states[t] = state
    return torch.stack(states)


def encode(p, ids, lengths):
    mask = (torch.arange(TIME)[:, None] < lengths[None]).float()
    x, last = p["embedding"][ids], []
    for layer in range(LAYERS):
        zeros = torch.zeros(ids.shape[1], HIDDEN // 2)
        ahead = run(p, x, zeros, mask, f"encoder/layer{layer}/forward")
        back = run(p, x, zeros, mask, f"encoder/layer{layer}/reverse", reverse=True)
        last.append(torch.cat([ahead[-1], back[0]], 1))
        x = torch.cat([ahead, back], 2)
    return last


def decode(p, before, last):
    states = p["embedding"][before]
    for layer, initial in enumerate(last):
        states = run(p, states, initial, torch.ones(TIME, ROWS), f"decoder/layer{layer}")
    return states.reshape(TIME * ROWS, HIDDEN)


def reconstruction(p, states, targets, weights):
    """Eq. 8: each target with its two neighbours, weights .6, .3, .1."""
    log_shares = F.log_softmax(states @ p["output/weight"].T + p["output/bias"], 1)
    right = sum(
        share * log_shares.gather(1, ((targets + j) % VOCABULARY)[:, None])[:, 0] for j, share in enumerate((0.6, 0.3, 0.1))
    )
    return -(right * weights).sum() / weights.sum()


def main():
    p = parameters()
    anchors = encode(p, tokens(0), LENGTHS)
    damaged = encode(p, tokens(1), NOISY_LENGTHS)
    states = decode(p, tokens(4), damaged)
    weights = (torch.arange(TIME)[:, None] < LENGTHS[None]).float().flatten()
    l_r = reconstruction(p, states, tokens(2).flatten(), weights)
    distances = torch.cdist(anchors[-1], p["centers"], compute_mode="donot_use_mm_for_euclid_dist").square()
    q = 1 / (1 + distances)
    q = q / q.sum(1, keepdim=True)
    target = F.softmax(wave([ROWS, K], 50, 1.5), 1)
    l_c = F.kl_div(q.log(), target, reduction="batchmean")
    others = torch.tensor([2, 3, 0, 1])
    far = F.pairwise_distance(anchors[-1], anchors[-1][others], eps=0).square()
    near = F.pairwise_distance(anchors[-1], damaged[-1], eps=0).square()
    l_t = F.relu(near - far + MARGIN).mean()
    loss = l_r + GAMMA * l_c + BETA * l_t
    loss.backward()

    def sampled(gradient):
        flat = gradient.flatten()
        stride = max(1, flat.numel() // 5)
        return {"norm": flat.norm().item(), "entries": flat[::stride][:5].tolist()}

    golden = {
        "script": "scripts/parity/e2dtc_torch.py",
        "versions": {"python": platform.python_version(), "torch": torch.__version__, "numpy": np.__version__},
        "loss": loss.item(),
        "reconstruction": l_r.item(),
        "cluster": l_c.item(),
        "triplet": l_t.item(),
        "embeddings": anchors[-1].flatten().tolist(),
        "assignment": q.flatten().tolist(),
        "gradients": {name: sampled(value.grad) for name, value in sorted(p.items())},
    }
    rounded = json.loads(json.dumps(golden), parse_float=lambda text: float(f"{float(text):.7g}"))
    json.dump(rounded, sys.stdout)
    print()


main()
