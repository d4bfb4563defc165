"""Small decoder transformers with named hook points, from state dicts in Hugging Face layout or the companion's."""

import math
import torch


def settings(config):
    """What the forward pass needs to know, from a config.json."""
    kind = config.get("model_type", "nanogpt")
    if kind == "gpt2":
        d, heads, layers = config["n_embd"], config["n_head"], config["n_layer"]
        shared = {"eps": config["layer_norm_epsilon"], "tied": config["tie_word_embeddings"]}
        return layout(kind, d, heads, heads, d // heads, layers, (d // heads) ** -0.5, **shared)
    if kind == "gpt_neo":
        d, heads, layers = config["hidden_size"], config["num_heads"], config["num_layers"]
        made = layout(kind, d, heads, heads, d // heads, layers, 1.0, eps=config["layer_norm_epsilon"],
                      tied=config["tie_word_embeddings"])
        made["windows"] = [config["window_size"] if k == "local" else 0 for k in config["attention_layers"]]
        return made
    if kind == "nanogpt":
        d, heads = config["n_embd"], config["n_head"]
        width = d // heads
        return layout(kind, d, heads, config.get("n_key_value_head", heads), width, config["n_layer"], width**-0.5,
                      eps=1e-6, tied=True, rotary=width // 2, base=10000.0)
    d, heads = config["hidden_size"], config["num_attention_heads"]
    width = config.get("head_dim", d // heads)
    return layout(kind, d, heads, config["num_key_value_heads"], width, config["num_hidden_layers"], width**-0.5,
                  eps=config["rms_norm_eps"], tied=config["tie_word_embeddings"], rotary=width,
                  base=config["rope_theta"], scaling=config.get("rope_scaling"))


def layout(kind, d, heads, kv, width, layers, scale, eps, tied, rotary=0, base=0.0, scaling=None):
    return {"scaling": scaling, "kind": kind, "d": d, "heads": heads, "kv": kv, "width": width, "layers": layers, "scale": scale,
            "eps": eps, "tied": tied, "rotary": rotary, "base": base, "windows": [0] * layers}


def scaled(frequency, scaling):
    """Frequencies as Llama 3.1 lowers them: long waves by a factor, short ones not, smoothly between."""
    if scaling is None:
        return frequency
    assert scaling["rope_type"] == "llama3"
    factor, low, high = (scaling[k] for k in ("factor", "low_freq_factor", "high_freq_factor"))
    waves = scaling["original_max_position_embeddings"] * frequency / (2 * math.pi)
    smooth = (waves - low) / (high - low)
    between = (1 - smooth) * frequency / factor + smooth * frequency
    return torch.where(waves < low, frequency / factor, torch.where(waves > high, frequency, between))


class Decoder:
    """A model; hooks are functions of one tensor, by TransformerLens name, run in the order of the list."""

    def __init__(self, config, weights):
        self.s, self.w = settings(config), weights

    def linear(self, name, x):
        weight = self.w[name + ".weight"]
        y = x @ (weight if self.s["kind"] == "gpt2" else weight.T)
        return y + self.w[name + ".bias"] if name + ".bias" in self.w else y

    def split(self, x, heads):
        return x.reshape(*x.shape[:2], heads, self.s["width"])

    def heads(self, i, x):
        kind, s = self.s["kind"], self.s
        if kind == "gpt2" or (kind == "nanogpt" and s["kv"] == s["heads"]):
            parts = self.linear(f"transformer.h.{i}.attn.c_attn", x).chunk(3, -1)
        elif kind == "nanogpt":
            kv = self.linear(f"transformer.h.{i}.attn.c_attn_kv", x)
            parts = (self.linear(f"transformer.h.{i}.attn.c_attn_q", x), *kv.chunk(2, -1))
        else:
            stem = f"transformer.h.{i}.attn.attention." if kind == "gpt_neo" else f"model.layers.{i}.self_attn."
            parts = [self.linear(f"{stem}{p}_proj", x) for p in "qkv"]
        return [self.split(p, n) for p, n in zip(parts, (s["heads"], s["kv"], s["kv"]))]

    def names(self, i):
        """Norms, the map out of attention, and the maps of the feed-forward layer."""
        if self.s["kind"] in ("llama", "qwen2"):
            stem = f"model.layers.{i}."
            return {"ln1": stem + "input_layernorm", "ln2": stem + "post_attention_layernorm",
                    "o": stem + "self_attn.o_proj", "gate": stem + "mlp.gate_proj", "in": stem + "mlp.up_proj",
                    "out": stem + "mlp.down_proj"}
        stem = f"transformer.h.{i}."
        norm = "rmsnorm_" if self.s["kind"] == "nanogpt" else "ln_"
        o = "attn.attention.out_proj" if self.s["kind"] == "gpt_neo" else "attn.c_proj"
        return {"ln1": f"{stem}{norm}1", "ln2": f"{stem}{norm}2", "o": stem + o, "in": stem + "mlp.c_fc",
                "out": stem + "mlp.c_proj"}

    def norm(self, hook, place, name, x):
        rms = name + ".bias" not in self.w
        centred = x if rms else x - x.mean(-1, keepdim=True)
        scale = hook(place + ".hook_scale", ((centred**2).mean(-1, keepdim=True) + self.s["eps"]).sqrt())
        y, gain = centred / scale, self.w[name + ".weight"]
        if rms:
            return hook(place + ".hook_normalized", y) * gain
        return hook(place + ".hook_normalized", y * gain + self.w[name + ".bias"])

    def rotate(self, x, position):
        n = self.s["rotary"]
        slow = self.s["base"] ** (-torch.arange(0, n, 2, dtype=torch.float64) / n)
        angle = position[..., None, None] * scaled(slow, self.s["scaling"])
        cos, sin = angle.cos().to(x.dtype), angle.sin().to(x.dtype)
        turned, rest = x[..., :n], x[..., n:]
        if self.s["kind"] == "nanogpt":
            a, b = turned[..., 0::2], turned[..., 1::2]
            turned = torch.stack((a * cos - b * sin, b * cos + a * sin), -1).flatten(-2)
        else:
            a, b = turned[..., : n // 2], turned[..., n // 2:]
            turned = torch.cat((a * cos - b * sin, b * cos + a * sin), -1)
        return torch.cat((turned, rest), -1)

    def visible(self, mask, position, window):
        column = torch.arange(mask.shape[1])
        seen = (column[None, :] <= column[:, None])[None] & mask.bool()[:, None, :]
        if window:
            seen = seen & (position[:, :, None] - position[:, None, :] < window)
        lonely = ~seen.any(-1, keepdim=True) & torch.eye(mask.shape[1], dtype=torch.bool)
        return (seen | lonely)[:, None]

    def attention(self, hook, i, x, mask, position):
        b = f"blocks.{i}.attn."
        q, k, v = (hook(f"{b}hook_{n}", t) for n, t in zip("qkv", self.heads(i, x)))
        if self.s["rotary"]:
            q, k = (hook(f"{b}hook_rot_{n}", self.rotate(t, position)) for n, t in zip("qk", (q, k)))
        group = self.s["heads"] // self.s["kv"]
        k, v = k.repeat_interleave(group, 2), v.repeat_interleave(group, 2)
        scores = torch.einsum("bqhd,bkhd->bhqk", q, k) * self.s["scale"]
        hidden = ~self.visible(mask, position, self.s["windows"][i])
        scores = hook(b + "hook_attn_scores", scores.masked_fill(hidden, float("-inf")))
        pattern = hook(b + "hook_pattern", scores.softmax(-1))
        z = hook(b + "hook_z", torch.einsum("bhqk,bkhd->bqhd", pattern, v))
        return self.linear(self.names(i)["o"], z.flatten(2))

    def feed_forward(self, hook, i, x):
        b, names = f"blocks.{i}.mlp.", self.names(i)
        if "gate" in names:
            pre = hook(b + "hook_pre", self.linear(names["gate"], x))
            wide = torch.nn.functional.silu(pre) * hook(b + "hook_pre_linear", self.linear(names["in"], x))
        else:
            approximate = "none" if self.s["kind"] == "nanogpt" else "tanh"
            wide = torch.nn.functional.gelu(hook(b + "hook_pre", self.linear(names["in"], x)), approximate=approximate)
        return self.linear(names["out"], hook(b + "hook_post", wide))

    def logits(self, ids, mask=None, hooks=None, watch=None):
        mask = torch.ones_like(ids) if mask is None else mask
        hooks = hooks or {}

        def hook(name, x):
            for function in hooks.get(name, []):
                x = function(x)
            return watch(name, x) if watch else x

        llama = self.s["kind"] in ("llama", "qwen2")
        table = self.w["model.embed_tokens.weight" if llama else "transformer.wte.weight"]
        position = (mask.cumsum(1) - 1).clamp(min=0)
        x = hook("hook_embed", table[ids])
        if "transformer.wpe.weight" in self.w:
            learned = self.w["transformer.wpe.weight"][position] * mask[..., None].to(x.dtype)
            x = x + hook("hook_pos_embed", learned)
        for i in range(self.s["layers"]):
            b, names = f"blocks.{i}.", self.names(i)
            x = hook(b + "hook_resid_pre", x)
            attended = self.attention(hook, i, self.norm(hook, b + "ln1", names["ln1"], x), mask, position)
            x = hook(b + "hook_resid_mid", x + hook(b + "hook_attn_out", attended))
            wide = self.feed_forward(hook, i, self.norm(hook, b + "ln2", names["ln2"], x))
            x = hook(b + "hook_resid_post", x + hook(b + "hook_mlp_out", wide))
        x = self.norm(hook, "ln_final", "model.norm" if llama else "transformer.ln_f", x)
        return x @ (table if self.s["tied"] else self.w["lm_head.weight"]).T


def loss_of(logits, ids, mask):
    """Mean cross-entropy where both the token and its target are real."""
    m = (mask[:, :-1] * mask[:, 1:]).to(logits.dtype)
    each = torch.nn.functional.cross_entropy(logits.transpose(1, 2), ids[:, 1:], reduction="none")
    return (m * each).sum() / m.sum()


def leaves(weights, dtype):
    return {name: torch.from_numpy(value).to(dtype).requires_grad_() for name, value in weights.items()}


def gradients(weights, prefix="grad/"):
    return {prefix + name: value.grad if value.grad is not None else torch.zeros_like(value)
            for name, value in weights.items()}


def shapes(config):
    """The shape of every stored tensor."""
    s, made = settings(config), {}
    d, kv, q = s["d"], s["kv"] * s["width"], s["heads"] * s["width"]
    vocabulary, kind = config["vocab_size"], s["kind"]
    llama = kind in ("llama", "qwen2")

    def put(name, out, inner, bias):
        made[name + ".weight"] = (inner, out) if kind == "gpt2" else (out, inner)
        if bias:
            made[name + ".bias"] = (out,)

    made["model.embed_tokens.weight" if llama else "transformer.wte.weight"] = (vocabulary, d)
    if kind in ("gpt2", "gpt_neo"):
        made["transformer.wpe.weight"] = (config.get("n_positions") or config["max_position_embeddings"], d)
    model = Decoder(config, {})
    for i in range(s["layers"]):
        names = model.names(i)
        mlp = {"gpt2": "n_inner", "nanogpt": "mlp_width"}.get(kind, "intermediate_size")
        for norm in ("ln1", "ln2"):
            made[names[norm] + ".weight"] = (d,)
            if kind in ("gpt2", "gpt_neo"):
                made[names[norm] + ".bias"] = (d,)
        if kind == "gpt2" or (kind == "nanogpt" and s["kv"] == s["heads"]):
            put(f"transformer.h.{i}.attn.c_attn", 3 * d, d, True)
        elif kind == "nanogpt":
            put(f"transformer.h.{i}.attn.c_attn_q", q, d, True)
            put(f"transformer.h.{i}.attn.c_attn_kv", 2 * kv, d, True)
        else:
            stem = f"transformer.h.{i}.attn.attention." if kind == "gpt_neo" else f"model.layers.{i}.self_attn."
            for part, width in (("q", q), ("k", kv), ("v", kv)):
                put(f"{stem}{part}_proj", width, d, kind == "qwen2")
        put(names["o"], d, q, not llama)
        if llama:
            put(names["gate"], config[mlp], d, False)
        put(names["in"], config[mlp], d, not llama)
        put(names["out"], d, config[mlp], not llama)
    made["model.norm.weight" if llama else "transformer.ln_f.weight"] = (d,)
    if kind in ("gpt2", "gpt_neo"):
        made["transformer.ln_f.bias"] = (d,)
    if not s["tied"]:
        made["lm_head.weight"] = (vocabulary, d)
    return made


def draw_weights(random, config):
    """So that every term counts: matrices 0.3, embeddings 0.5, gains about 1, biases 0.2."""
    made = {}
    for name, shape in shapes(config).items():
        values = random.standard_normal(shape)
        norm = len(shape) == 1 and not name.endswith(".bias")
        deviation = 0.5 if "emb" in name or "wte" in name or "wpe" in name else 0.3 if len(shape) == 2 else 0.2
        made[name] = (1 + 0.3 * values if norm else deviation * values).astype("float32")
    return made
