"""The split autoencoder at small widths: losses, gradients, optimiser steps and evaluation of every row of table 2."""

import numpy as np
import torch

import digits
from autoencoder_model import (
    ADAM, Setting, decode, draw_weights, encode, evaluate, gradients, images_of, names_of, one_pass_total,
    spread, terms, total, train, variant_terms,
)
from common import (
    DTYPES, Comparison, generator, read_tensors, tensor, to_numpy, versions, write_json, write_tensors,
)

HIDDEN, LATENT, BATCH, NOMINAL_OTHER, WARM_UP = [3, 5], 6, 22, 31, 300
TERMS = ("first_route_on_its_digits", "first_route_on_other_digits", "second_route_on_its_digits",
         "certificate_first_half", "certificate_second_half", "l1_first_half", "l1_second_half", "correlation")
# name: (row of table 2, digits of the first half, routed, two decoders, weights of TERMS)
CASES = {
    "routed": (1, "0-4", True, False, (1, 0, 1, 1, 1, 0.003, 0.003, 0.1)),
    "routed_two_decoders": (2, "0-4", True, True, (1, 0, 1, 1, 1, 0.003, 0.003, 0.1)),
    "routed_no_correlation": (3, "0-4", True, False, (1, 0, 1, 1, 1, 0.003, 0.003, 0)),
    "routed_no_regularisation": (4, "0-4", True, False, (1, 0, 1, 1, 1, 0, 0, 0)),
    "routed_no_regularisation_two_decoders": (5, "0-4", True, True, (1, 0, 1, 1, 1, 0, 0, 0)),
    "first_half_on_all": (6, "5-9", True, False, (1, 1, 1, 1, 1, 0.02, 0.003, 0.1)),
    "plain_first_digits_only_l1": (7, "5-9", False, False, (1, 0, 0, 1, 1, 0.001, 0.001, 0)),
    "plain_first_digits_only": (8, "5-9", False, False, (1, 0, 0, 1, 1, 0, 0, 0)),
    "plain_regularised": (9, "0-4", False, False, (1, 0, 1, 1, 1, 0.003, 0.003, 0.1)),
    "plain": (10, "0-4", False, False, (1, 0, 1, 1, 1, 0, 0, 0)),
}
STORED = {
    "routed": "routed.f64.safetensors", "routed_two_decoders": "routed_two_decoders.safetensors",
    "first_half_on_all": "first_half_on_all.safetensors",
}
ONE_PASS = ("routed", "first_half_on_all", "plain_regularised")
MASK_WORDS = {
    "routed": "first-half digits: 1 on the first half, 0 on the second; other digits: the reverse",
    "first_half_on_all": "first-half digits: 1 on the first half, 0 on the second; other digits: 0.5 on every dimension",
    "plain_regularised": "mask 1 everywhere",
}
TWO_DECODERS_WORDS = ("not expressible: two decoders have parameters of their own and need a pass each, over the rows "
                      "of their own group")


def setting_of(case):
    return Setting(case["digits_of_first_half"], case["routed"], case["two_decoders"], case["loss_weights"])


def checksums(tensors):
    made = {}
    for name, value in tensors.items():
        value = np.asarray(to_numpy(value), dtype=np.float64)
        made[name] = {"sum": float(value.sum()), "abs_sum": float(np.abs(value).sum()),
                      "l2": float(np.sqrt((value**2).sum())), "max_abs": float(np.abs(value).max())}
    return made


def differences(one, other):
    """Largest absolute and largest relative difference over two sets of tensors, and where."""
    worst = {"max_abs_difference": 0.0, "at": "", "max_difference_over_tensor_max": 0.0, "at_relative": ""}
    for name, value in one.items():
        difference = float((value.double() - other[name].double()).abs().max())
        relative = difference / max(float(value.double().abs().max()), 1e-300)
        if difference > worst["max_abs_difference"]:
            worst |= {"max_abs_difference": difference, "at": name}
        if relative > worst["max_difference_over_tensor_max"]:
            worst |= {"max_difference_over_tensor_max": relative, "at_relative": name}
    return worst


def as_numbers(values):
    return {name: float(value.detach()) for name, value in values.items()}


