"""Trajectories of Adam, AdamW and SGD, clipping and "leave", each made by PyTorch's unfused optimisers.

Under "leave" every element has an optimiser of its own, which is stepped on the element's own steps only.
"""

import numpy as np
import torch

from common import (
    DTYPES, TOLERANCE, Comparison, exact_f32, float_noise, generator, read_tensors, tensor, thinned, to_numpy,
    versions, write_json, write_tensors,
)

SHAPES = {"matrix": [3, 2], "cube": [2, 1, 2]}
STEPS, LEAVE_STEPS = 6, 8
SETTINGS = {
    "adam": {"lr": 0.04, "betas": [0.9, 0.999], "eps": 1e-8, "weight_decay": 0.03},
    "adamw": {"lr": 0.04, "betas": [0.85, 0.97], "eps": 1e-8, "weight_decay": 0.12},
    "sgd": {"lr": 0.08, "momentum": 0.9, "dampening": 0.0, "nesterov": False, "weight_decay": 0.0},
}
SCHEDULE = [0.0, 0.02, 0.05, 0.03, 0.01, 0.004]


def plan(name, kind, pattern="dense", leave=False, steps=None, **changes):
    case = {"name": name, "steps": steps or (LEAVE_STEPS if leave else STEPS), "pattern": pattern, "kind": kind}
    clip = changes.pop("clip", None)
    case |= SETTINGS[kind] | changes | {"leave": leave}
    if clip is not None:
        case["clip"] = clip
    return case | {"tensors": SHAPES}


def plans():
    return [
        plan("adam-l2-dense", "adam"),
        plan("adam-l2-zero-steps", "adam", "zero-steps"),
        plan("adam-l2-zero-from-third", "adam", "zero-from-third"),
        plan("adamw-dense", "adamw"),
        plan("adamw-zero-elements", "adamw", "zero-elements"),
        plan("sgd-momentum-dense", "sgd"),
        plan("sgd-momentum-zero-from-third", "sgd", "zero-from-third"),
        plan("adamw-all-zero", "adamw", "all-zero"),
        plan("adam-schedule", "adam", lr=SCHEDULE),
        plan("adamw-steady-then-zero", "adamw", "steady-then-zero", steps=24, weight_decay=0.0),
        plan("adamw-large-eps", "adamw", eps=0.02),
        plan("adamw-schedule", "adamw", lr=SCHEDULE),
        plan("sgd-plain", "sgd", momentum=0.0),
        plan("sgd-l2-dampening", "sgd", "zero-steps", dampening=0.4, weight_decay=0.03),
        plan("sgd-nesterov", "sgd", "zero-elements", nesterov=True, weight_decay=0.02),
        plan("clip-active-adamw", "adamw", clip=0.6),
        plan("clip-inactive-adamw", "adamw", clip=500.0),
        plan("clip-sometimes-sgd", "sgd", clip=3.6),
        plan("clip-all-zero-adam", "adam", "all-zero", weight_decay=0.0, clip=1.0),
        plan("leave-adam-l2", "adam", leave=True),
        plan("leave-adam-l2-zero-elements", "adam", "zero-elements", leave=True),
        plan("leave-adamw", "adamw", leave=True),
        plan("leave-sgd-momentum", "sgd", leave=True),
        plan("leave-sgd-dampening", "sgd", leave=True, dampening=0.3),
        plan("leave-sgd-l2-nesterov-zero-elements", "sgd", "zero-elements", leave=True, nesterov=True,
             weight_decay=0.03),
        plan("leave-adamw-clip", "adamw", leave=True, clip=0.6),
        plan("leave-adamw-schedule", "adamw", leave=True, steps=len(SCHEDULE), lr=SCHEDULE),
    ]


