#!/usr/bin/env python3
"""The split autoencoder in PyTorch: the published training loop as a baseline, timed or trained and evaluated.

The published loop decodes every batch twice (once per routed half), picks each group's rows afterwards, and reads
every loss term out of its tensor at each step to log it. --tuned is what PyTorch can do at its best: one decoder pass
with a mask row per image, fused Adam, no logging.

    python bench/pytorch/split_digits.py --data DIR --steps 20 --threads 2
    python bench/pytorch/split_digits.py --data DIR --epochs 20 --evaluate
"""

import json
import statistics
import sys
import time

import torch
from torch import nn

from common import arguments, describe, idx, timed_steps, timing

BATCH, SIZES = 2048, (2048, 512, 32)
L1, CORRELATION = 3e-3, 0.1
ADAM = {"lr": 1e-3, "weight_decay": 5e-5}


def load(folder, part):
    """Images in [-1, 1] as rows, preloaded, and labels."""
    images = idx(folder, f"{part}-images-idx3-ubyte").flatten(1).float()
    return (images / 255 - 0.5) / 0.5, idx(folder, f"{part}-labels-idx1-ubyte").long()


def maps(*widths, last_bias=True):
    layers = []
    for index, (fan_in, fan_out) in enumerate(zip(widths, widths[1:])):
        last = index == len(widths) - 2
        layers += [nn.Linear(fan_in, fan_out, bias=last_bias or not last)] + ([] if last else [nn.ReLU()])
    return nn.Sequential(*layers)