def compute_case(case, init, data, dtype):
    setting = setting_of(case)
    images, labels = images_of(data, dtype), torch.from_numpy(data["labels"])
    weights = {name: tensor(init[name], dtype) for name in names_of(init, setting.two_decoders)}
    objective = lambda held: total(terms(held, images, labels, setting), setting.weights)
    with torch.no_grad():
        values = as_numbers(terms(weights, images, labels, setting))
    gradient = gradients(objective, weights)
    losses, snapshots = train(objective, weights, 5)
    return {"terms": values, "total": losses[0], "losses": losses, "gradient": gradient, "after_1": snapshots[1],
            "after_5": snapshots[5], "evaluation": evaluate(snapshots[5], images, labels, setting.two_decoders)}


def describe(case, init, data):
    """A case's entry in the index, and its f64 results."""
    results = {name: compute_case(case, init, data, dtype) for name, dtype in DTYPES.items()}
    f64, f32 = results["f64"], results["f32"]
    case |= {"terms_f64": f64["terms"], "terms_f32": f32["terms"], "total_f64": f64["total"],
             "total_f32": f32["total"], "loss_per_step_f64": f64["losses"], "loss_per_step_f32": f32["losses"],
             "gradient_f64": checksums(f64["gradient"]), "weights_after_1_f64": checksums(f64["after_1"]),
             "weights_after_5_f64": checksums(f64["after_5"])}
    labels, mse, mae = f64["evaluation"]
    case["evaluation_after_5_mse_f64"] = {"labels": labels} | mse
    case["evaluation_after_5_mae_f64"] = mae
    case["float32_noise"] = {key: differences(f64[key], f32[key]) for key in ("gradient", "after_1", "after_5")}
    return case, f64


def edge_cases(init, data):
    """What the formulas give where a group is empty, the batch is one image or a code dimension is constant."""
    setting = setting_of(case_settings("routed"))
    images, labels = images_of(data, torch.float64), torch.from_numpy(data["labels"])
    weights = {name: tensor(init[name], torch.float64) for name in names_of(init, False)}

    def entry(held, rows, extra, without):
        chosen = slice(None) if rows is None else torch.tensor(rows)
        values = terms(held, images[chosen], labels[chosen], setting)
        made = {} if rows is None else {"rows": rows}
        made["terms_f64"] = as_numbers(values)
        made["total_default_weights_f64"] = float(total(values, setting.weights))
        made[extra] = float(total(values, setting.weights | {without: 0}))
        return made

    low = [int(row) for row in torch.nonzero(labels <= 4).flatten()]
    high = [int(row) for row in torch.nonzero(labels > 4).flatten()]
    second = ("total_second_route_weight_0_f64", "second_route_on_its_digits")
    constant = {name: value.clone() for name, value in weights.items()}
    constant["encoder.4.weight"][1] = 0
    return {
        "only_digits_0_to_4": entry(weights, low, *second),
        "only_digits_5_to_9": entry(weights, high, *second),
        "single_image": entry(weights, low[:1], *second),
        "constant_code_dimension_1": entry(constant, None, "total_correlation_weight_0_f64", "correlation"),
    }


def one_pass(name, case, init, data):
    """The published two passes against one pass with a mask row per image."""
    setting = setting_of(case)
    made, labels = {"mask": MASK_WORDS.get(name, MASK_WORDS["routed"])}, torch.from_numpy(data["labels"])
    own = setting.is_first(labels)
    counts = int(own.sum()), int((~own).sum())
    on_all = bool(setting.weights["first_route_on_other_digits"])
    made |= {"weight_of_a_first_half_example": f"1/{counts[0]}",
             "weight_of_another_example": f"{2 if on_all else 1}/{counts[1]}",
             "first_half_examples": counts[0], "other_examples": counts[1]}
    for precision, dtype in reversed(DTYPES.items()):
        images = images_of(data, dtype)
        weights = {n: tensor(init[n], dtype) for n in names_of(init, False)}
        two = lambda held: total(terms(held, images, labels, setting), setting.weights)
        one = lambda held: one_pass_total(held, images, labels, setting, True)
        reference = gradients(two, weights)
        made[precision] = compare_totals(reference, gradients(one, weights)) | {
            "total_two_pass": float(two(weights)), "total_one_pass": float(one(weights))}
        if precision == "f64":
            mean = lambda held: one_pass_total(held, images, labels, setting, False)
            made["single_overall_mean_instead_f64"] = compare_totals(reference, gradients(mean, weights)) | {
                "total": float(mean(weights))}
    return made


