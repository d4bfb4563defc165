#!/usr/bin/env python3
"""Our step and the published loop's, alternating in one sitting: medians, and the ratio of medians.

    python bench/pytorch/paired.py split-digits --data DIR --rounds 5 --threads 2
    python bench/pytorch/paired.py routed-vae --data DIR --rounds 5 --threads 2 --tuned
    python bench/pytorch/paired.py lm --data FILE --rounds 5 --threads 2 --tuned

Every round runs each side in a process of its own, and the side that goes first changes from round to round, so that
a slow drift of the machine meets both alike. Prints the result as JSON, then as Markdown: a table, and one line for a
list of results. Share of GEMM peak: the time that a side's dense work takes at the rate of a large matrix product in
the same process, divided by its step.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
STEPS = {"split-digits": 10, "routed-vae": 1000, "lm": 10}
SCRIPTS = {"split-digits": "split_digits.py", "routed-vae": "routed_vae.py", "lm": "language_model.py"}
BESIDE = ("peak_resident_bytes", "loading_mb_per_second", "tokenizing_mb_per_second")


def run(command, threads):
    environment = os.environ | ({"OMP_NUM_THREADS": str(threads)} if threads else {})
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: exit {done.returncode}")
    return json.loads(done.stdout)


def commands(options):
    script, steps = SCRIPTS[options.experiment], options.steps or STEPS[options.experiment]
    ours = [options.sluice, "bench", options.experiment, "--steps", str(steps), "--dtype", options.dtype,
            "--json", "--quiet"]
    theirs = [options.python, str(HERE / script), "--data", str(options.data.resolve()),
              "--steps", str(steps), "--dtype", options.torch_dtype or options.dtype]
    if options.experiment != "lm":
        ours += ["--data", str(options.data.resolve())]
    if options.threads:
        ours += ["--threads", str(options.threads)]
        theirs += ["--threads", str(options.threads)]
    made = {"sluice": ours, "published": theirs}
    return made | ({"tuned": [*theirs, "--tuned"]} if options.tuned else {})


def measure(options):
    sides, results = commands(options), {}
    for number in range(options.rounds):
        order = list(sides) if number % 2 == 0 else list(reversed(sides))
        for side in order:
            result = run(sides[side], options.threads)
            results.setdefault(side, []).append(result)
            print(f"round {number + 1}/{options.rounds} {side}: {result['step_seconds_median']:.4f} s", file=sys.stderr)
    return results


def share(result):
    """Each side names it in its own way."""
    return result["gemm_share"] if "gemm_share" in result else result["share_of_gemm_peak"]


def mechanisms(rounds):
    """What each mechanism of routing costs: median over rounds of its step divided by the unrouted one."""
    names = rounds[0].get("mechanisms", {})
    return {name: statistics.median(r["mechanisms"][name]["ratio"] for r in rounds) for name in names}


def summary(results):
    sides = {}
    for side, rounds in results.items():
        first = rounds[0]
        sides[side] = {
            "step_seconds_median": statistics.median(r["step_seconds_median"] for r in rounds),
            "step_seconds_rounds": [r["step_seconds_median"] for r in rounds],
            "gemm_gflops": statistics.median(r["gemm_gflops"] for r in rounds),
            "share_of_gemm_peak": statistics.median(share(r) for r in rounds),
            **{name: statistics.median(r[name] for r in rounds) for name in BESIDE if name in first},
            "threads": first["threads"], "dtype": first["dtype"], "steps_per_round": first["steps"],
        }
    ours = sides["sluice"]["step_seconds_median"]
    ratios = {side: ours / value["step_seconds_median"] for side, value in sides.items() if side != "sluice"}
    threads = {side: value["threads"] for side, value in sides.items()}
    if len(set(threads.values())) > 1:
        print(f"warning: the sides used different numbers of threads: {threads}", file=sys.stderr)
    return {"rounds": len(results["sluice"]), "sides": sides, "ratio_of_medians": ratios,
            "routed_to_unrouted": statistics.median(r["routed_to_unrouted"] for r in results["sluice"]),
            "mechanism_ratios": mechanisms(results["sluice"])}


def table(found):
    lines = ["| side | dtype | threads | step, median of rounds (s) | rounds (s) | GEMM (GFLOP/s) | share of peak "
             "| Sluice / side |",
             "|---|---|---|---|---|---|---|---|"]
    for side, value in found["sides"].items():
        rounds = ", ".join(f"{seconds:.4f}" for seconds in value["step_seconds_rounds"])
        ratio = found["ratio_of_medians"].get(side)
        lines.append(f"| {side} | {value['dtype']} | {value['threads']} | {value['step_seconds_median']:.4f} | {rounds} "
                     f"| {value['gemm_gflops']:.0f} | {value['share_of_gemm_peak']:.2f} | {'' if ratio is None else f'{ratio:.2f}'} |")
    return "\n".join(lines)


def line(found):
    """The result in one line of Markdown."""
    sides = ", ".join(f"{side} {value['step_seconds_median']:.4f} s ({value['dtype']}, {value['share_of_gemm_peak']:.0%} "
                      "of GEMM peak)" for side, value in found["sides"].items())
    ratios = ", ".join(f"**{ratio:.2f}** of {side}" for side, ratio in found["ratio_of_medians"].items())
    costs = ", ".join(f"{name} {ratio:.3f}" for name, ratio in found["mechanism_ratios"].items())
    return (f"- {found['rounds']} rounds in turns, {found['sides']['sluice']['threads']} threads: {sides}; "
            f"ratio of medians {ratios}" + (f"; routed / unrouted: {costs}" if costs else ""))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("experiment", choices=sorted(STEPS))
    parser.add_argument("--data", type=Path, required=True, help="folder of the MNIST IDX files; for lm: a text that the PyTorch side tokenizes")
    parser.add_argument("--rounds", type=int, default=5, help="default 5; fewer only to try it")
    parser.add_argument("--steps", type=int, help="timed steps a round, each side (default: 10, of routed-vae 1000)")
    parser.add_argument("--threads", type=int, help="for both sides (OMP_NUM_THREADS)")
    parser.add_argument("--dtype", choices=("f32", "bf16"), default="f32", help="our side, and PyTorch's unless --torch-dtype")
    parser.add_argument("--torch-dtype", choices=("f32", "bf16"), help="f32: our bf16 against the published f32 loop")
    parser.add_argument("--tuned", action="store_true", help="a third side: PyTorch at its best")
    parser.add_argument("--sluice", default=str(ROOT / "sluice"))
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--json-out", type=Path, help="also write the JSON there")
    options = parser.parse_args()
    found = summary(measure(options))
    text = json.dumps(found, indent=1)
    if options.json_out:
        options.json_out.write_text(text + "\n", encoding="utf-8")
    print(text)
    print()
    print(table(found))
    print()
    print(line(found))


if __name__ == "__main__":
    main()
