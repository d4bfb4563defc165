"""Wider models, their masks, and the way back: the paper's expansion, written from its formulas."""

import numpy as np
import torch

from common import (
    DTYPES, Comparison, exact_f32, generator, read_tensors, to_numpy, versions, write_json, write_tensors,
)

GPT = {"n_layers": 2, "n_heads": 2, "n_key_value_heads": None, "d_head": 2, "d_model": 3, "d_mlp": 3, "n_ctx": 5,
       "vocabulary": 5, "activation": "relu", "gated_mlp": False, "normalization": "LN", "final_norm": True,
       "eps": 1e-5, "attn_scale": 2**0.5, "positions": "standard", "rotary_dim": None, "rotary_base": None}
QWEN = GPT | {"n_layers": 1, "n_heads": 4, "n_key_value_heads": 2, "d_model": 4, "d_mlp": 2, "activation": "silu",
              "gated_mlp": True, "normalization": "RMSPre", "eps": 1e-6, "positions": "rotary", "rotary_dim": 2,
              "rotary_base": 10000}
CASES = {
    "gpt": [("heads-mlp", {"n_heads": 1, "d_mlp": 2}, [1], 0.5), ("d-head-zero", {"d_head": 1}, [], 1.0)],
    "qwen": [("heads-mlp", {"n_heads": 2, "d_mlp": 1}, [0], 0.25), ("d-model", {"d_model": 1}, [], 1.0),
             ("manual-other-ratio", {"n_key_value_heads": 2}, [], 1.0)],
}
EXTENSION = {"added": {"d_mlp": 2}, "first_target_layers": [], "layers_to_add": [1], "coefficient": 0.5}
RATES = ("expanded_target", "original_target", "expanded_off_target", "original_off_target")
MASKS = [("gpt", {"n_heads": 1, "d_head": 1, "d_mlp": 2}, [1], (1, 0, 0, 1)), ("gpt", {}, [0], (1, 0, 0, 1)),
         ("qwen", {"d_model": 1, "n_heads": 2}, [0], (1, -0.75, 0.5, 1))]
HOOKS = {"attn.hook_z": ("n_heads", "d_head"), "mlp.hook_post": ("d_mlp",), "hook_resid_post": ("d_model",)}
SIZES = ("n_heads", "d_head", "d_mlp", "d_model", "n_key_value_heads")
BOUND = 1e-11


def axes(a):
    """The axes of every weight."""
    made = {"embed.W_E": ["vocabulary", "d_model"]}
    if a["positions"] == "standard":
        made["pos_embed.W_pos"] = ["position", "d_model"]
    bare = a["normalization"].endswith("Pre")
    ends = () if bare else (".w",) if a["normalization"] == "RMS" else (".w", ".b")
    norm = {end: ["d_model"] for end in ends}
    kv, head = ("_", "kv_head") if a["n_key_value_heads"] else ("", "head")
    for i in range(a["n_layers"]):
        b = f"blocks.{i}."
        made |= {f"{b}{n}{end}": axis for n in ("ln1", "ln2") for end, axis in norm.items()}
        for name, of, under in (("Q", "head", ""), ("K", head, kv), ("V", head, kv)):
            made[f"{b}attn.{under}W_{name}"] = [of, "d_model", "d_head"]
            made[f"{b}attn.{under}b_{name}"] = [of, "d_head"]
        made |= {b + "attn.W_O": ["head", "d_head", "d_model"], b + "attn.b_O": ["d_model"]}
        if a["gated_mlp"]:
            made[b + "mlp.W_gate"] = ["d_model", "d_mlp"]
        made |= {b + "mlp.W_in": ["d_model", "d_mlp"], b + "mlp.b_in": ["d_mlp"],
                 b + "mlp.W_out": ["d_mlp", "d_model"], b + "mlp.b_out": ["d_model"]}
    made |= {"ln_final" + end: axis for end, axis in norm.items()}
    return made | {"unembed.W_U": ["d_model", "vocabulary"], "unembed.b_U": ["vocabulary"]}


def shapes(a):
    sizes = {"vocabulary": a["vocabulary"], "position": a["n_ctx"], "head": a["n_heads"],
             "kv_head": a["n_key_value_heads"]} | {n: a[n] for n in ("d_head", "d_model", "d_mlp")}
    return {name: [sizes[x] for x in of] for name, of in axes(a).items()}