def compare_totals(reference, other):
    found = differences(reference, other)
    return {"max_abs_difference": found["max_abs_difference"],
            "max_difference_over_tensor_max": found["max_difference_over_tensor_max"],
            "same_parameter_names": set(reference) == set(other)}


def compute_variant(nominal, init, data, dtype):
    images, labels = images_of(data, dtype), torch.from_numpy(data["labels"])
    weights = {name: tensor(init[name], dtype) for name in names_of(init, False)}
    objective = lambda held: sum(variant_terms(held, images, labels, nominal)[0].values())
    values, code = variant_terms({n: w.clone().requires_grad_() for n, w in weights.items()}, images, labels, nominal)
    arrived = torch.autograd.grad(sum(values.values()), code)[0].abs()
    half, low = code.shape[1] // 2, labels <= 4
    losses, snapshots = train(objective, weights, 5)
    return {"terms": as_numbers(values), "total": losses[0],
            "gradient": gradients(objective, weights), "after_1": snapshots[1], "after_5": snapshots[5],
            "code": {"first_half_low_digits": float(arrived[low, :half].sum()),
                     "second_half_low_digits": float(arrived[low, half:].sum())}}


def describe_variant(nominal, init, data):
    results = {name: compute_variant(nominal, init, data, dtype) for name, dtype in DTYPES.items()}
    f64, f32 = results["f64"], results["f32"]
    return {"terms_f64": f64["terms"], "total_f64": f64["total"], "total_f32": f32["total"],
            "gradient_f64": checksums(f64["gradient"]), "weights_after_1_f64": checksums(f64["after_1"]),
            "weights_after_5_f64": checksums(f64["after_5"]), "code_gradient_abs_sum_f64": f64["code"],
            "float32_noise": {key: differences(f64[key], f32[key]) for key in ("gradient", "after_1", "after_5")}}, f64


def forward_heads(init, data, rows=4):
    """The code, and the first rows of every output, in f64."""
    images = images_of(data, torch.float64)
    weights = {name: tensor(init[name], torch.float64) for name in names_of(init, False)}
    code = encode(weights, images)
    half = code.shape[1] // 2
    return {"forward.code": code, "forward.first_route_head": decode(weights, "decoder_good", code[:rows]),
            "forward.certificate_first_half_head": decode(weights, "decoder_certificate_top", code[:rows, :half]),
            "forward.certificate_second_half_head": decode(weights, "decoder_certificate_bot", code[:rows, half:])}


def case_settings(name):
    row, first, routed, two_decoders, weights = CASES[name]
    return {"row_of_table_2": row, "digits_of_first_half": first, "routed": routed, "two_decoders": two_decoders,
            "loss_weights": dict(zip(TERMS, weights))}


def warmed_weights(random, data):
    """Starting weights: the encoder as drawn but well spread, all decoders after a short training on its codes."""
    setting = setting_of(case_settings("plain") | {"two_decoders": True})
    images, labels = images_of(data, torch.float64), torch.from_numpy(data["labels"])
    drawn = {name: tensor(value, torch.float64) for name, value in draw_weights(random, HIDDEN, LATENT).items()}
    drawn = spread(drawn, images)
    encoder = {name: value for name, value in drawn.items() if name.startswith("encoder.")}
    decoders = {name: value for name, value in drawn.items() if name not in encoder}
    objective = lambda held: total(terms(encoder | held, images, labels, setting), setting.weights)
    _, snapshots = train(objective, decoders, WARM_UP)
    return {name: to_numpy(value.float()) for name, value in (encoder | snapshots[WARM_UP]).items()}


def store(folder, name, results):
    as_f32 = {f"grad.{n}": to_numpy(value.float()) for n, value in results["gradient"].items()}
    write_tensors(folder / name, as_f32)