class SplitAutoencoder(nn.Module):
    """The first half of the code serves digits 0-4 (low), the second 5-9 (high)."""

    def __init__(self):
        super().__init__()
        wide, narrow, code = SIZES
        self.encoder = maps(784, wide, narrow, code, last_bias=False)
        self.decoder = maps(code, narrow, wide, 784)
        self.certificate_low = maps(code // 2, narrow, wide, 784)
        self.certificate_high = maps(code // 2, narrow, wide, 784)


def correlation(one, other):
    one = (one - one.mean(0)) / one.std(0)
    other = (other - other.mean(0)) / other.std(0)
    return (one.T @ other / one.shape[0]).abs().mean()


def shared_terms(model, images, low, high):
    return {
        "certificate_low": (model.certificate_low(low.detach()) - images).abs().mean(),
        "certificate_high": (model.certificate_high(high.detach()) - images).abs().mean(),
        "l1_low": L1 * low.abs().mean(0).sum(),
        "l1_high": L1 * high.abs().mean(0).sum(),
        "correlation": CORRELATION * correlation(low.float(), high.float()),
    }


def published_terms(model, images, labels, routed):
    """Two decoder passes over the whole batch, each scored on its own digits."""
    code = model.encoder(images)
    low, high = code.chunk(2, dim=1)
    for_low = torch.cat([low, high.detach()], 1) if routed else code
    for_high = torch.cat([low.detach(), high], 1) if routed else code
    is_low = labels <= 4
    low_error = (model.decoder(for_low) - images).abs()
    high_error = (model.decoder(for_high) - images).abs()
    return {
        "reconstruction_low": low_error[is_low].mean(),
        "reconstruction_high": high_error[~is_low].mean(),
    } | shared_terms(model, images, low, high)


def tuned_terms(model, images, labels, routed):
    """One decoder pass with a mask row per image; the gradients equal those of the two passes."""
    code = model.encoder(images)
    low, high = code.chunk(2, dim=1)
    is_low = (labels <= 4)[:, None]
    seen = code
    if routed:
        seen = torch.cat([torch.where(is_low, low, low.detach()), torch.where(is_low, high.detach(), high)], 1)
    count = is_low.sum()
    share = torch.where(is_low[:, 0], 1 / count, 1 / (len(labels) - count))
    error = (model.decoder(seen) - images).abs().mean(1)
    return {"reconstruction": (share * error).sum()} | shared_terms(model, images, low, high)


class Loop:
    """One training run; step() takes the rows of the next batch."""

    def __init__(self, images, labels, options):
        torch.manual_seed(options.seed)
        self.images, self.labels, self.options = images, labels, options
        self.model = SplitAutoencoder()
        self.optimiser = torch.optim.Adam(self.model.parameters(), fused=options.tuned or None, **ADAM)
        self.log = []

    def step(self, rows):
        images, labels = self.images[rows], self.labels[rows]
        terms_of = tuned_terms if self.options.tuned else published_terms
        self.optimiser.zero_grad()
        with torch.autocast("cpu", torch.bfloat16, enabled=self.options.dtype == "bf16"):
            terms = terms_of(self.model, images, labels, not self.options.no_routing)
            loss = sum(terms.values())
        loss.backward()
        self.optimiser.step()
        if not self.options.tuned:
            self.log.append({name: value.item() for name, value in terms.items()} | {"loss": loss.item()})
        return len(rows)

    def epoch(self):
        """The batches of one fresh permutation; the last one may be short."""
        return torch.randperm(len(self.labels)).split(BATCH)


def dense_gflop(model, decoder_passes):
    """Matrix-product work of a step: forward, weight gradient, and input gradient where one is needed."""
    total = 0.0
    for part, passes, input_gradient in (("encoder", 1, False), ("decoder", decoder_passes, True),
                                         ("certificate_low", 1, False), ("certificate_high", 1, False)):
        for index, layer in enumerate(m for m in getattr(model, part) if isinstance(m, nn.Linear)):
            products = 3 if index > 0 or input_gradient else 2
            total += 2e-9 * BATCH * layer.weight.numel() * products * passes
    return total


@torch.no_grad()
def evaluate(model, images, labels):
    """Per digit the mean over images of the mean squared and absolute error; a group is the mean of its digits."""
    sums = {}
    for rows in torch.arange(len(labels)).split(64):
        x, code = images[rows], model.encoder(images[rows])
        low, high = code.chunk(2, dim=1)
        for name, output in (("decoder", model.decoder(code)), ("certificate.low", model.certificate_low(low)),
                             ("certificate.high", model.certificate_high(high))):
            for measure, error in (("mse", (output - x) ** 2), ("mae", (output - x).abs())):
                table = sums.setdefault(f"{name}.{measure}", torch.zeros(10, dtype=torch.float64))
                table.index_add_(0, labels[rows], error.mean(1).double())
    counts = torch.bincount(labels, minlength=10)
    metrics = {}
    for name, table in sums.items():
        digits = (table / counts).tolist()
        metrics |= {f"{name}.low": statistics.fmean(digits[:5]), f"{name}.high": statistics.fmean(digits[5:]),
                    f"{name}.per_digit": digits}
    right, wrong = "certificate.low.mse", "certificate.high.mse"
    metrics["separation.low"] = metrics[f"{wrong}.low"] / metrics[f"{right}.low"]
    metrics["separation.high"] = metrics[f"{right}.high"] / metrics[f"{wrong}.high"]
    return metrics


def train(loop, options):
    start = time.perf_counter()
    for number in range(options.epochs):
        for rows in loop.epoch():
            loop.step(rows)
        print(f"epoch {number + 1}/{options.epochs}, {time.perf_counter() - start:.0f} s", file=sys.stderr)
    return {"epochs": options.epochs, "train_seconds": time.perf_counter() - start,
            "last_logged": loop.log[-1] if loop.log else None}


def main():
    parser = arguments(__doc__, steps=10)
    parser.add_argument("--tuned", action="store_true", help="one decoder pass, fused Adam, no logging")
    parser.add_argument("--epochs", type=int, default=0, help="train instead of timing")
    parser.add_argument("--evaluate", action="store_true", help="after training: errors per digit on the test images")
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    loop = Loop(*load(options.data, "train"), options)
    result = describe(options, BATCH) | {"sizes": list(SIZES)}
    if options.epochs:
        result |= train(loop, options)
    else:
        work = dense_gflop(loop.model, 1 if options.tuned else 2)
        result |= timing(options, work, lambda: timed_steps(loop.epoch, loop.step, BATCH, options.steps))
    if options.evaluate:
        result["metrics"] = evaluate(loop.model, *load(options.data, "t10k"))
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
