#!/usr/bin/env python3
"""Makes the small committed set of reference numbers, or recomputes the expected numbers of any such set.

    python bench/golden/make.py                  writes testkit/golden/SUBJECT for every subject
    python bench/golden/make.py --check DIR      recomputes DIR's numbers from DIR's own stored inputs
"""

import argparse
import json
import sys
from pathlib import Path

import torch

import autoencoder
import expansion
import nanogpt
import optimiser
import primitives
import routing
import text_rules
import transformer
import vae

SUBJECTS = {"primitives": primitives, "optimiser": optimiser, "autoencoder": autoencoder, "vae": vae, "text-rules": text_rules,
            "transformer": transformer, "routing": routing, "nanogpt": nanogpt, "expansion": expansion}
DEFAULT = Path(__file__).resolve().parents[2] / "testkit" / "golden"


def read_json(path):
    return json.loads(path.read_text(encoding="utf-8"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=DEFAULT, help="folder to write (default: testkit/golden)")
    parser.add_argument("--seed", type=int, default=20250701)
    parser.add_argument("--only", choices=sorted(SUBJECTS), action="append", help="one subject; may be repeated")
    parser.add_argument("--check", type=Path, metavar="DIR", help="recompute and compare instead of writing")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    chosen = options.only or list(SUBJECTS)
    if options.check:
        sys.exit(0 if all([SUBJECTS[name].check(options.check / name, read_json) for name in chosen]) else 1)
    for name in chosen:
        SUBJECTS[name].make(options.out / name, options.seed)
        size = sum(path.stat().st_size for path in (options.out / name).iterdir())
        print(f"{options.out / name}: {size:,} bytes")


if __name__ == "__main__":
    main()
