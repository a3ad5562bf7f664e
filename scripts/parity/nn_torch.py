"""Reference values for @wayweave/nn/train: three steps of Adam on a GRU and on a convolution, by PyTorch.

Usage: python scripts/parity/nn_torch.py > packages/nn/test/golden/torch_steps.json

Weights and images are written in tfjs's layouts: kernels [inputs, 3 * hidden] with gates reset, update, candidate;
filters [height, width, in, out]; images [batch, height, width, channels].
"""

import json
import platform
import sys

import torch
from torch import nn
from torch.nn import functional as F

STEPS = 3


def values(tensor):
    return {"shape": list(tensor.shape), "data": tensor.detach().flatten().tolist()}


def train(parameters, loss_of, layout, clip):
    """Losses, gradient norms and final parameters of a few steps."""
    optimizer = torch.optim.Adam(parameters.values(), lr=0.05)
    initial = {name: values(layout(name, p)) for name, p in parameters.items()}
    losses, norms = [], []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = loss_of()
        loss.backward()
        norms.append(nn.utils.clip_grad_norm_(parameters.values(), clip).item())
        optimizer.step()
        losses.append(loss.item())
    return {
        "initial": initial,
        "losses": losses,
        "gradientNorms": norms,
        "final": {name: values(layout(name, p)) for name, p in parameters.items()},
    }


def gru_steps():
    time, batch, features, hidden = 4, 3, 3, 5
    layer = nn.GRU(features, hidden)
    inputs, state = torch.randn(time, batch, features), torch.randn(1, batch, hidden)
    weights = torch.randn(time, batch, hidden)
    names = {
        "kernel": layer.weight_ih_l0,
        "recurrent": layer.weight_hh_l0,
        "bias": layer.bias_ih_l0,
        "recurrentBias": layer.bias_hh_l0,
    }
    result = train(
        names,
        lambda: (layer(inputs, state)[0] * weights).sum(),
        lambda name, p: p.T if p.dim() == 2 else p,
        1.0,
    )
    return {"inputs": values(inputs), "state": values(state[0]), "weights": values(weights), **result}


def convolution_steps():
    images = torch.randn(2, 3, 7, 7)
    parameters = {
        "filter": nn.Parameter(torch.randn(4, 3, 3, 3) * 0.3),
        "bias": nn.Parameter(torch.randn(4) * 0.1),
    }

    def loss():
        x = F.relu(F.conv2d(images, parameters["filter"], parameters["bias"], stride=2, padding=1))
        x = F.max_pool2d(x, 3, 1)  # [2, 4, 2, 2], overlapping windows
        return x.mean((2, 3)).logsumexp(1).sum()

    layout = lambda name, p: p.permute(2, 3, 1, 0) if name == "filter" else p  # noqa: E731
    return {"images": values(images.permute(0, 2, 3, 1)), **train(parameters, loss, layout, 1.0)}


if __name__ == "__main__":
    torch.manual_seed(20240601)
    torch.set_num_threads(1)
    document = {
        "script": "scripts/parity/nn_torch.py",
        "torch": torch.__version__,
        "python": platform.python_version(),
        "gru": gru_steps(),
        "convolution": convolution_steps(),
    }
    json.dump(document, sys.stdout, indent=1)
    print()
