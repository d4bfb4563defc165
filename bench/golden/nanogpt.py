"""The companion repository's decoder: forward, routed gradients, steering, ablation, masks on the hidden layer."""

import numpy as np
import torch

import language
from common import DTYPES, Comparison, exact_f32, generator, read_tensors, to_numpy, versions, write_json, write_tensors

STEER = {"block_size": 8, "vocab_size": 9, "n_layer": 2, "n_head": 1, "n_embd": 8, "tie_weights": True,
         "use_pos_emb": False, "use_rope": True, "mlp_width": 32}
HIDDEN = STEER | {"n_layer": 1, "n_head": 2, "n_key_value_head": 1, "n_embd": 8, "mlp_width": 32, "l1_coeff": 0.002}
MASKED, ROUTED, AFTER, COEFFICIENTS = [1, 1, 9], 3, 0, [-30.0, 5.0]
TABLE = {"first": 0, "last": 7, "inside": 1.0, "others": -5e-8}
SAMPLED = "sampling.last_probabilities_temperature_0.7_top_5"
BOUND = 1e-9


def routed(mask, ids):
    """The gradient times row 0 of a mask where the id is 0; the value as it was."""
    here = torch.where(ids[..., None] == 0, mask, torch.ones((), dtype=mask.dtype))
    return lambda x: here * x + (1 - here) * x.detach()


def first_unit(size, dtype):
    return torch.nn.functional.one_hot(torch.tensor(0), size).to(dtype)


def loss_of(logits, targets):
    return torch.nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-1)


def blocks(given, config):
    return sorted({b for b in given if b < config["n_layer"]})


class Given:
    """Tokens, targets and mask ids of one model, and its weights as leaves."""

    def __init__(self, config, weights, data, ids, dtype):
        self.config, self.dtype = config | {"model_type": "nanogpt"}, dtype
        self.w = language.leaves(weights, dtype)
        self.tokens, self.targets = (torch.from_numpy(data[n].astype(np.int64)) for n in ("tokens", "targets"))
        self.ids = torch.from_numpy(ids.astype(np.int64))

    def logits(self, hooks=None, watch=None):
        return language.Decoder(self.config, self.w).logits(self.tokens, None, hooks, watch)

    def after(self, where, function):
        return {f"blocks.{b}.{where[1]}": [function] for b in blocks(where[0], self.config)}


def steering(config, weights, data, masked, mode, bias=None):
    g = Given(config, weights, data, data["mask_ids"], DTYPES["f64"])
    hooks = {}
    if mode != "plain":
        row = first_unit(config["n_embd"], g.dtype)
        hooks = g.after((masked, "hook_resid_post"), routed(row, g.ids))
    if bias is not None:
        bias = torch.from_numpy(bias).to(g.dtype).requires_grad_()
        gain = g.w["transformer.ln_f.weight"]
        hooks["ln_final.hook_normalized"] = [lambda x: x + (g.ids[..., None] == 0) * bias / gain]
    logits = g.logits(hooks)
    loss = loss_of(logits, g.targets)
    loss.backward()
    made = {"logits": logits} | language.gradients(g.w, "grad.")
    return made | ({"grad.conditional_bias": bias.grad} if bias is not None else {}), loss.item()


def forward(config, weights, data, masked, after, coefficients):
    g = Given(config, weights, data, data["mask_ids"], DTYPES["f64"])
    seen = {}
    logits = g.logits(watch=lambda name, x: seen.setdefault(name, x))
    each = torch.nn.functional.cross_entropy(logits.flatten(0, 1), g.targets.flatten(), reduction="none")
    made = {"per_token_loss": each.reshape(g.targets.shape), "residual_after_block": torch.stack(
        [seen[f"blocks.{b}.hook_resid_post"] for b in range(config["n_layer"])])}
    unit = first_unit(config["n_embd"], g.dtype)
    for mask, row in enumerate((unit, torch.ones_like(unit))):
        hooks = g.after((masked, "hook_resid_post"), lambda x, keep=1 - row: x * keep)
        made[f"ablated_mask_{mask}.logits"] = g.logits(hooks)
    for c in coefficients:
        hooks = {f"blocks.{after}.hook_resid_post": [lambda x, c=c: x + c * unit]}
        made[f"steered_{int(c):+d}.logits"] = g.logits(hooks)
    best = (logits[:, -1] / 0.7).topk(5).values[:, -1:]
    last = logits[:, -1] / 0.7
    rows = g.w["transformer.wte.weight"].detach()
    made["cosine_with_axis_0"] = rows[:, 0] / rows.norm(dim=1)
    made[SAMPLED] = last.masked_fill(last < best, float("-inf")).softmax(-1)
    return made


