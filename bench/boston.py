"""Real requests of a city, with its own clock, run through our deadline arithmetic: how far do the two agree?

    script/bench boston           or: .venv/bin/python bench/boston.py

The rule of each type is taken from the requests of July and held against August and September. What the file calls in
time is the oracle. Needs no database.
"""

import argparse
import sys
import time
from pathlib import Path

from scratch import SHARED

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests.cases.real import boston


def main() -> None:
    """Measure, print tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=SHARED)
    arguments = parser.parse_args()
    found = boston.requests(arguments.folder)
    own_clock(found)
    rules = boston.rules(found)
    for words, months in (("July (rules taken from it)", {7}), ("August and September", {8, 9})):
        begin = time.perf_counter()
        done = boston.replay([one for one in found if one.opened.month in months], rules)
        told(words, done, time.perf_counter() - begin)


def own_clock(found: list) -> None:
    """By the targets in the file, do we call in time what the file calls in time?"""
    judged = [one for one in found if one.target is not None and one.ontime]
    right = sum(
        (one.closed is not None and boston.is_kept(one.target, one.closed)) == (one.ontime == "ONTIME")
        for one in judged
    )
    print(f"{len(found):,} requests, {len(judged):,} with a clock and a word on it")
    print(f"by the file's own targets: {right:,} of {len(judged):,} judged alike")


def told(words: str, done: boston.Replay, seconds: float) -> None:
    print(f"\n{words}: {done.requests:,} requests, {done.requests / seconds:,.0f} a second")
    print(f"  same deadline       {done.same / done.requests:8.2%}")
    print(f"  in time or not      {done.verdict / done.judged:8.2%} of {done.judged:,}")
    for reason, count in (done.why or {}).most_common():
        print(f"  {count:6,}  {count / done.requests:6.2%}  {reason}")
    for reason, count in (done.verdict_why or {}).most_common():
        print(f"  {count:6,}  {count / done.judged:6.2%}  judged differently: {reason}")


if __name__ == "__main__":
    main()
