"""Fuzz the gate: `python -m fuzz --seconds 60` (in contractkit/), or `make fuzz-gate`.

Random pairs of schemas go through `contractkit diff`; its verdict is held against values that a
validator judges. Exit 1 when a break was missed, a witness is wrong, or the command crashed.
"""

import argparse
import contextlib
import json
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from fuzz.minimise import minimise
from fuzz.schemas import Schemas
from fuzz.trial import ROLES, Gate, Pair, Result, judge

ALARMS = ("false alarm", "unforgiving")
FATAL = ("missed break", "wrong witness", "crash")


def pairs(seed: int) -> Pair:
    """The pair of a seed."""
    draws = Schemas(seed)
    old = {"schema": draws.schema(), "definitions": draws.definitions}
    new = draws.neighbour(old)
    if draws.random.random() < 0.5:
        old, new = new, old
    return Pair(old, new, ROLES[seed % len(ROLES)], seed)


def shown(pair: Pair, result: Result) -> str:
    """A disagreement for people, minimised."""
    lines = [f"{result.kind} ({pair.role}, seed {pair.seed}) {result.detail}"]
    for name, side in (("OLD", pair.old), ("NEW", pair.new)):
        used = {k: v for k, v in side["definitions"].items() if k in json.dumps(side)}
        lines.append(f"  {name} {json.dumps(side['schema'])} {json.dumps(used)[:300]}")
    if result.kind in ("missed break", "wrong witness"):
        lines.append(f"  payload {json.dumps(result.payload)}")
    return "\n".join(lines)


def main() -> int:
    """Run until the time is over and count."""
    parser = argparse.ArgumentParser(prog="fuzz-gate", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="how long")
    parser.add_argument("--seed", type=int, help="where to begin (default: at random)")
    parser.add_argument("--count", type=int, default=0, help="how many pairs instead of a time")
    parser.add_argument("--show", type=int, default=10, help="how many of each kind to print")
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.randrange(10**9)
    counts: Counter[str] = Counter()
    verdicts: Counter[int] = Counter()
    rules: Counter[str] = Counter()
    begin = time.monotonic()
    done = 0
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(KeyboardInterrupt):
        gate = Gate(Path(folder))
        while done < options.count if options.count else time.monotonic() - begin < options.seconds:
            pair = pairs(seed + done)
            done += 1
            result = judge(pair, gate)
            verdicts[result.status] += 1
            if done % 1000 == 0:
                print(f"{done} pairs, {dict(counts)}", file=sys.stderr, flush=True)
            if not result.kind:
                continue
            counts[result.kind] += 1
            if result.kind in ALARMS:
                rules[f"{result.kind}: {result.detail}"] += 1
            if counts[result.kind] <= options.show:
                kind = result.kind
                small = minimise(pair, lambda p: judge(p, gate).kind == kind)  # noqa: B023
                print(shown(small, judge(small, gate)), flush=True)
    seconds = time.monotonic() - begin
    print(f"{done} pairs from seed {seed} in {seconds:.0f} s: ", end="")
    print(", ".join(f"{n} {kind}" for kind, n in counts.most_common()) or "no disagreement")
    print(f"  exit status: {dict(sorted(verdicts.items()))}")
    for rule, number in rules.most_common():
        print(f"  {number} {rule}")
    return 1 if any(counts[kind] for kind in FATAL) else 0


if __name__ == "__main__":
    sys.exit(main())