def hidden(config, weights, data, ids, masked, table):
    g = Given(config, weights, data, ids, DTYPES["f64"])
    unit = torch.arange(config["mlp_width"])
    inside = (unit >= table["first"]) & (unit <= table["last"])
    row = torch.where(inside, table["inside"], table["others"]).to(g.dtype)
    penalised = []
    hooks = g.after((masked, "mlp.hook_post"), routed(row, g.ids))
    for functions in hooks.values():
        functions.append(lambda x: penalised.append(x.abs().sum()) or x)
    logits = g.logits(hooks)
    loss = loss_of(logits, g.targets) + config["l1_coeff"] / g.ids.numel() * sum(penalised)
    loss.backward()
    made = {"logits": logits} | language.gradients(g.w, "grad.")
    made["ablated_mask_0.logits"] = g.logits(g.after((masked, "mlp.hook_post"), lambda x: x * (1 - row)))
    return made, loss.item()


def numbers(tensors):
    return {name: to_numpy(value) for name, value in tensors.items()}


def make(folder, seed):
    folder.mkdir(parents=True, exist_ok=True)
    random = generator(seed, "nanogpt")
    weights, wide = (language.draw_weights(random, c | {"model_type": "nanogpt"}) for c in (STEER, HIDDEN))
    tokens = random.integers(0, STEER["vocab_size"], (2, 6)).astype(np.int32)
    data = {"tokens": tokens[:, :-1].copy(), "targets": tokens[:, 1:].copy()}
    data["targets"][0, 1] = ROUTED
    data["mask_ids"] = (data["targets"] != ROUTED).astype(np.int32)
    bias = exact_f32(random.standard_normal(STEER["n_embd"]))
    write_tensors(folder / "steer_data.safetensors", data)
    write_tensors(folder / "steer_weights.safetensors", weights)
    write_tensors(folder / "mlp_weights.safetensors", wide)
    cases = {"versions": versions(), "steer": {
        "config": STEER, "blocks_to_mask_as_given": MASKED,
        "steering": {"after_block": AFTER, "coefficients": COEFFICIENTS}}}
    for mode in ("plain", "routed"):
        made, loss = steering(STEER, weights, data, MASKED, mode)
        write_tensors(folder / f"steer_{mode}.f64.safetensors", numbers(made))
        cases["steer"][mode] = {"loss_f64": loss}
    write_tensors(folder / "steer_forward.f64.safetensors",
                  numbers(forward(STEER, weights, data, MASKED, AFTER, COEFFICIENTS)))
    made, loss = steering(STEER, weights, data, MASKED, "routed", bias)
    kept = ("logits", "grad.conditional_bias", "grad.transformer.ln_f.weight", "grad.transformer.wte.weight")
    write_tensors(folder / "conditional_bias.f64.safetensors",
                  numbers({n: made[n] for n in kept}) | {"conditional_bias": bias})
    cases["conditional_bias"] = {"loss_f64": loss}
    ids = (data["targets"] % 3 != 0).astype(np.int32)
    made, loss = hidden(HIDDEN, wide, data, ids, [0], TABLE)
    write_tensors(folder / "mlp_masks.f64.safetensors", numbers(made) | {"mask_ids": ids})
    cases["mlp_masks"] = {"config": HIDDEN, "blocks_to_mask": [0], "mask_0_table": TABLE, "loss_f64": loss}
    write_json(folder / "cases.json", cases)


def check(folder, read_json):
    result = Comparison("nanogpt", BOUND)
    cases, data = read_json(folder / "cases.json"), read_tensors(folder / "steer_data.safetensors")
    weights, wide = (read_tensors(folder / f"{n}_weights.safetensors") for n in ("steer", "mlp"))
    steer, wider = cases["steer"], cases["mlp_masks"]
    config, masked = steer["config"], steer["blocks_to_mask_as_given"]

    def compare(name, found):
        result.cases += 1
        stored = read_tensors(folder / f"{name}.f64.safetensors")
        for tensor, value in stored.items():
            if tensor in found:
                result.add(f"{name}/{tensor}", value, to_numpy(found[tensor]))

    for mode in ("plain", "routed"):
        compare(f"steer_{mode}", steering(config, weights, data, masked, mode)[0])
    compare("steer_forward", forward(config, weights, data, masked, steer["steering"]["after_block"],
                                     steer["steering"]["coefficients"]))
    bias = read_tensors(folder / "conditional_bias.f64.safetensors")["conditional_bias"]
    compare("conditional_bias", steering(config, weights, data, masked, "routed", bias)[0])
    ids = read_tensors(folder / "mlp_masks.f64.safetensors")["mask_ids"]
    compare("mlp_masks", hidden(wider["config"], wide, data, ids, wider["blocks_to_mask"], wider["mask_0_table"])[0])
    return result.report()
