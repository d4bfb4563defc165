"""Data-dependent masks inside language models, after the published library's mask applier."""

import numpy as np
import torch

import language
from common import (
    DTYPES, Comparison, exact_f32, generator, read_tensors, to_numpy, versions, write_json, write_tensors,
)
from transformer import COMMON

CONFIGS = {
    "gpt2": {"architectures": ["GPT2LMHeadModel"], "model_type": "gpt2", "vocab_size": 7, "n_positions": 6,
             "n_embd": 4, "n_layer": 2, "n_head": 2, "n_inner": 5, "activation_function": "gelu_new",
             "layer_norm_epsilon": 1e-5, "tie_word_embeddings": True, "scale_attn_weights": True},
    "llama": {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": 7,
              "max_position_embeddings": 6, "hidden_size": 4, "intermediate_size": 3, "num_hidden_layers": 2,
              "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 2, "hidden_act": "silu",
              "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "tie_word_embeddings": False, "attention_bias": False,
              "mlp_bias": False},
}
L1 = {"hook": "mlp.hook_post", "layers": [0], "coefficient": 0.25, "denominator": 100.0, "where": "before_mask"}
BIAS = {"tensor": "bias", "at": "ln_final.hook_normalized", "weight": "1 - rule of the first spec"}
CASES = [
    {"name": "mlp-post", "specs": [("mlp.hook_post", [0, 1], 2)]},
    {"name": "later-spec-wins", "specs": [("mlp.hook_post", [0, 1], 1), ("mlp.hook_post", [0], 1)]},
    {"name": "four-hooks", "specs": [("mlp.hook_post", [0], 2), ("hook_mlp_out", [1], 2), ("hook_resid_post", [0], 2),
                                     ("attn.hook_z", [0, 1], 2)]},
    {"name": "partial-scaled", "mode": "blend", "mask_weight": 0.3, "specs": [("hook_resid_post", [0], 2)]},
    {"name": "zero-ablate", "action": "zero_ablate", "index": 1,
     "specs": [("mlp.hook_post", [0], 3), ("attn.hook_z", [1], 3)]},
    {"name": "route-and-ablate", "action": "route_and_ablate", "default": 2, "own": [0], "mask_weight": 0.5,
     "specs": [("mlp.hook_post", [0, 1], 3)]},
    {"name": "era-step-right-padded", "mode": "blend", "batch": "right", "l1": L1, "bias": BIAS,
     "depends_on_padded_positions": True, "specs": [("mlp.hook_post", [0, 1], 2)]},
]
BOUND = 1e-10


def size(config, hook):
    s = language.settings(config)
    mlp = config.get("n_inner") or config.get("intermediate_size")
    return {"mlp.hook_post": (mlp,), "attn.hook_z": (s["heads"], s["width"])}.get(hook, (s["d"],))


def describe(case):
    node = {"action": "route", "mode": "index", "mask_weight": 1.0, "batch": "plain"} | case
    node["specs"] = [{"hook": hook, "layers": layers, "rows": rows, "rule": f"spec/{k}/rule",
                      "table": f"spec/{k}/table"} for k, (hook, layers, rows) in enumerate(case["specs"])]
    return node


def draw(random, config, node):
    """What a case is given: sequences, and a rule and a table for each spec."""
    rows, length = 2, 5
    ids, mask = random.integers(0, config["vocab_size"], (rows, length)), np.ones((rows, length), np.int64)
    if node["batch"] == "right":
        mask[1, 3:] = 0
        ids[1, 3:] = 0
    made = {"input_ids": ids.astype(np.int64), "attention_mask": mask}
    for k, spec in enumerate(node["specs"]):
        shape = size(config, spec["hook"])
        table = random.choice([0.0, 1.0, 0.5, -0.75], (spec["rows"] + 1, *shape))
        if spec["hook"] == "attn.hook_z":
            table[..., :] = table[..., :1]
        table[-1] = 1
        points = (rows, length - 1)
        rule = random.random(points) if node["mode"] == "blend" else random.integers(0, spec["rows"] + 1, points)
        made[f"spec/{k}/table"] = exact_f32(table)
        made[f"spec/{k}/rule"] = exact_f32(rule) if node["mode"] == "blend" else rule.astype(np.int64)
    if "bias" in node:
        made["bias"] = exact_f32(random.standard_normal(size(config, "hook_resid_post")))
    return made


def masks_of(table, rule, mode):
    if mode == "blend":
        w = rule.reshape(*rule.shape, *[1] * (table.dim() - 1))
        return table[0] * (1 - w) + table[1] * w
    return table[rule]


