"""Which Python makes the environment: of those on this machine the quickest.

A Python that was compiled without a profile of its own runs, as version managers do by default, needs half as long
again for everything, pages and tests alike. What a build says about itself differs from one maker to the next, so each
is asked to count for a moment.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

NAMES = ("python3", "python3.13", "python3.12", "python3.11")
#: Distributions and Homebrew keep theirs here, whatever a version manager puts before them on the path.
FOLDERS = ("/usr/bin", "/opt/homebrew/bin", "/usr/local/bin")
#: So much quicker another one must be to be taken instead of the first on the path; less is noise.
WORTH = 1.2
#: Prints its real name and the seconds for some calls, or fails where it is too old, too new, or makes no environments.
#: One that cannot compile the kernels is taken only where it is the first.
ASK = """
import os, sys, sysconfig, time, venv
from ensurepip import bootstrap
assert (3, 11) <= sys.version_info[:2] <= (3, 13)
headers = os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h"))
class Number:
    def __init__(self, value): self.value = value
    def get(self): return self.value
def count():
    began, seen = time.process_time(), {}
    for n in range(20_000): seen[str(n % 100)] = Number(n).get() + len([i for i in (1, 2, 3)])
    return time.process_time() - began
print(os.path.realpath(sys.executable), int(headers), min(count() for _ in range(5)))
"""


def quickest() -> str:
    """The Python for the environment: this one, unless another is quicker by a fifth. ``PYTHON`` ends the search."""
    if os.environ.get("PYTHON"):
        return sys.executable
    first, *others = [sys.executable, *candidates()]
    mine, found = asked(first), list(answers(others))
    if mine is None:  # Debian's without python3-venv, say: any that makes environments is better
        return min(found, key=lambda one: (-one[1][0], one[1][1]), default=(first, None))[0]
    fit = [(seconds, path) for path, (headers, seconds) in found if headers >= mine[0]]
    seconds, path = min(fit, default=(mine[1], first))
    return path if seconds * WORTH < mine[1] else first


def candidates() -> Iterator[str]:
    """Other Pythons: by their names on the path, then where distributions keep theirs."""
    seen = {os.path.realpath(sys.executable)}
    for folder in (None, *FOLDERS):
        for name in NAMES:
            found = shutil.which(name, path=folder)
            if found and os.path.realpath(found) not in seen:
                seen.add(os.path.realpath(found))
                yield found


def answers(paths: list[str]) -> Iterator[tuple[str, tuple[int, float]]]:
    for path in paths:
        if answer := asked(path):
            yield path, answer


def asked(path: str) -> tuple[int, float] | None:
    """Whether it has the headers for compiling, and its seconds; None where it does not serve."""
    done = subprocess.run([path, "-I", "-c", ASK], capture_output=True, text=True, check=False)
    if done.returncode:
        return None
    _, headers, seconds = done.stdout.rsplit(maxsplit=2)
    return int(headers), float(seconds)


if __name__ == "__main__":
    print(quickest())
