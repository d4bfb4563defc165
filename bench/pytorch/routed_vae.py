#!/usr/bin/env python3
"""The routed VAE in PyTorch: the published training loop as a baseline, timed.

The published loop keeps every image as a tensor of its own with its label, lets a DataLoader shuffle and stack them,
takes PyTorch's default Adam, and reads the reconstruction error out of its tensor at each step for a progress bar.
--tuned is what PyTorch can do at its best: the images as one tensor in memory, fused Adam, no logging.

    python bench/pytorch/routed_vae.py --data DIR --steps 200 --threads 2
    python bench/pytorch/routed_vae.py --data DIR --steps 200 --threads 2 --tuned
"""

import json

import torch
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader

from common import arguments, describe, idx, timed_steps, timing

BATCH, WIDE, NARROW, LATENT = 128, 2048, 512, 10
RECONSTRUCTION, RATE, DECAY = 0.3, 1e-3, 0.95


def maps(*widths):
    layers = []
    for fan_in, fan_out in zip(widths, widths[1:]):
        layers += [nn.Linear(fan_in, fan_out), nn.ReLU()]
    return layers[:-1]


class RoutedVae(nn.Module):
    """A unit of the code for each class; the second output of the encoder is the deviation."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(*maps(784, WIDE, NARROW, LATENT))
        self.mean = nn.Linear(LATENT, LATENT)
        self.spread = nn.Linear(LATENT, LATENT)
        self.decoder = nn.Sequential(*maps(LATENT, NARROW, WIDE, 784), nn.Sigmoid())

    def encode(self, images):
        encoded = self.encoder(images)
        mean, spread = self.mean(encoded), self.spread(encoded)
        return torch.relu(mean + spread * torch.randn(len(images), LATENT)), mean, spread


def published_terms(model, images, labels, routed):
    """The code blended with its detached self, one-hot by label."""
    code, mean, spread = model.encode(images)
    if routed:
        own = functional.one_hot(labels, LATENT).float()
        code = own * code + (1 - own) * code.detach()
    squares = ((images - model.decoder(code)).norm(dim=-1) ** 2).mean()
    return squares, (mean**2 + spread.exp() - spread).mean()


def tuned_terms(model, images, labels, routed):
    """The same gradients with fewer passes over the tensors."""
    code, mean, spread = model.encode(images)
    if routed:
        own = torch.arange(LATENT) == labels[:, None]
        code = torch.where(own, code, code.detach())
    squares = functional.mse_loss(model.decoder(code), images, reduction="sum") / len(images)
    return squares, (mean**2 + spread.exp() - spread).mean()


class Loop:
    """One training run; epoch() gives the batches as the loop makes them, step() trains on one."""

    def __init__(self, images, labels, options):
        torch.manual_seed(options.seed)
        self.options = options
        self.model = RoutedVae()
        self.optimiser = torch.optim.Adam(self.model.parameters(), lr=RATE, fused=options.tuned or None)
        self.epochs, self.bar = 0, {}
        if options.tuned:
            self.images, self.labels = images.flatten(1).float() / 255, labels.long()
        else:
            single = [(image[None].float() / 255, int(label)) for image, label in zip(images, labels)]
            self.loader = DataLoader(single, batch_size=BATCH, shuffle=True)

    def epoch(self):
        for group in self.optimiser.param_groups:
            group["lr"] = RATE * DECAY**self.epochs
        self.epochs += 1
        return torch.randperm(len(self.labels)).split(BATCH) if self.options.tuned else self.loader

    def step(self, batch):
        images, labels = (self.images[batch], self.labels[batch]) if self.options.tuned else batch
        terms_of = tuned_terms if self.options.tuned else published_terms
        with torch.autocast("cpu", torch.bfloat16, enabled=self.options.dtype == "bf16"):
            squares, divergence = terms_of(self.model, images.flatten(1), labels, not self.options.no_routing)
            loss = RECONSTRUCTION * squares + divergence
        loss.backward()
        if not self.options.tuned:
            self.bar["mse loss"] = squares.item()
        self.optimiser.step()
        self.optimiser.zero_grad()
        return len(labels)


def dense_gflop(model):
    """Matrix-product work of a step: forward, weight gradient, and input gradient but for the first layer."""
    weights = [m.weight.numel() for m in model.modules() if isinstance(m, nn.Linear)]
    return 2e-9 * BATCH * (3 * sum(weights) - weights[0])


def main():
    parser = arguments(__doc__, steps=200)
    parser.add_argument("--tuned", action="store_true", help="images in one tensor, fused Adam, no logging")
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    loop = Loop(idx(options.data, "train-images-idx3-ubyte"), idx(options.data, "train-labels-idx1-ubyte"), options)
    result = describe(options, BATCH) | {"sizes": [WIDE, NARROW, LATENT]}
    result |= timing(options, dense_gflop(loop.model),
                     lambda: timed_steps(loop.epoch, loop.step, BATCH, options.steps))
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
