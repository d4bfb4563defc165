"""What the three subjects share: seeded draws, files, and the comparison of two sets of numbers."""

import json
import os
import platform
import zlib
from pathlib import Path

import numpy as np
import safetensors
import torch
from safetensors.numpy import load_file, save_file

DTYPES = {"f32": torch.float32, "f64": torch.float64}
SMOKE_EVERY = 3
TOLERANCE = {
    "f32": {"relative_to_tensor_max": 1e-05, "absolute": 1e-07},
    "f64": {"relative_to_tensor_max": 1e-12, "absolute": 1e-14},
}


def versions():
    return {
        "python": platform.python_version(),
        "torch": torch.__version__.split("+")[0],
        "safetensors": safetensors.__version__,
    }


def generator(seed, name):
    """One independent stream per case, so that adding a case leaves the others' bytes alone."""
    return np.random.Generator(np.random.PCG64([seed, zlib.crc32(name.encode())]))


def exact_f32(array):
    """The same number in f32 and in f64."""
    return np.asarray(array, dtype=np.float32)


def tensor(array, dtype):
    """A torch tensor: floating arrays in dtype, integer arrays as they are."""
    made = torch.from_numpy(np.array(array))
    return made.to(dtype) if made.is_floating_point() else made


def to_numpy(value):
    return np.ascontiguousarray(value.detach().cpu().numpy())


def write_tensors(path, tensors):
    temporary = Path(str(path) + ".part")
    save_file({name: np.ascontiguousarray(tensors[name]) for name in sorted(tensors)}, temporary)
    os.replace(temporary, path)


def write_json(path, value, indent=1):
    """Lists of plain numbers and words stay on one line; NaN becomes the string "NaN"."""
    temporary = Path(str(path) + ".part")
    if indent is None:
        text = json.dumps(named_nan(value), allow_nan=False, separators=(",", ":"))
    else:
        text = pretty(named_nan(value), "\n")
    temporary.write_text(text + "\n", encoding="utf-8")
    os.replace(temporary, path)


def pretty(value, line):
    if isinstance(value, dict) and value:
        inner = ("," + line + " ").join(
            f"{json.dumps(key)}: {pretty(item, line + ' ')}" for key, item in value.items()
        )
        return "{" + line + " " + inner + line + "}"
    if isinstance(value, list) and any(isinstance(item, (dict, list)) for item in value):
        inner = ("," + line + " ").join(pretty(item, line + " ") for item in value)
        return "[" + line + " " + inner + line + "]"
    return json.dumps(value, allow_nan=False)


def named_nan(value):
    if isinstance(value, dict):
        return {key: named_nan(item) for key, item in value.items()}
    if isinstance(value, list):
        return [named_nan(item) for item in value]
    if isinstance(value, float) and value != value:
        return "NaN"
    return value


def read_tensors(path):
    return load_file(path)


def thinned(tensors, cases):
    """The tensors of every third case: computing in f32 is a smoke test and need not hold them all."""
    kept = tuple(f"case/{case['name']}/" for case in cases[::SMOKE_EVERY])
    return {name: value for name, value in tensors.items() if name.startswith(kept)}


def relative_difference(expected, actual):
    """Largest difference over the expected tensor's largest finite entry; infinite where NaN or infinity differ."""
    expected = np.asarray(expected, dtype=np.float64)
    actual = np.asarray(actual, dtype=np.float64)
    if expected.shape != actual.shape:
        return float("inf")
    finite = np.isfinite(expected)
    if not np.array_equal(expected[~finite], actual[~finite], equal_nan=True):
        return float("inf")
    if not finite.any():
        return 0.0
    difference = np.abs(expected[finite] - actual[finite]).max()
    largest = np.abs(expected[finite]).max()
    if not np.isfinite(difference):
        return float("inf")
    return float(difference) if largest == 0 else float(difference / largest)


def float_noise(f32, f64):
    """How far the f32 results lie from the f64 results, over all floating tensors of two files."""
    worst = {"max_abs": 0.0, "max_rel_to_tensor_max": 0.0, "worst_tensor": ""}
    for name in sorted(f64):
        if f64[name].dtype.kind != "f" or f64[name].size == 0:
            continue
        difference = float(np.abs(f32[name].astype(np.float64) - f64[name]).max())
        worst["max_abs"] = max(worst["max_abs"], difference)
        relative = relative_difference(f64[name], f32[name])
        if relative > worst["max_rel_to_tensor_max"]:
            worst["max_rel_to_tensor_max"] = relative
            worst["worst_tensor"] = name
    return worst


class Comparison:
    """Counts what was compared and remembers the largest relative difference."""

    def __init__(self, subject, bound):
        self.subject, self.bound = subject, bound
        self.cases, self.tensors, self.worst, self.worst_at = 0, 0, 0.0, ""

    def add(self, place, expected, actual):
        self.tensors += 1
        difference = relative_difference(expected, actual)
        if difference > self.worst:
            self.worst, self.worst_at = difference, place

    def report(self):
        state = "ok" if self.worst <= self.bound and self.tensors else "FAILED"
        print(
            f"{self.subject}: {state}, {self.cases} cases, {self.tensors} tensors, largest relative difference "
            f"{self.worst:.2e} (bound {self.bound:.0e}) {self.worst_at}"
        )
        return state == "ok"
