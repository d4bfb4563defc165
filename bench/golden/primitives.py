"""The three masking mechanisms on two small networks.

Activation and forward masks are applied as their formulas say. The expected gradient under a parameter mask comes from
a loop: for every data point the network runs with a private copy of the layer's parameters at that point alone, and
the gradient of the whole loss with respect to that copy, masked, is the point's contribution.
"""

import itertools

import numpy as np
import torch
import torch.nn.functional as F

from common import (
    DTYPES, TOLERANCE, Comparison, exact_f32, float_noise, generator, read_tensors, tensor, thinned, to_numpy,
    versions, write_json, write_tensors,
)
from primitive_cases import CASES

LAYERS = {"mlp": ("linear1", "linear2", "linear3"), "tokens": ("embedding", "norm", "linear1", "linear2")}


class Pass:
    """One forward pass: where routes act, and at which point one layer uses a private copy of its parameters."""

    def __init__(self, case, inputs, parameters, private_layer=None, private_point=None, private=None):
        self.case, self.inputs, self.parameters = case, inputs, parameters
        self.private_layer, self.private_point, self.private = private_layer, private_point, private

    def place(self, name, value):
        for route in self.case["routes"]:
            if route.get("at") != name:
                continue
            mask = self.inputs[route["mask"]]
            if route["mechanism"] == "activation":
                value = mask * value + (1 - mask) * value.detach()
            else:
                value = mask * value
        return value

    def layer(self, name, function, value):
        shared = {part: self.parameters[f"{name}.{part}"] for part in parts(self.parameters, name)}
        if name != self.private_layer:
            return function(value, **shared)
        axes = len(self.case["points"])
        rows = []
        for point in points(self.case):
            own = self.private if point == self.private_point else shared
            rows.append(function(value[point], **own))
        made = torch.stack(rows)
        return made.reshape(*self.case["points"], *made.shape[1:]) if axes else made

    def gelu(self, value):
        return F.gelu(value, approximate=self.case["gelu"])


def parts(parameters, layer):
    return [name.split(".", 1)[1] for name in parameters if name.startswith(layer + ".")]


def points(case):
    return list(itertools.product(*(range(size) for size in case["points"])))


def linear(value, weight, bias):
    return value @ weight.T + bias


def mlp(run):
    """Loss, output and the tensor whose gradient is called grad/input."""
    start = run.inputs["x"].clone().requires_grad_()
    value = run.place("input", start)
    value = run.place("pre1", run.layer("linear1", linear, value))
    value = run.place("hidden1", torch.relu(value))
    value = run.place("pre2", run.layer("linear2", linear, value))
    value = run.place("hidden2", run.gelu(value))
    output = run.place("output", run.layer("linear3", linear, value))
    return ((output - run.inputs["target"]) ** 2).mean(), output, start


def tokens(run):
    """As mlp; the gradient called grad/input is that of the embedding's output before any route there."""
    eps = run.case["eps"]

    def norm(value, weight, bias):
        centred = value - value.mean(-1, keepdim=True)
        variance = (centred**2).mean(-1, keepdim=True)
        return centred / torch.sqrt(variance + eps) * weight + bias

    ids = run.inputs["ids"]
    start = run.layer("embedding", lambda index, weight: weight[index], ids)
    value = run.place("embedding", start)
    value = run.place("norm", run.layer("norm", norm, value))
    value = run.place("pre", run.layer("linear1", linear, value))
    value = run.place("hidden", run.gelu(value))
    value = run.place("mixed", torch.einsum("tu,buh->bth", run.inputs["mix"], value))
    output = run.place("output", run.layer("linear2", linear, value))
    loss = F.cross_entropy(output.flatten(0, 1), run.inputs["target"].flatten())
    return loss, output, start


NETWORKS = {"mlp": mlp, "tokens": tokens}


def contribution_mask(route, inputs, case, point, part, like):
    """The mask of one route at one point, broadcast to the parameter's shape; None where it does not apply."""
    if part not in route["applies_to"]:
        return None
    mask = inputs[route["mask"]]
    feature = mask.expand(*case["points"], mask.shape[-1])[point]
    if route["layer"] == "embedding":
        return feature.expand(like.shape[-1])
    if part == "bias" or like.ndim == 1:
        return feature.expand(like.shape[0])
    return feature.expand(like.shape[0])[:, None] if route["axis"] == "out" else feature.expand(like.shape[1])[None, :]


def private_copy_gradients(network, case, inputs, parameters, layer):
    """The gradient of a layer under its parameter routes: the loop over data points."""
    routes = [route for route in case["routes"] if route.get("layer") == layer]
    names = parts(parameters, layer)
    total = {part: torch.zeros_like(parameters[f"{layer}.{part}"]) for part in names}
    for point in points(case):
        private = {part: parameters[f"{layer}.{part}"].detach().clone().requires_grad_() for part in names}
        loss, _, _ = NETWORKS[network](Pass(case, inputs, parameters, layer, point, private))
        gradients = torch.autograd.grad(loss, [private[part] for part in names])
        for part, gradient in zip(names, gradients):
            for route in routes:
                mask = contribution_mask(route, inputs, case, point, part, gradient)
                if mask is not None:
                    gradient = gradient * mask
            total[part] = total[part] + gradient
    return total


