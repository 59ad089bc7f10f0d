#!/usr/bin/env python3
"""Compare csv-to-arrow with pandas.read_csv on the same file, in turns.

    python3 -m venv v && v/bin/pip install pandas
    v/bin/python features/testdata/peer_pandas.py ./podium train.csv

Each turn is a new process, so that each figure includes its own peak memory.
podium writes an Arrow file to disk (fsynced); pandas only fills its memory.
"""
import json
import resource
import statistics
import subprocess
import sys

PANDAS = """
import resource, sys, time
import pandas
t = time.perf_counter()
pandas.read_csv(sys.argv[1])
print(1000 * (time.perf_counter() - t), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, pandas.__version__)
"""


def ours(podium, path):
    out = subprocess.run([podium, "bench", "--case", "csv-to-arrow", "--csv", path, "--repeat", "1", "--json"],
                         check=True, capture_output=True, text=True).stdout
    row = json.loads(out)
    return row["ms_median"], row["peak_rss_mb"]


def theirs(path):
    ms, mb, version = subprocess.run([sys.executable, "-c", PANDAS, path], check=True, capture_output=True, text=True).stdout.split()
    return float(ms), float(mb), version


def main(podium, path, turns=7):
    a, b = [], []
    for _ in range(turns):
        a.append(ours(podium, path))
        b.append(theirs(path))
    ms = lambda rows: statistics.median(r[0] for r in rows)
    mb = lambda rows: max(r[1] for r in rows)
    print(f"podium  {ms(a):8.0f} ms  {mb(a):6.0f} MB peak")
    print(f"pandas  {ms(b):8.0f} ms  {mb(b):6.0f} MB peak  (pandas {b[0][2]})")
    print(f"ratio   {statistics.median(y[0] / x[0] for x, y in zip(a, b)):8.2f}  (theirs / ours, median of {turns} turns)")


if __name__ == "__main__":
    main(*sys.argv[1:3])