def draw(random, a, only=lambda name: True):
    """Random in every entry, biases and norms included, so that nothing hides."""
    return {n: exact_f32((1 if n.endswith(".w") else 0) + 0.6 * random.standard_normal(s))
            for n, s in shapes(a).items() if only(n)}


def logits(a, w, ids, ablated=None):
    """The model; `ablated` has what is multiplied with the activation of a hook in every layer."""
    def hook(name, x):
        return x * ablated[name] if ablated and name in ablated else x

    def norm(name, x):
        x = x if a["normalization"].startswith("RMS") else x - x.mean(-1, keepdim=True)
        x = x / ((x**2).mean(-1, keepdim=True) + a["eps"]).sqrt()
        return x * w.get(name + ".w", 1) + w.get(name + ".b", 0)

    def turn(x):
        if a["positions"] != "rotary":
            return x
        n = a["rotary_dim"]
        power = torch.arange(0, n, 2, dtype=torch.float64) / n
        angle = torch.arange(x.shape[1])[:, None, None] / a["rotary_base"]**power
        cos, sin = angle.cos().to(x.dtype), angle.sin().to(x.dtype)
        p, q = x[..., : n // 2], x[..., n // 2: n]
        return torch.cat((p * cos - q * sin, q * cos + p * sin, x[..., n:]), -1)

    x = w["embed.W_E"][ids] + (w["pos_embed.W_pos"][: ids.shape[1]] if "pos_embed.W_pos" in w else 0)
    later = torch.ones(ids.shape[1], ids.shape[1], dtype=torch.bool).triu(1)
    under = "_" if a["n_key_value_heads"] else ""
    group = a["n_heads"] // (a["n_key_value_heads"] or a["n_heads"])
    act = {"relu": torch.relu, "silu": torch.nn.functional.silu}[a["activation"]]
    for i in range(a["n_layers"]):
        b = {n[len(f"blocks.{i}."):]: t for n, t in w.items() if n.startswith(f"blocks.{i}.")}
        y = norm(f"blocks.{i}.ln1", x)
        q, k, v = (torch.einsum("bpm,hmd->bphd", y, b[f"attn.{u}W_{n}"]) + b[f"attn.{u}b_{n}"]
                   for n, u in (("Q", ""), ("K", under), ("V", under)))
        k, v = (t.repeat_interleave(group, 2) for t in (turn(k), v))
        scores = torch.einsum("bqhd,bkhd->bhqk", turn(q), k) / a["attn_scale"]
        pattern = scores.masked_fill(later, float("-inf")).softmax(-1)
        z = hook("attn.hook_z", torch.einsum("bhqk,bkhd->bqhd", pattern, v))
        x = x + torch.einsum("bphd,hdm->bpm", z, b["attn.W_O"]) + b["attn.b_O"]
        y = norm(f"blocks.{i}.ln2", x)
        wide = act(y @ b["mlp.W_gate"]) * (y @ b["mlp.W_in"]) + b["mlp.b_in"] if a["gated_mlp"] else act(
            y @ b["mlp.W_in"] + b["mlp.b_in"])
        x = hook("hook_resid_post", x + hook("mlp.hook_post", wide) @ b["mlp.W_out"] + b["mlp.b_out"])
    return norm("ln_final", x) @ w["unembed.W_U"] + w["unembed.b_U"]


def wider(a, added):
    kv, heads = a["n_key_value_heads"], a["n_heads"] + added.get("n_heads", 0)
    made = a | {n: a[n] + added.get(n, 0) for n in SIZES[:-1]}
    if kv:
        made["n_key_value_heads"] = kv + added["n_key_value_heads"] if "n_key_value_heads" in added else (
            heads * kv // a["n_heads"])
    return made


def corner(shape):
    return tuple(slice(0, n) for n in shape)


def inside(name):
    """Whether a weight is of a block and of no norm."""
    return name.startswith("blocks.") and ".ln" not in name


def used(name, layers):
    """Whether new entries of a weight are the fresh model's."""
    return not inside(name) or int(name.split(".")[1]) in layers


def expand(a, original, fresh, case):
    made = {}
    for name, shape in shapes(wider(a, case["added"])).items():
        value = np.zeros(shape, np.float32)
        if list(original[name].shape) != shape and used(name, case["layers_to_initialize"]):
            value = exact_f32((case["coefficient"] if inside(name) else 1) * fresh[name])
        value[corner(original[name].shape)] = original[name]
        made[name] = value
    return made


def new_units(a, added, hook):
    """1 on units that were appended along any axis of a hook point."""
    new = np.ones([wider(a, added)[n] for n in HOOKS[hook]])
    new[corner([a[n] for n in HOOKS[hook]])] = 0
    return new


def hooks_of(added):
    return [hook for hook, sizes in HOOKS.items() if any(added.get(n) for n in sizes)]


def run(a, w, ids, dtype, ablated=None):
    with torch.no_grad():
        return to_numpy(logits(a, {n: torch.from_numpy(t).to(dtype) for n, t in w.items()}, torch.from_numpy(ids),
                               {h: torch.from_numpy(1 - m).to(dtype) for h, m in (ablated or {}).items()}))


def case_logits(a, original, expanded, added, ids, dtype):
    ablated = {hook: new_units(a, added, hook) for hook in hooks_of(added)}
    back = {n: t[corner(original[n].shape)].copy() for n, t in expanded.items()}
    return {"original": run(a, original, ids, dtype), "expanded": run(wider(a, added), expanded, ids, dtype),
            "zero_ablated": run(wider(a, added), expanded, ids, dtype, ablated), "contracted": run(a, back, ids, dtype)}


def extension(a, before, fresh, node, ids, dtype):
    after = dict(before)
    for name, value in before.items():
        if inside(name) and used(name, node["layers_to_add"]) and name in fresh:
            after[name] = np.where(np.abs(value) <= 1e-8, exact_f32(node["coefficient"] * fresh[name]), value)
    b, new = wider(a, node["added"]), {h: new_units(a, node["added"], h) for h in hooks_of(node["added"])}
    return after, {"before": run(b, before, ids, dtype), "after": run(b, after, ids, dtype),
                   "after_zero_ablated": run(b, after, ids, dtype, new)}


def pairs(added, targets, layers):
    off = [i for i in range(layers) if i not in targets]
    return [{"hook": h, "layers": of, "pair": pair} for h in hooks_of(added)
            for pair, of in (("target", targets), ("off-target", off))]


def rows(a, added, hook, pair, rates):
    n = new_units(a, added, hook)
    forget, retain = 1 - n, 1 - n
    if pair == "target":
        forget = n * rates["expanded_target"] + (1 - n) * rates["original_target"]
        retain = n * rates["expanded_off_target"] + (1 - n) * rates["original_off_target"]
    return {name: (row + 0.0).tolist() for name, row in (("0 forget", forget), ("1 retain", retain), ("2 new", n))}


def mask_specs():
    made = []
    for model, added, targets, rates in MASKS:
        a, rates = {"gpt": GPT, "qwen": QWEN}[model], dict(zip(RATES, map(float, rates)))
        made.append({"model": model, "n_layers": a["n_layers"], "original": {n: a[n] for n in SIZES[:-1]},
                     "added": added, "target_layers": targets, "rates": rates, "specs": [
                         {"hook": s["hook"], "layers": s["layers"], "rows": rows(a, added, s["hook"], s["pair"], rates)}
                         for s in pairs(added, targets, a["n_layers"])]})
    return made


def make_model(folder, name, a, seed):
    random = generator(seed, "expansion " + name)
    original = draw(random, a)
    ids = random.integers(0, a["vocabulary"], (1, 4)).astype(np.int64)
    weights = {"original/" + n: t for n, t in original.items()}
    found, cases = {"f64": {"input_ids": ids}} | ({"f32": {"input_ids": ids}} if name == "gpt" else {}), []
    for k, (case, added, layers, coefficient) in enumerate(CASES[name]):
        b = wider(a, added)
        changed = [n for n in shapes(a) if shapes(a)[n] != shapes(b)[n]]
        node = {"name": case, "added": added, "layers_to_initialize": layers, "coefficient": coefficient,
                "kv_heads": "manual" if "n_key_value_heads" in added else "automatic",
                "expanded_sizes": {n: b[n] for n in SIZES}, "attn_scale": b["attn_scale"]}
        fresh = draw(random, b, lambda n: n in changed and used(n, layers))
        expanded = expand(a, original, fresh, node)
        weights |= {f"case/{case}/fresh/{n}": t for n, t in fresh.items()}
        if k == 0 and name == "gpt":
            weights |= {f"case/{case}/expanded/{n}": expanded[n] for n in fresh}
        for dtype in ("f64", "f32") if k == 0 and name == "gpt" else ("f64",):
            made = case_logits(a, original, expanded, added, ids, DTYPES[dtype])
            kept = made if k == 0 and name == "gpt" else {n: made[n] for n in ("expanded", "zero_ablated")}
            found[dtype] |= {f"case/{case}/logits/{n}": t for n, t in kept.items()}
            if dtype == "f64":
                node["difference_to_original"] = {n: float(np.abs(t - made["original"]).max())
                                                  for n, t in made.items() if n != "original"}
        cases.append(node)
    index = {"architecture": a, "axes": axes(a), "cases": cases}
    if name == "gpt":
        index["extension"] = make_extension(random, a, original, weights, found["f64"], ids)
    write_tensors(folder / f"{name}.weights.safetensors", weights)
    for dtype, tensors in found.items():
        write_tensors(folder / f"{name}.logits.{dtype}.safetensors", tensors)
    write_json(folder / f"{name}.json", index | {"tolerance": {
        "weights": "exact", "logits": {"f32": {"relative_to_tensor_max": 1e-5, "absolute": 1e-6},
                                       "f64": {"relative_to_tensor_max": BOUND, "absolute": 1e-12}}},
        "versions": versions()}, indent=None)


def make_extension(random, a, original, weights, found, ids):
    first, added = EXTENSION["first_target_layers"], EXTENSION["added"]
    b = wider(a, added)
    before = expand(a, original, {}, EXTENSION | {"layers_to_initialize": first})
    changed = [n for n in shapes(a) if shapes(a)[n] != shapes(b)[n]]
    fresh = draw(random, b, lambda n: n in changed and used(n, EXTENSION["layers_to_add"]))
    after, made = extension(a, before, fresh, EXTENSION, ids, DTYPES["f64"])
    weights |= {f"extend/before/{n}": before[n] for n in changed} | {f"extend/fresh/{n}": t for n, t in fresh.items()}
    weights |= {f"extend/after/{n}": after[n] for n in fresh}
    found |= {f"extend/logits/{n}": t for n, t in made.items()}
    targets = sorted({*first, *EXTENSION["layers_to_add"]})
    return EXTENSION | {"sizes": {n: b[n] for n in SIZES}, "attn_scale": b["attn_scale"],
                        "specs_intended": pairs(added, targets, a["n_layers"])}


def make(folder, seed):
    folder.mkdir(parents=True, exist_ok=True)
    for name, a in (("gpt", GPT), ("qwen", QWEN)):
        make_model(folder, name, a, seed)
    write_json(folder / "mask-specs.json", {"configurations": mask_specs()}, indent=None)


def part(tensors, prefix):
    return {n[len(prefix):]: t for n, t in tensors.items() if n.startswith(prefix)}


def check_model(result, folder, name, index):
    a, weights = index["architecture"], read_tensors(folder / f"{name}.weights.safetensors")
    stored = read_tensors(folder / f"{name}.logits.f64.safetensors")
    original, ids = part(weights, "original/"), stored["input_ids"]

    def compare(place, expected, found):
        for n in expected.keys() & found.keys():
            result.add(f"{name}/{place}/{n}", expected[n], found[n])

    for case in index["cases"]:
        result.cases += 1
        place = f"case/{case['name']}/"
        expanded = expand(a, original, part(weights, place + "fresh/"), case)
        compare(place, part(weights, place + "expanded/"), expanded)
        compare(place, part(stored, place + "logits/"),
                case_logits(a, original, expanded, case["added"], ids, DTYPES["f64"]))
    if "extension" in index:
        before = original | part(weights, "extend/before/")
        after, made = extension(a, before, part(weights, "extend/fresh/"), index["extension"], ids, DTYPES["f64"])
        compare("extend", part(weights, "extend/after/"), after)
        compare("extend", part(stored, "extend/logits/"), made)


def check(folder, read_json):
    result = Comparison("expansion", BOUND)
    models = {name: read_json(folder / f"{name}.json") for name in ("gpt", "qwen")}
    for name, index in models.items():
        check_model(result, folder, name, index)
    for c in read_json(folder / "mask-specs.json")["configurations"]:
        result.cases += 1
        a = models[c["model"]]["architecture"] | c["original"] | {"n_layers": c["n_layers"]}
        of = pairs(c["added"], c["target_layers"], c["n_layers"])
        for spec, pair in zip(c["specs"], of, strict=True):
            for row, values in rows(a, c["added"], pair["hook"], pair["pair"], c["rates"]).items():
                result.add(f"{c['model']}/{spec['hook']}/{row}", np.array(spec["rows"][row]), np.array(values))
    return result.report()
