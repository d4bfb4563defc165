"""Four families of decoder transformers: logits, loss, gradients, every hook point, greedy continuations."""

import numpy as np
import torch

import language
from common import DTYPES, Comparison, generator, read_tensors, to_numpy, versions, write_json, write_tensors

COMMON = {"torch_dtype": "float32", "bos_token_id": None, "eos_token_id": None, "pad_token_id": 0}
CONFIGS = {
    "gpt2": {"architectures": ["GPT2LMHeadModel"], "model_type": "gpt2", "vocab_size": 9, "n_positions": 9,
             "n_embd": 6, "n_layer": 1, "n_head": 2, "n_inner": 7, "activation_function": "gelu_new",
             "layer_norm_epsilon": 1e-5, "tie_word_embeddings": True, "scale_attn_weights": True},
    "gpt-neo": {"architectures": ["GPTNeoForCausalLM"], "model_type": "gpt_neo", "vocab_size": 8,
                "max_position_embeddings": 9, "hidden_size": 4, "num_layers": 2, "num_heads": 2,
                "intermediate_size": 5, "attention_types": [[["global", "local"], 1]],
                "attention_layers": ["global", "local"], "window_size": 3, "activation_function": "gelu_new",
                "layer_norm_epsilon": 1e-5, "tie_word_embeddings": True},
    "llama": {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": 7,
              "max_position_embeddings": 9, "hidden_size": 6, "intermediate_size": 5, "num_hidden_layers": 1,
              "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 4, "hidden_act": "silu",
              "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "tie_word_embeddings": False, "attention_bias": False,
              "mlp_bias": False},
    "llama3": {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": 6,
               "max_position_embeddings": 9, "hidden_size": 4, "intermediate_size": 3, "num_hidden_layers": 1,
               "num_attention_heads": 1, "num_key_value_heads": 1, "head_dim": 8, "hidden_act": "silu",
               "rms_norm_eps": 1e-5, "rope_theta": 100.0, "tie_word_embeddings": True, "attention_bias": False,
               "mlp_bias": False, "rope_scaling": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0,
                                                   "high_freq_factor": 4.0, "original_max_position_embeddings": 30}},
    "qwen2": {"architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "vocab_size": 7,
              "max_position_embeddings": 9, "hidden_size": 6, "intermediate_size": 5, "num_hidden_layers": 1,
              "num_attention_heads": 3, "num_key_value_heads": 1, "hidden_act": "silu", "rms_norm_eps": 1e-6,
              "rope_theta": 1000000.0, "tie_word_embeddings": True, "use_sliding_window": False},
}
SIDES, LENGTHS, MORE, BOUND = ("full", "left"), (6, 4), 3, 1e-10


def batches(random, vocabulary):
    made = {}
    for side in SIDES:
        ids, mask = np.zeros((2, LENGTHS[0]), np.int64), np.zeros((2, LENGTHS[0]), np.int64)
        for row, length in enumerate(LENGTHS if side != "full" else LENGTHS[:1] * 2):
            start = LENGTHS[0] - length if side == "left" else 0
            ids[row, start:start + length] = random.integers(0, vocabulary, length)
            mask[row, start:start + length] = 1
        made |= {f"{side}/input_ids": ids, f"{side}/attention_mask": mask}
    for k in range(2):
        ids, mask = random.integers(0, vocabulary, (2, 3)), np.ones((2, 3), np.int64)
        mask[1, :k] = 0
        made |= {f"generate/{k}/start_ids": ids * mask, f"generate/{k}/attention_mask": mask}
    return made


def hidden_as_zero(name, value, mask):
    """Padded positions mean nothing and are stored as 0."""
    pairs = name.endswith(("hook_attn_scores", "hook_pattern"))
    real = mask.bool()[:, None, :, None] if pairs else mask.bool().reshape(*mask.shape, *[1] * (value.dim() - 2))
    return torch.where(real, value, torch.zeros((), dtype=value.dtype))