def compute(network, case, stored, dtype):
    """Everything that a case expects, from its stored inputs."""
    inputs = {name: tensor(value, dtype) for name, value in stored.items()}
    parameters = {
        name.removeprefix("param/"): value.requires_grad_() for name, value in inputs.items() if name.startswith("param/")
    }
    loss, output, start = NETWORKS[network](Pass(case, inputs, parameters))
    wanted = [*parameters.values(), start]
    gradients = torch.autograd.grad(loss, wanted, allow_unused=False)
    results = {f"grad/{name}": gradient for name, gradient in zip(parameters, gradients)}
    results["grad/input"] = gradients[-1]
    results["output"], results["loss"] = output, loss.reshape(1)
    for layer in {route["layer"] for route in case["routes"] if route["mechanism"] == "parameter"}:
        for part, gradient in private_copy_gradients(network, case, inputs, parameters, layer).items():
            results[f"grad/{layer}.{part}"] = gradient
    return {name: to_numpy(value) for name, value in results.items()}


def draw_mask(random, kind, shape):
    if kind == "binary":
        mask = random.integers(0, 2, shape)
        flat = mask.reshape(-1)
        if flat.size > 1 and flat.min() == flat.max():
            flat[0] = 1 - flat[0]
        return exact_f32(mask)
    if kind in ("zero", "ones"):
        return exact_f32(np.full(shape, kind == "ones"))
    if kind == "mixed":
        return exact_f32(random.choice([-0.75, -0.25, 0.0, 0.5, 1.0, 2.0], shape))
    low, high = {"fractional": (3, 62), "negative": (-60, -3), "above-one": (66, 190)}[kind]
    return exact_f32(random.integers(low, high, shape) / 64)


def draw_inputs(network, case, random):
    """Parameters, data and masks; every number is exact in f32."""
    size, shape = case["sizes"], tuple(case["points"])
    normal = lambda *dims, scale=1.0: exact_f32(random.standard_normal(dims) * scale)
    stored = {}
    if network == "mlp":
        widths = [size["in"], size["h1"], size["h2"], size["out"]]
        for index, (fan_in, fan_out) in enumerate(zip(widths, widths[1:]), start=1):
            stored[f"param/linear{index}.weight"] = normal(fan_out, fan_in, scale=fan_in**-0.5 * 1.2)
            stored[f"param/linear{index}.bias"] = normal(fan_out, scale=0.4)
        stored["x"], stored["target"] = normal(*shape, size["in"]), normal(*shape, size["out"])
    else:
        stored["param/embedding.weight"] = normal(size["v"], size["d"])
        stored["param/norm.weight"] = exact_f32(1 + 0.3 * random.standard_normal(size["d"]))
        stored["param/norm.bias"] = normal(size["d"], scale=0.3)
        for name, fan_out, fan_in in (("linear1", size["h"], size["d"]), ("linear2", size["v"], size["h"])):
            stored[f"param/{name}.weight"] = normal(fan_out, fan_in, scale=fan_in**-0.5 * 1.2)
            stored[f"param/{name}.bias"] = normal(fan_out, scale=0.4)
        stored["ids"] = random.integers(0, size["v"], shape)
        stored["target"] = random.integers(0, size["v"], shape)
        stored["mix"] = np.tril(normal(shape[1], shape[1], scale=0.6))
    for route in case["routes"]:
        stored[route["mask"]] = draw_mask(random, route["kind"], tuple(route["mask_shape"]))
    return stored


def make(folder, seed):
    folder.mkdir(parents=True, exist_ok=True)
    for network, cases in CASES.items():
        files = {"f32": {}, "f64": {}}
        described = []
        for index, plan in enumerate(cases):
            random = generator(seed, f"{network}/{plan['name']}")
            case = plan["describe"](random, index)
            stored = draw_inputs(network, case, random)
            for name, dtype in DTYPES.items():
                kept = {key: to_numpy(tensor(value, dtype)) for key, value in stored.items()}
                kept |= compute(network, case, stored, dtype)
                files[name] |= {f"case/{case['name']}/{key}": value for key, value in kept.items()}
            described.append(case)
        write_tensors(folder / f"{network}.f64.safetensors", files["f64"])
        write_tensors(folder / f"{network}.f32.safetensors", thinned(files["f32"], described))
        write_json(folder / f"{network}.json", {
            "network": network, "tensor_prefix": "case/<name>/", "cases": described,
            "float_noise_f32_against_f64": float_noise(files["f32"], files["f64"]),
            "tolerance": TOLERANCE, "versions": versions(),
        })


def check(folder, index_of, bound=1e-9):
    """Recomputes every case of a folder from its own stored inputs, in f64."""
    good = True
    for network in LAYERS:
        index = index_of(folder / f"{network}.json")
        tensors = read_tensors(folder / f"{network}.f64.safetensors")
        comparison = Comparison(f"primitives/{network}", bound)
        for case in index["cases"]:
            prefix = f"case/{case['name']}/"
            held = {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}
            results = {"output", "loss"} | {name for name in held if name.startswith("grad/")}
            actual = compute(network, case, {n: v for n, v in held.items() if n not in results}, torch.float64)
            comparison.cases += 1
            for name in sorted(results):
                comparison.add(prefix + name, held[name], actual[name])
        good &= comparison.report()
    return good
