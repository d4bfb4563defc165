"""The routed VAE at small widths: forward pass, gradients, optimiser steps, and a briefly trained model's arg max."""

import numpy as np
import torch

import digits
from autoencoder import as_numbers, checksums, compare_json, differences
from common import (
    DTYPES, Comparison, exact_f32, generator, read_tensors, tensor, to_numpy, versions, write_json, write_tensors,
)

WIDTHS, TRAINED_WIDTHS, LATENT, BATCH, STEPS = [7, 6], [12, 11], 10, 21, 5
ADAM = {"lr": 1e-3, "betas": (0.9, 0.999), "eps": 1e-8}
HEADS = ("mean_from_encoded", "cov_diag_from_encoded")
TRAINED_ON, TRAINED_FOR, TESTED_ON = 300, 150, 60
STORED = {"routed": "routed.f64.safetensors", "plain": "plain.safetensors"}


def shapes(widths, latent, pixels=784):
    made = {}
    for part, sizes in (("encoder", (pixels, *widths, latent)), ("decoder", (latent, *reversed(widths), pixels))):
        for index, (fan_in, fan_out) in enumerate(zip(sizes, sizes[1:])):
            made |= {f"{part}.{2 * index}.weight": (fan_out, fan_in), f"{part}.{2 * index}.bias": (fan_out,)}
    for head in HEADS:
        made |= {f"{head}.weight": (latent, latent), f"{head}.bias": (latent,)}
    return made


def draw_weights(random, widths, latent):
    """Uniform within one over the root of the number of inputs, weights and biases alike."""
    made, fan_in = {}, 1
    for name, shape in shapes(widths, latent).items():
        fan_in = shape[1] if len(shape) == 2 else fan_in
        made[name] = exact_f32(random.uniform(-1, 1, shape) * fan_in**-0.5)
    return made


def linear(weights, name, value):
    return value @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]


def perceptron(weights, part, value):
    for index in (0, 2):
        value = torch.relu(linear(weights, f"{part}.{index}", value))
    return linear(weights, f"{part}.4", value)


def forward(weights, images, labels, zeta):
    """Every tensor on the way; labels None leaves the code as it is."""
    encoded = perceptron(weights, "encoder", images)
    mean, c = (linear(weights, head, encoded) for head in HEADS)
    before = mean + c * zeta
    z = masked = torch.relu(before)
    if labels is not None:
        own = torch.nn.functional.one_hot(labels, z.shape[1]).to(z.dtype)
        masked = own * z + (1 - own) * z.detach()
    return {"encoder_out": encoded, "mean": mean, "cov_diag": c, "z_before_relu": before, "z": z,
            "z_masked": masked, "decoded": torch.sigmoid(perceptron(weights, "decoder", masked))}


def terms(found, images):
    mse = ((images - found["decoded"]) ** 2).sum(1).mean()
    kl = (found["mean"] ** 2 + found["cov_diag"].exp() - found["cov_diag"]).mean()
    return {"loss": 0.3 * mse + kl, "mse": mse, "kl": kl}


def images_of(data, dtype):
    return torch.from_numpy(data["images"]).to(dtype) / 255


def train(weights, batches, steps):
    """Scalars before each step, gradients of the first, and the weights after each."""
    held = {name: value.clone().requires_grad_() for name, value in weights.items()}
    optimiser = torch.optim.Adam(held.values(), foreach=False, fused=False, **ADAM)
    scalars, snapshots, gradient = [], [], None
    for step in range(steps):
        images, labels, zeta = batches(step)
        optimiser.zero_grad()
        values = terms(forward(held, images, labels, zeta), images)
        values["loss"].backward()
        gradient = gradient or {name: value.grad.detach().clone() for name, value in held.items()}
        optimiser.step()
        scalars.append(as_numbers(values))
        snapshots.append({name: value.detach().clone() for name, value in held.items()})
    return scalars, gradient, snapshots


def compute_case(routed, init, data, dtype):
    images, zeta = images_of(data, dtype), tensor(data["zeta"], dtype)
    labels = torch.from_numpy(data["labels"]) if routed else None
    weights = {name: tensor(value, dtype) for name, value in init.items()}
    scalars, gradient, snapshots = train(weights, lambda step: (images, labels, zeta[step]), len(zeta))
    return {"per_step": scalars, "gradient": gradient, "after_1": snapshots[0], "after_5": snapshots[-1]}


def describe(routed, init, data):
    f64, f32 = (compute_case(routed, init, data, DTYPES[name]) for name in ("f64", "f32"))
    return {"per_step_f64": f64["per_step"], "per_step_f32": f32["per_step"],
            "gradient_f64": checksums(f64["gradient"]), "weights_after_1_f64": checksums(f64["after_1"]),
            "weights_after_5_f64": checksums(f64["after_5"]),
            "float32_noise": {key: differences(f64[key], f32[key]) for key in ("gradient", "after_1", "after_5")}}, f64


def forward_file(init, data, dtype=torch.float64):
    """The first step's tensors, and what arrives at mean and spread with labels and without."""
    images, zeta = images_of(data, dtype), tensor(data["zeta"], dtype)[0]
    weights = {name: tensor(value, dtype).requires_grad_() for name, value in init.items()}
    made = {}
    for case, labels in (("routed", torch.from_numpy(data["labels"])), ("plain", None)):
        found = forward(weights, images, labels, zeta)
        loss = terms(found, images)["loss"]
        for name, gradient in zip(("mean", "cov_diag"), torch.autograd.grad(loss, [found["mean"], found["cov_diag"]])):
            made[f"{case}.grad_{name}"] = gradient
        made |= found if case == "routed" else {}
    return made


