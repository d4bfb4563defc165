#!/usr/bin/env python3
"""GPT-2 of Hugging Face with scaled dot-product attention: its training step, timed, and the rates around it.

6 layers, width 256, 8 heads, MLP 1024, 4,096 tokens, 16 rows of 256 tokens, without dropout; AdamW, gradients clipped to
a norm of 1. --tuned takes the fused AdamW. With --data it also learns byte pairs from a text and times tokenizing it.

    python bench/pytorch/language_model.py --steps 10 --threads 2
    python bench/pytorch/language_model.py --data FILE --steps 10 --threads 2 --tuned --dtype bf16
"""

import gzip
import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import GPT2Config, GPT2LMHeadModel

from common import arguments, describe, timed_steps, timing

VOCABULARY, LAYERS, WIDTH, HEADS, MLP, ROWS, CONTEXT = 4096, 6, 256, 8, 1024, 16, 256
LOADS, DOCUMENT, TOKENIZED, SECONDS = 5, 10_000, 1 << 22, 2.0


class Loop:
    """One training run on rows of random tokens: what they are is nothing to the time."""

    def __init__(self, options):
        torch.manual_seed(options.seed)
        self.options = options
        self.model = GPT2LMHeadModel(GPT2Config(
            vocab_size=VOCABULARY, n_positions=CONTEXT, n_embd=WIDTH, n_layer=LAYERS, n_head=HEADS, n_inner=MLP,
            embd_pdrop=0, attn_pdrop=0, resid_pdrop=0, attn_implementation="sdpa"))
        matrices = [p for p in self.model.parameters() if p.dim() > 1]
        vectors = [p for p in self.model.parameters() if p.dim() == 1]
        self.optimiser = torch.optim.AdamW(
            [{"params": matrices, "weight_decay": 0.1}, {"params": vectors, "weight_decay": 0}],
            lr=1e-3, betas=(0.9, 0.95), fused=options.tuned or None)

    def epoch(self):
        while True:
            yield torch.randint(VOCABULARY, (ROWS, CONTEXT + 1))

    def step(self, rows):
        inputs, targets = rows[:, :-1].contiguous(), rows[:, 1:].contiguous()
        with torch.autocast("cpu", torch.bfloat16, enabled=self.options.dtype == "bf16"):
            loss = self.model(input_ids=inputs, labels=inputs, shift_labels=targets).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1)
        self.optimiser.step()
        self.optimiser.zero_grad()
        return len(rows)


def dense_gflop():
    """Matrix products with weights: forward, and both gradients."""
    weights = LAYERS * (4 * WIDTH**2 + 2 * WIDTH * MLP) + VOCABULARY * WIDTH
    return 6e-9 * ROWS * CONTEXT * weights


def loading(model):
    """Megabytes a second from a checkpoint in the page cache to a model."""
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        size = (Path(folder) / "model.safetensors").stat().st_size
        seconds = []
        for _ in range(LOADS):
            start = time.perf_counter()
            GPT2LMHeadModel.from_pretrained(folder)
            seconds.append(time.perf_counter() - start)
    return {"loading_mb_per_second": size / min(seconds) / 1e6, "checkpoint_bytes": size}


def tokenizing(path):
    """Megabytes of text a second, by a vocabulary of byte pairs learned from it."""
    with (gzip.open if path.suffix == ".gz" else open)(path, "rb") as stream:
        text = stream.read(TOKENIZED).decode("utf-8", "ignore")
    pieces = [text[at:at + DOCUMENT] for at in range(0, len(text), DOCUMENT)]
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(pieces, trainers.BpeTrainer(
        vocab_size=VOCABULARY, show_progress=False, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    size = sum(len(piece.encode()) for piece in pieces)
    best, spent = float("inf"), 0.0
    while spent < SECONDS:
        start = time.perf_counter()
        tokenizer.encode_batch_fast(pieces, add_special_tokens=False)
        took = time.perf_counter() - start
        best, spent = min(best, took), spent + took
    return {"tokenizing_mb_per_second": size / best / 1e6, "tokenized_bytes": size}


def main():
    parser = arguments(__doc__, steps=10, data="text to tokenize, plain or gzipped (default: none)")
    parser.add_argument("--tuned", action="store_true", help="fused AdamW")
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
        os.environ["RAYON_NUM_THREADS"] = str(options.threads)
    options.no_routing = True
    loop = Loop(options)
    result = describe(options, ROWS) | {"sizes": [LAYERS, WIDTH, HEADS, MLP, VOCABULARY, CONTEXT]}
    result["parameters"] = sum(p.numel() for p in loop.model.parameters())
    result |= timing(options, dense_gflop(), lambda: timed_steps(loop.epoch, loop.step, ROWS, options.steps))
    unit = 1 if sys.platform == "darwin" else 1024
    result["peak_resident_bytes"] = unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    result |= loading(loop.model) | (tokenizing(options.data) if options.data else {})
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