def act(node, table, rule):
    """What one spec does to an activation."""
    if node["action"] == "zero_ablate":
        return lambda x: (1 - table[node["index"]]) * x
    mask = node["mask_weight"] * masks_of(table, rule, node["mode"])
    if node["action"] == "route":
        return lambda x: mask * x + (1 - mask) * x.detach()
    own = torch.zeros_like(rule, dtype=torch.bool)
    for index in node["own"]:
        own |= rule == index
    keep = (table[torch.where(own, rule, torch.full_like(rule, node["default"]))] != 0).to(table.dtype)
    return lambda x: keep * (mask * x + (1 - mask) * x.detach())


def run(config, weights, node, given, dtype):
    w = language.leaves(weights, dtype)
    given = {n: torch.from_numpy(v).to(dtype) if v.dtype.kind == "f" else torch.from_numpy(v) for n, v in given.items()}
    hooks, penalised = {}, []
    for spec in node["specs"]:
        for layer in spec["layers"]:
            hooks[f"blocks.{layer}.{spec['hook']}"] = [act(node, given[spec["table"]], given[spec["rule"]])]

    def penalise(x):
        penalised.append(x.abs().sum())
        return x

    l1 = node.get("l1")
    for layer in l1["layers"] if l1 else []:
        there = hooks.setdefault(f"blocks.{layer}.{l1['hook']}", [])
        there.insert(0 if l1["where"] == "before_mask" else len(there), penalise)
    bias = given[node["bias"]["tensor"]].requires_grad_() if "bias" in node else None
    if bias is not None:
        weight = 1 - given[node["specs"][0]["rule"]][..., None]
        hooks.setdefault(node["bias"]["at"], []).append(lambda x: x + weight * bias)
    ids, mask = given["input_ids"], given["attention_mask"]
    logits = language.Decoder(config, w).logits(ids[:, :-1], mask[:, :-1], hooks)
    loss = language.loss_of(logits, ids, mask)
    if l1:
        loss = loss + l1["coefficient"] / l1["denominator"] * sum(penalised)
    loss.backward()
    made = {"loss": loss.reshape(1)} | language.gradients(w)
    if bias is not None:
        made["grad_bias"] = bias.grad
    if node["action"] != "route":
        made["logits"] = logits
    return {name: to_numpy(value) for name, value in made.items()}


def make(folder, seed):
    for family, config in CONFIGS.items():
        there = folder / family
        there.mkdir(parents=True, exist_ok=True)
        config, random = config | COMMON, generator(seed, "routing " + family)
        weights, nodes = language.draw_weights(random, config), [describe(case) for case in CASES]
        files = {"f64": {}, "f32": {}}
        for i, node in enumerate(nodes if family == "gpt2" else nodes[2::2]):
            given = draw(random, config, node)
            for dtype in ("f64", "f32") if i == 0 and family == "gpt2" else ("f64",):
                found = given | run(config, weights, node, given, DTYPES[dtype])
                files[dtype] |= {f"case/{node['name']}/{name}": value for name, value in found.items()}
        write_json(there / "config.json", config)
        write_tensors(there / "model.safetensors", weights)
        for dtype, tensors in files.items():
            if tensors:
                write_tensors(there / f"cases.{dtype}.safetensors", tensors)
        write_json(there / "cases.json", {"family": family, "cases": nodes, "tolerance": {
            "f32": {"relative_to_tensor_max": 5e-5, "absolute": 1e-7},
            "f64": {"relative_to_tensor_max": BOUND, "absolute": 1e-13}}, "versions": versions()})


def check(folder, read_json):
    result = Comparison("routing", BOUND)
    for there in sorted(p for p in folder.iterdir() if (p / "cases.f64.safetensors").exists()):
        config, weights = read_json(there / "config.json"), read_tensors(there / "model.safetensors")
        stored = read_tensors(there / "cases.f64.safetensors")
        for node in read_json(there / "cases.json")["cases"]:
            prefix = f"case/{node['name']}/"
            own = {n[len(prefix):]: v for n, v in stored.items() if n.startswith(prefix)}
            if not own:
                continue
            result.cases += 1
            results = ("grad", "loss", "logits")
            given = {n: v for n, v in own.items() if not n.startswith(results)}
            mask = own["attention_mask"][:, :-1, None]
            for name, value in run(config, weights, node, given, DTYPES["f64"]).items():
                if name in own:
                    value = np.where(mask, value, 0) if name == "logits" else value
                    expected = np.where(mask, own[name], 0) if name == "logits" else own[name]
                    result.add(f"{there.name}/{prefix}{name}", expected, value)
    return result.report()
