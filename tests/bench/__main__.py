"""Runs the benches: all of them, or those that are named."""

from __future__ import annotations

import importlib
import os
import sys
import time

# The name of a bench is the name of its module and of the function in it.
BENCHES = ("start", "launch", "latency", "flood", "idle", "reattach", "import_image")


def main(names: list[str]) -> int:
    """Print every figure; 1 when one misses its budget, 2 for a name that is none."""
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        print(f"no bench {', '.join(unknown)}; there are {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    missed = 0
    load = " ".join(f"{value:.2f}" for value in os.getloadavg())
    print(f"{time.strftime('%Y-%m-%d %H:%M')}, {os.cpu_count()} processors, load {load}")
    for name in names or BENCHES:
        print(f"\n{name}", flush=True)
        bench = getattr(importlib.import_module(f"tests.bench.{name}"), name)
        for figure in bench():
            print(f"  {figure.line()}", flush=True)
            missed += figure.is_met is False
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