def trained_model(random):
    """A wider model after a short training on digits of its own, and what it reads off others."""
    images, labels = digits.batch(random, TRAINED_ON)
    pixels, truth = images_of({"images": images}, torch.float64), torch.from_numpy(labels)
    zeta = tensor(random.standard_normal((TRAINED_FOR, TRAINED_ON, LATENT)), torch.float64)
    weights = {n: tensor(v, torch.float64) for n, v in draw_weights(random, TRAINED_WIDTHS, LATENT).items()}
    _, _, snapshots = train(weights, lambda step: (pixels, truth, zeta[step]), TRAINED_FOR)
    weights = {name: to_numpy(value.float()) for name, value in snapshots[-1].items()}
    images, labels = digits.batch(random, TESTED_ON)
    return {"images": images, "labels": labels} | read_out(weights, images) | {
        f"weights.{name}": value for name, value in weights.items()}


def read_out(weights, images):
    held = {name: tensor(value, torch.float64) for name, value in weights.items()}
    encoded = perceptron(held, "encoder", images_of({"images": images}, torch.float64))
    mean = to_numpy(linear(held, HEADS[0], encoded))
    return {"mean_f64": mean, "argmax": mean.argmax(1)}


def summary(trained):
    two = np.sort(trained["mean_f64"], axis=1)[:, -2:]
    correct = int((trained["argmax"] == trained["labels"]).sum())
    return {"widths": TRAINED_WIDTHS, "correct": correct, "total": len(trained["labels"]),
            "accuracy": correct / len(trained["labels"]),
            "smallest_gap_between_the_two_largest_means": float((two[:, 1] - two[:, 0]).min())}


def make(folder, seed):
    folder.mkdir(parents=True, exist_ok=True)
    random = generator(seed, "vae")
    images, labels = digits.batch(random, BATCH)
    data = {"images": images, "labels": labels,
            "zeta": exact_f32(random.standard_normal((STEPS, BATCH, LATENT)))}
    init = draw_weights(random, WIDTHS, LATENT)
    trained = trained_model(random)
    write_tensors(folder / "data.safetensors", data)
    write_tensors(folder / "init.safetensors", init)
    write_tensors(folder / "trained.safetensors", trained)
    write_tensors(folder / "forward.f64.safetensors",
                  {name: to_numpy(value) for name, value in forward_file(init, data).items()})
    cases = {}
    for name, file in STORED.items():
        cases[name], results = describe(name == "routed", init, data)
        cases[name]["tensors"] = [file]
        if name == "routed":
            write_tensors(folder / file, {f"{prefix}.{n}": to_numpy(value) for prefix, key in
                                          (("grad", "gradient"), ("after5", "after_5"))
                                          for n, value in results[key].items()})
        else:
            write_tensors(folder / file, {f"grad.{n}": to_numpy(v.float()) for n, v in results["gradient"].items()})
    write_json(folder / "cases.json", {
        "versions": versions() | {"threads": 1, "device": "cpu"}, "widths": WIDTHS, "latent": LATENT, "batch": BATCH,
        "learning_rate": ADAM["lr"], "betas": list(ADAM["betas"]), "epsilon": ADAM["eps"], "weight_decay": 0,
        "steps": "the same batch five times, zeta[k] at step k", "cases": cases, "trained": summary(trained),
        "tolerance": {"f64": 1e-09, "f64_after_optimiser_steps": 1e-08, "stored_as_f32": 1e-06,
                      "computed_in_f32": 5e-05},
    }, indent=None)


def check(folder, index_of, bound=1e-9):
    """Recomputes every case of a folder from its own images, weights and noise, in f64."""
    index = index_of(folder / "cases.json")
    data, init = read_tensors(folder / "data.safetensors"), read_tensors(folder / "init.safetensors")
    before, after = Comparison("vae", bound), Comparison("vae after steps", 1e-8)
    rounded = Comparison("vae tensors stored as f32", 1e-6)
    for name, case in index["cases"].items():
        again, results = describe(name == "routed", init, data)
        before.cases += 1
        for expected, found in zip(case["per_step_f64"], again["per_step_f64"]):
            compare_json(after, f"{name}/per_step", expected, found)
        for key in ("gradient_f64", "weights_after_1_f64", "weights_after_5_f64"):
            compare_json(after if "after" in key else before, f"{name}/{key}", case[key], again[key])
        for file in case["tensors"]:
            for key, value in read_tensors(folder / file).items():
                prefix, parameter = key.split(".", 1)
                found = to_numpy(results[{"grad": "gradient", "after5": "after_5"}[prefix]][parameter])
                (rounded if value.dtype == np.float32 else before if prefix == "grad" else after).add(key, value, found)
    again = forward_file(init, data)
    for key, value in read_tensors(folder / "forward.f64.safetensors").items():
        before.add(key, value, to_numpy(again[key]))
    trained = read_tensors(folder / "trained.safetensors")
    weights = {name.removeprefix("weights."): v for name, v in trained.items() if name.startswith("weights.")}
    for key, value in read_out(weights, trained["images"]).items():
        before.add(key, trained[key], value)
    return all([comparison.report() for comparison in (before, after, rounded)])
