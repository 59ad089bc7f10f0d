"""Runs `podium bench` and torch_cases.py by turns and prints one table.

    python peers.py PODIUM [--rounds N] [--repeat N] [--case NAME,...] [--threads N]

A round runs each case once in each mode, ours and PyTorch's, each in a process of
its own that measures --repeat turns after warming up. The table has the medians
over the rounds of the processes' medians, so that a machine that slows down for
a minute slows down both. A ratio is theirs / ours: above 1 is in our favour. In
time it is that of PyTorch's fastest mode, in memory that of the same mode; memory
is the peak of the process, of PyTorch without what it held before it made the net
("bare" is that amount), since nobody who has it loaded pays for it twice.
"""
import argparse
import datetime
import json
import os
import pathlib
import platform
import shlex
import statistics
import subprocess
import sys

import torch_cases

TORCH = pathlib.Path(__file__).with_name("torch_cases.py")


def last_line(command, **more):
    """The JSON object on the last line that command prints, or {"error": ...}."""
    got = subprocess.run(command, capture_output=True, text=True, **more)
    lines = got.stdout.strip().splitlines()
    if got.returncode or not lines:
        errors = got.stderr.strip().splitlines() or [f"exit code {got.returncode}"]
        return {"error": errors[-1][:200]}
    return json.loads(lines[-1])


def measure(args, cases):
    """{(case, mode): [row of each round]}; our mode is "podium"."""
    rows = {}
    for number in range(args.rounds):
        for case in cases:
            for mode in ("podium", *torch_cases.modes(case)):
                if mode == "podium":
                    precision = "bf16" if case.endswith(torch_cases.BF16) else "fp32"
                    command = [args.podium, "bench", "--json", "--case", case.removesuffix(torch_cases.BF16), "--precision", precision,
                               "--repeat", str(args.repeat), "--threads", str(args.threads)]
                elif "error" in rows.get((case, mode), [{}])[-1]:
                    continue
                else:
                    command = [sys.executable, TORCH, case, mode, str(args.repeat), str(args.threads)]
                row = last_line(command, env=os.environ | {"OMP_NUM_THREADS": str(args.threads)})
                rows.setdefault((case, mode), []).append(row)
                said = row.get("error") or f"{row['ms_median']:.2f} ms, {row['peak_rss_mb']:.0f} MB"
                print(f"round {number + 1}: {case} {mode}: {said}", file=sys.stderr, flush=True)
                if mode == "podium" and "error" in row:
                    sys.exit(1)
    return rows


def median(rows, field):
    values = [r[field] for r in rows or () if "error" not in r]
    return statistics.median(values) if values else None


def line(case, rows):
    """The cells of a case."""
    ours = rows[case, "podium"]
    ms = {mode: median(rows.get((case, mode)), "ms_median") for mode in torch_cases.MODES}
    measured = {mode: t for mode, t in ms.items() if t}
    cells = [case, f"{median(ours, 'ms_median'):.1f}"] + [f"{t:.1f}" if t else "-" for t in ms.values()]
    mine = max(r["peak_rss_mb"] for r in ours)
    if not measured:
        return cells + ["-", f"{mine:.0f}", "-", "-", "-"]
    best = min(measured, key=measured.get)
    peers = [r for r in rows[case, best] if "error" not in r]
    bare = max(r["bare_rss_mb"] for r in peers)
    theirs = max(r["peak_rss_mb"] for r in peers) - bare
    return cells + [f"{measured[best] / median(ours, 'ms_median'):.2f}", f"{mine:.0f}", f"{theirs:.0f}", f"{bare:.0f}", f"{theirs / mine:.2f}"]


def table(head, body):
    widths = [max(len(r[i]) for r in [head, *body]) for i in range(len(head))]
    pad = lambda r: "| " + " | ".join(c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(r, widths))) + " |"
    rule = "|" + "|".join("-" * (w + 2) if i == 0 else "-" * (w + 1) + ":" for i, w in enumerate(widths)) + "|"
    return "\n".join([pad(head), rule, *map(pad, body)])


def processor():
    try:
        models = [l.split(":", 1)[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")]
        return models[0] if models else platform.machine()
    except OSError:
        return platform.machine()


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("podium", help="the binary")
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--repeat", type=int, default=5)
    p.add_argument("--threads", type=int, default=os.cpu_count())
    p.add_argument("--case", default=",".join(torch_cases.CASES))
    args = p.parse_args()
    cases = args.case.split(",")
    if unknown := set(cases) - set(torch_cases.CASES):
        p.error(f"unknown case {', '.join(unknown)}; cases are {', '.join(torch_cases.CASES)}")
    peak = last_line([args.podium, "bench", "--json", "--case", "fma-peak", "--threads", str(args.threads)])
    rows = measure(args, cases)
    version = next((r["torch"] for r in sum(rows.values(), []) if "torch" in r), "?")
    print(f"{datetime.date.today()}, {processor()}, {args.threads} threads, {platform.system()}, PyTorch {version}, "
          f"peak {peak.get('gflops', 0):.0f} GFLOP/s, {args.rounds} rounds of {args.repeat}: "
          f"make bench-peers ARGS={shlex.quote(shlex.join(sys.argv[2:]))}\n")
    head = ["case", "podium ms"] + [f"{m} ms" for m in torch_cases.MODES] + ["time ratio", "podium MB", "torch MB", "bare MB", "memory ratio"]
    print(table(head, [line(c, rows) for c in cases]))


if __name__ == "__main__":
    main()