def run_batch(config, weights, side, ids, mask, dtype, wanted):
    w, seen = language.leaves(weights, dtype), {}

    def look(name, x):
        seen[name] = x
        return x

    inputs = mask[:, :-1]
    logits = language.Decoder(config, w).logits(ids[:, :-1], inputs, watch=look)
    loss = language.loss_of(logits, ids, mask)
    loss.backward()
    made = {f"{side}/logits": hidden_as_zero("", logits, inputs), f"{side}/loss": loss.reshape(1)}
    made |= language.gradients(w, f"{side}/grad/")
    if wanted:
        made |= {f"{side}/act/{name}": hidden_as_zero(name, x, inputs) for name, x in seen.items()}
    return made, list(seen.items())


def run_generation(config, weights, k, ids, mask, more, dtype):
    model, steps = language.Decoder(config, {n: v.detach() for n, v in language.leaves(weights, dtype).items()}), []
    for _ in range(more):
        last = model.logits(ids, mask)[:, -1]
        steps.append(last)
        ids = torch.cat((ids, last.argmax(-1, keepdim=True)), 1)
        mask = torch.cat((mask, torch.ones_like(mask[:, :1])), 1)
    return {f"generate/{k}/output_ids": ids, f"generate/{k}/step_logits": torch.stack(steps)}


def compute(config, weights, inputs, dtype, with_activations):
    made, hooks = {}, []
    given = {name: torch.from_numpy(value) for name, value in inputs.items()}
    for side in sorted({name.split("/")[0] for name in inputs} - {"generate"}):
        found, hooks = run_batch(config, weights, side, given[f"{side}/input_ids"], given[f"{side}/attention_mask"],
                                 dtype, side in with_activations)
        made |= found
    k = 0
    while f"generate/{k}/start_ids" in given:
        more = inputs.get(f"generate/{k}/output_ids", np.zeros((1, given[f"generate/{k}/start_ids"].shape[1] + MORE)))
        made |= run_generation(config, weights, k, given[f"generate/{k}/start_ids"],
                               given[f"generate/{k}/attention_mask"],
                               more.shape[1] - given[f"generate/{k}/start_ids"].shape[1], dtype)
        k += 1
    return {name: to_numpy(value) for name, value in made.items()}, hooks


def axes(name, shape):
    last = {"hook_q": ("head", "d_head"), "hook_rot_q": ("head", "d_head"), "hook_z": ("head", "d_head"),
            "hook_k": ("kv_head", "d_head"), "hook_rot_k": ("kv_head", "d_head"), "hook_v": ("kv_head", "d_head"),
            "hook_scale": ("1",), "hook_pre": ("d_mlp",), "hook_pre_linear": ("d_mlp",), "hook_post": ("d_mlp",)}
    leaf = name.split(".")[-1]
    if leaf in ("hook_attn_scores", "hook_pattern"):
        return ["batch", "head", "query", "key"]
    return ["batch", "position", *last.get(leaf, ("d_model",))]


def make(folder, seed):
    for family, config in CONFIGS.items():
        there = folder / family
        there.mkdir(parents=True, exist_ok=True)
        random = generator(seed, family)
        config = config | COMMON
        weights, inputs = language.draw_weights(random, config), batches(random, config["vocab_size"])
        write_json(there / "config.json", config)
        write_tensors(there / "model.safetensors", weights)
        looked = ["left"]
        f64, hooks = compute(config, weights, inputs, DTYPES["f64"], looked)
        write_tensors(there / "golden.f64.safetensors", inputs | f64)
        if family == "qwen2":
            f32, _ = compute(config, weights, inputs, DTYPES["f32"], [])
            write_tensors(there / "golden.f32.safetensors", inputs | f32)
        points = {name: {"axes": axes(name, x.shape), "shape": list(x.shape)} for name, x in hooks}
        write_json(there / "golden.json", {"family": family, "batches": list(SIDES),
                                           "batches_with_activations": looked, "hook_points": points,
                                           "versions": versions()})


def check(folder, read_json):
    result = Comparison("transformer", BOUND)
    for there in sorted(p for p in folder.iterdir() if (p / "golden.f64.safetensors").exists()):
        result.cases += 1
        stored = read_tensors(there / "golden.f64.safetensors")
        inputs = {n: v for n, v in stored.items() if v.dtype.kind == "i"}
        config, weights = read_json(there / "config.json"), read_tensors(there / "model.safetensors")
        found, _ = compute(config, weights, inputs, DTYPES["f64"], ["full", "left", "right"])
        for name, value in stored.items():
            if name in found:
                result.add(f"{there.name}/{name}", value, found[name])
    return result.report()