def draw_gradients(random, pattern, steps, shape):
    drawn = exact_f32(random.standard_normal((steps, *shape)))
    if pattern == "zero-steps":
        drawn[1::2] = 0
    elif pattern == "zero-from-third":
        drawn[2:] = 0
    elif pattern == "zero-elements":
        drawn[random.random(drawn.shape) < 0.4] = 0
    elif pattern == "all-zero":
        drawn[:] = 0
    elif pattern == "steady-then-zero":
        drawn[:] = drawn[0]
        drawn[steps // 2:] = 0
    return drawn


def draw_inputs(case, random):
    stored = {}
    for name, shape in case["tensors"].items():
        stored[f"start/{name}"] = exact_f32(random.standard_normal(shape))
        stored[f"grad/{name}"] = draw_gradients(random, case["pattern"], case["steps"], shape)
        if case["leave"]:
            stored[f"mask/{name}"] = (random.random((case["steps"], *shape)) < 0.6).astype(np.int64)
    return stored


def clip_gradients(case, gradients, masks):
    """Global norm over what the step may touch, and the clipped gradients."""
    touched = [g if m is None else g[m.bool()] for g, m in zip(gradients, masks)]
    norm = torch.sqrt(sum((part**2).sum() for part in touched))
    factor = min(1.0, float(case["clip"] / (norm + 1e-6)))
    if norm.dtype == torch.float32:
        factor = torch.clamp(case["clip"] / (norm + 1e-6), max=1.0)
    return norm, [gradient * factor for gradient in gradients]


def torch_optimiser(case, parameters):
    settings = {key: case[key] for key in ("weight_decay", "eps", "momentum", "dampening", "nesterov") if key in case}
    if "betas" in case:
        settings["betas"] = tuple(case["betas"])
    make_one = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW, "sgd": torch.optim.SGD}[case["kind"]]
    return make_one(parameters, lr=0.0, foreach=False, fused=False, **settings)


class WholeTensors:
    """One optimiser over all tensors."""

    def __init__(self, case, starts):
        self.parameters = [start.clone() for start in starts]
        self.optimiser = torch_optimiser(case, self.parameters)

    def step(self, rate, gradients, masks):
        self.optimiser.param_groups[0]["lr"] = rate
        for parameter, gradient in zip(self.parameters, gradients):
            parameter.grad = gradient.clone()
        self.optimiser.step()

    def values(self):
        return [parameter.clone() for parameter in self.parameters]

    def state(self, key):
        return [state_of(self.optimiser, parameter, key) for parameter in self.parameters]


class OwnSteps:
    """One optimiser per element, stepped on that element's own steps only."""

    def __init__(self, case, starts):
        self.shapes = [start.shape for start in starts]
        self.cells = [[entry.reshape(1).clone() for entry in start.flatten()] for start in starts]
        self.optimisers = [[torch_optimiser(case, [cell]) for cell in row] for row in self.cells]

    def step(self, rate, gradients, masks):
        for cells, optimisers, gradient, mask in zip(self.cells, self.optimisers, gradients, masks):
            for cell, own, entry, touched in zip(cells, optimisers, gradient.flatten(), mask.flatten()):
                if touched:
                    own.param_groups[0]["lr"] = rate
                    cell.grad = entry.reshape(1).clone()
                    own.step()

    def values(self):
        return [torch.cat(row).reshape(shape) for row, shape in zip(self.cells, self.shapes)]

    def state(self, key):
        made = []
        for cells, optimisers, shape in zip(self.cells, self.optimisers, self.shapes):
            entries = [state_of(own, cell, key) for own, cell in zip(optimisers, cells)]
            made.append(torch.cat(entries).reshape(shape))
        return made


def state_of(optimiser, parameter, key):
    held = optimiser.state.get(parameter, {}).get(key)
    return torch.zeros_like(parameter) if held is None else held.clone()


def compute(case, stored, dtype):
    names = list(case["tensors"])
    starts = [tensor(stored[f"start/{name}"], dtype) for name in names]
    gradients = [tensor(stored[f"grad/{name}"], dtype) for name in names]
    masks = [tensor(stored[f"mask/{name}"], dtype) if case["leave"] else None for name in names]
    kept = {"buffer": "momentum_buffer"} if case["kind"] == "sgd" else {"m": "exp_avg", "v": "exp_avg_sq"}
    run = OwnSteps(case, starts) if case["leave"] else WholeTensors(case, starts)
    history = {f"{what}/{name}": [] for what in ("param", *kept) for name in names}
    clipped, norms = {name: [] for name in names}, []

    def remember():
        for name, value in zip(names, run.values()):
            history[f"param/{name}"].append(value)
        for what, key in kept.items():
            for name, value in zip(names, run.state(key)):
                history[f"{what}/{name}"].append(value)

    remember()
    for step in range(case["steps"]):
        given = [gradient[step] for gradient in gradients]
        allowed = [None if mask is None else mask[step] for mask in masks]
        if "clip" in case:
            norm, given = clip_gradients(case, given, allowed)
            norms.append(norm)
            for name, gradient in zip(names, given):
                clipped[name].append(gradient)
        rate = case["lr"][step] if isinstance(case["lr"], list) else case["lr"]
        run.step(rate, given, allowed)
        remember()
    results = {key: torch.stack(values) for key, values in history.items()}
    if "clip" in case:
        results |= {f"clipped/{name}": torch.stack(values) for name, values in clipped.items()}
        results["norm"] = torch.stack(norms)
    if case["leave"]:
        for name, mask in zip(names, masks):
            counts = torch.cumsum(mask, 0)
            results[f"count/{name}"] = torch.cat([torch.zeros_like(counts[:1]), counts])
    return {key: to_numpy(value) for key, value in results.items()}


