"""What the PyTorch sides of the timings share: the images, the clock, the machine's speed, and the form of the result."""

import argparse
import gzip
import os
import statistics
import time
from pathlib import Path

import numpy as np
import torch

WARM_UP_STEPS = 2
GEMM_SIDE, GEMM_REPEATS, GEMM_PROBE, GEMM_SECONDS = 2048, 7, 512, 5.0


def arguments(description, steps, data=None):
    """The options of every script; data says what --data is where it is no folder of images."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = Path(os.environ["SLUICE_DATA"]) / "mnist" if "SLUICE_DATA" in os.environ and not data else None
    parser.add_argument("--data", type=Path, default=default, required=default is None and not data,
                        help=data or "folder of the IDX files, plain or gzipped (default: $SLUICE_DATA/mnist)")
    parser.add_argument("--steps", type=int, default=steps, help=f"timed steps of a full batch (default {steps})")
    parser.add_argument("--threads", type=int, help="default: what PyTorch chooses")
    parser.add_argument("--dtype", choices=("f32", "bf16"), default="f32", help="bf16: autocast")
    parser.add_argument("--no-routing", action="store_true", help="the control")
    parser.add_argument("--seed", type=int, default=0)
    return parser


def idx(folder, name):
    """An IDX file of unsigned bytes, plain or gzipped."""
    path = folder / name
    opened = path.open("rb") if path.exists() else gzip.open(folder / (name + ".gz"), "rb")
    with opened as stream:
        content = stream.read()
    shape = np.frombuffer(content, ">i4", content[3], 4)
    return torch.from_numpy(np.frombuffer(content, np.uint8, offset=4 + 4 * content[3]).reshape(shape).copy())


def timed_steps(epoch, step, batch, steps):
    """Seconds of full-batch steps, the making of the batch included; the first ones are left out as warm-up.

    epoch() iterates over the batches of an epoch, the last of which may be short; step(batch) returns its size.
    """
    seconds = []
    while len(seconds) < steps + WARM_UP_STEPS:
        batches = iter(epoch())
        while len(seconds) < steps + WARM_UP_STEPS:
            start = time.perf_counter()
            made = next(batches, None)
            if made is None:
                break
            if step(made) == batch:
                seconds.append(time.perf_counter() - start)
    return seconds[WARM_UP_STEPS:]


def gemm_gflops(dtype):
    """Best rate of a square matrix product in this process, and the product's side.

    Without a kernel for the type (bf16 on a CPU that lacks it) one large product takes a minute: then the small probe's
    rate is reported.
    """
    probe = product_rate(dtype, GEMM_PROBE, 2)
    if 2e-9 * GEMM_SIDE**3 / probe > GEMM_SECONDS:
        return probe, GEMM_PROBE
    return product_rate(dtype, GEMM_SIDE, GEMM_REPEATS), GEMM_SIDE


def product_rate(dtype, side, repeats):
    one, other = (torch.randn(side, side).to(dtype) for _ in range(2))
    one @ other
    rates = []
    for _ in range(repeats):
        start = time.perf_counter()
        one @ other
        rates.append(2e-9 * side**3 / (time.perf_counter() - start))
    return max(rates)


def describe(options, batch):
    return {
        "loop": "tuned" if options.tuned else "published", "routed": not options.no_routing, "dtype": options.dtype,
        "threads": torch.get_num_threads(), "torch": torch.__version__, "blas": "mkl" if torch.backends.mkl.is_available()
        else "other", "cpu_capability": torch.backends.cpu.get_cpu_capability(), "batch": batch, "seed": options.seed,
        "omp_wait_policy": os.environ.get("OMP_WAIT_POLICY"),
    }


def timing(options, work, seconds_of):
    """Times with the rate of a large matrix product before and after; work is in 10^9 operations a step."""
    before = gemm_gflops(torch.float32), gemm_gflops(torch.bfloat16)
    seconds = seconds_of()
    after = gemm_gflops(torch.float32), gemm_gflops(torch.bfloat16)
    (f32, _), (bf16, bf16_side) = (max(pair) for pair in zip(before, after))
    peak = bf16 if options.dtype == "bf16" else f32
    median = statistics.median(seconds)
    return {
        "step_seconds_median": median, "step_seconds_min": min(seconds), "step_seconds": seconds,
        "steps": len(seconds), "gemm_gflops": peak, "gemm_gflops_f32": f32, "gemm_gflops_bf16": bf16,
        "gemm_bf16_side": bf16_side, "dense_gflop_per_step": work, "share_of_gemm_peak": work / median / peak,
    }