def make(folder, seed):
    folder.mkdir(parents=True, exist_ok=True)
    random = generator(seed, "autoencoder")
    images, labels = digits.batch(random, BATCH)
    data = {"images": images, "labels": labels}
    init = warmed_weights(random, data)
    write_tensors(folder / "data.safetensors", data)
    write_tensors(folder / "init.safetensors", init)
    cases = {}
    for name in CASES:
        cases[name], results = describe(case_settings(name), init, data)
        cases[name]["tensors"] = [STORED[name]] if name in STORED else []
        if name == "routed":
            full = {f"{prefix}.{n}": to_numpy(value) for prefix, key in
                    (("grad", "gradient"), ("after5", "after_5"))
                    for n, value in results[key].items()}
            full |= {n: to_numpy(value) for n, value in forward_heads(init, data, rows=2).items()}
            write_tensors(folder / STORED[name], full)
        elif name in STORED:
            store(folder, STORED[name], results)
    variants = {}
    for nominal in (BATCH, NOMINAL_OTHER):
        variants[f"nominal_batch_{nominal}"], _ = describe_variant(nominal, init, data)
    write_json(folder / "cases.json", {
        "versions": versions() | {"threads": 1, "device": "cpu"}, "hidden": HIDDEN, "latent": LATENT, "batch": BATCH,
        "label_counts": np.bincount(labels, minlength=10).tolist(), "learning_rate": ADAM["lr"],
        "weight_decay_l2": ADAM["weight_decay"], "betas": list(ADAM["betas"]), "epsilon": ADAM["eps"],
        "steps": "the same batch five times", "cases": cases, "edge_cases": edge_cases(init, data),
        "one_pass_per_example_mask": {name: one_pass(name, cases[name], init, data) for name in ONE_PASS}
        | {"routed_two_decoders": {"mask": TWO_DECODERS_WORDS}},
        "mask_variant": variants,
        "tolerance": {"f64": 1e-09, "f64_after_optimiser_steps": 1e-07, "stored_as_f32": 1e-06, "computed_in_f32": 5e-05},
    }, indent=None)


def compare_json(comparison, place, expected, actual):
    """Numbers within the bound of each other, NaN beside "NaN", everything else equal; f32 entries are left out."""
    if place.endswith(("f32", "float32_noise")):
        return
    if isinstance(expected, dict):
        for key, value in expected.items():
            if key in actual:
                compare_json(comparison, f"{place}/{key}", value, actual[key])
    elif isinstance(expected, list) or (isinstance(expected, (int, float)) and not isinstance(expected, bool)):
        comparison.add(place, np.atleast_1d(expected), np.atleast_1d(actual))
    elif expected == "NaN":
        comparison.add(place, float("nan"), actual)


def check(folder, index_of, bound=1e-9):
    """Recomputes every case of a folder from its own images and weights, in f64."""
    index = index_of(folder / "cases.json")
    data, init = read_tensors(folder / "data.safetensors"), read_tensors(folder / "init.safetensors")
    before, after = Comparison("autoencoder", bound), Comparison("autoencoder after steps", 1e-7)
    rounded = Comparison("autoencoder tensors stored as f32", 1e-6)
    for name, case in index["cases"].items():
        again, results = describe({key: case[key] for key in case_settings("routed")}, init, data)
        before.cases += 1
        for key, value in again.items():
            late = "after" in key or "per_step" in key
            compare_json(after if late else before, f"{name}/{key}", case[key], value)
        if case["tensors"]:
            held = read_tensors(folder / case["tensors"][0])
            compare_tensors(held, results, forward_heads(init, data), before, after, rounded)
    compare_json(before, "edge_cases", index["edge_cases"], edge_cases(init, data))
    for name, entry in index["one_pass_per_example_mask"].items():
        if "f64" in entry:
            again = one_pass(name, index["cases"][name], init, data)
            compare_json(before, name, {key: value for key, value in entry.items() if key != "f64"}, again)
            compare_json(before, name, entry["f64"]["total_one_pass"], again["f64"]["total_one_pass"])
    for name, entry in index["mask_variant"].items():
        again, results = describe_variant(int(name.rsplit("_", 1)[1]), init, data)
        for key, value in again.items():
            compare_json(after if "after" in key else before, f"{name}/{key}", entry[key], value)
    return all([comparison.report() for comparison in (before, after, rounded)])


def compare_tensors(held, results, heads, before, after, rounded):
    for key, value in held.items():
        prefix, name = key.split(".", 1)
        if prefix == "forward":
            before.add(key, value, to_numpy(heads[key])[: len(value)])
            continue
        found = to_numpy(results[{"grad": "gradient", "after1": "after_1", "after5": "after_5"}[prefix]][name])
        (rounded if value.dtype == np.float32 else before if prefix == "grad" else after).add(key, value, found)