def make(folder, seed):
    folder.mkdir(parents=True, exist_ok=True)
    files, cases = {"f32": {}, "f64": {}}, plans()
    for case in cases:
        stored = draw_inputs(case, generator(seed, f"optimiser/{case['name']}"))
        for name, dtype in DTYPES.items():
            kept = compute(case, stored, dtype)
            kept |= {key: to_numpy(tensor(value, dtype)) for key, value in stored.items() if not key.startswith("start/")}
            files[name] |= {f"case/{case['name']}/{key}": value for key, value in kept.items()}
    write_tensors(folder / "cases.f64.safetensors", files["f64"])
    write_tensors(folder / "cases.f32.safetensors", thinned(files["f32"], cases))
    write_json(folder / "cases.json", {
        "tensor_prefix": "case/<name>/", "cases": cases,
        "float_noise_f32_against_f64": float_noise(files["f32"], files["f64"]),
        "tolerance": TOLERANCE, "versions": versions(),
    })


def by_formula(case, stored):
    """The weights after every step by the written formulas, element by element's own step count; f64, no PyTorch."""
    names = list(case["tensors"])
    weight = {name: stored[f"start/{name}"].astype(np.float64) for name in names}
    first, second, count = ({name: np.zeros(weight[name].shape) for name in names} for _ in range(3))
    history = {name: [weight[name]] for name in names}
    for step in range(case["steps"]):
        rate = case["lr"][step] if isinstance(case["lr"], list) else case["lr"]
        given = {name: stored[f"grad/{name}"][step].astype(np.float64) for name in names}
        touched = {name: stored[f"mask/{name}"][step] == 1 if case["leave"] else np.ones(weight[name].shape, bool)
                   for name in names}
        if "clip" in case:
            norm = np.sqrt(sum((given[name][touched[name]] ** 2).sum() for name in names))
            given = {name: value * min(1.0, case["clip"] / (norm + 1e-6)) for name, value in given.items()}
        for name in names:
            now = count[name] + 1
            moved = formula_step(case, rate, weight[name], given[name], first[name], second[name], now)
            for held, new in zip((weight, first, second, count), (*moved, now)):
                held[name] = np.where(touched[name], new, held[name])
            history[name].append(weight[name])
    return {f"param/{name}": np.stack(values) for name, values in history.items()}


def formula_step(case, rate, w, g, m, v, t):
    decay = case["weight_decay"]
    if case["kind"] == "sgd":
        g = g + decay * w
        b = np.where(t == 1, g, case["momentum"] * m + (1 - case["dampening"]) * g)
        return w - rate * (g + case["momentum"] * b if case["nesterov"] else b), b, v
    one, two = case["betas"]
    if case["kind"] == "adamw":
        w = w * (1 - rate * decay)
    else:
        g = g + decay * w
    m, v = one * m + (1 - one) * g, two * v + (1 - two) * g**2
    return w - rate / (1 - one**t) * m / (np.sqrt(v) / np.sqrt(1 - two**t) + case["eps"]), m, v


def check(folder, index_of, bound=1e-9):
    """Recomputes every trajectory of a folder from its own starts, gradients and masks, in f64: by PyTorch's
    optimisers (every tensor) and by the written formulas (the weights)."""
    index = index_of(folder / "cases.json")
    tensors = read_tensors(folder / "cases.f64.safetensors")
    comparison, formulas = Comparison("optimiser", bound), Comparison("optimiser by formula", bound)
    for case in index["cases"]:
        prefix = f"case/{case['name']}/"
        held = {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}
        stored = {name: value for name, value in held.items() if name.startswith(("grad/", "mask/"))}
        stored |= {f"start/{name}": held[f"param/{name}"][0] for name in case["tensors"]}
        actual = compute(case, stored, torch.float64)
        comparison.cases += 1
        for name in sorted(set(held) - set(stored)):
            comparison.add(prefix + name, held[name], actual[name])
        formulas.cases += 1
        for name, value in by_formula(case, stored).items():
            formulas.add(prefix + name, held[name], value)
    return all([comparison.report(), formulas.report()])
