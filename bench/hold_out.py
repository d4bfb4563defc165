#!/usr/bin/env python3
"""A data set to choose on: the last images of a training set stand in for the test images, which stay unread.

    python bench/hold_out.py --data DIR --out SPLIT [--hold-out 10000]
    ./sluice run routed-vae --data SPLIT
"""

import argparse
import gzip
from pathlib import Path


def read(folder, name):
    path = folder / name
    return path.read_bytes() if path.exists() else gzip.decompress((folder / f"{name}.gz").read_bytes())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of IDX files, plain or gzipped")
    parser.add_argument("--out", type=Path, required=True, help="folder to make")
    parser.add_argument("--hold-out", type=int, default=10_000, help="images set aside (default 10000)")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for kind, header in (("images-idx3", 16), ("labels-idx1", 8)):
        whole = read(options.data, f"train-{kind}-ubyte")
        count = int.from_bytes(whole[4:8], "big")
        size = (len(whole) - header) // count
        kept = count - options.hold_out
        for name, first, rows in (("train", 0, kept), ("t10k", kept, options.hold_out)):
            body = whole[header + first * size:header + (first + rows) * size]
            out = options.out / f"{name}-{kind}-ubyte"
            out.write_bytes(whole[:4] + rows.to_bytes(4, "big") + whole[8:header] + body)


if __name__ == "__main__":
    main()
