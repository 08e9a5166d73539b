"""What must not be in the repository: addresses of registries, and paths of the machine it was written on."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCKS = {
    "package-lock.json": re.compile(r'"resol[v]ed"|"(?:git\+|https?:)[^"]*\.tgz"'),
    "requirements/": re.compile(r"https?://|--(?:(?:extra-)?in[d]ex-url|find-l[i]nks|trusted-h[o]st)|^-[if] "),
}
# Written with brackets, so that this file does not find itself.
MACHINE = re.compile(r"/ro[o]t/\w|/ho[m]e/\w|/Us[e]rs/\w|(?<![\w.])/wo[r]k/\w")
REGISTRY = re.compile(r"registry\.np[m]js|np[m]mirror|pypi\.tu[n]a|pypi\.or[g]/simple|artif[a]ctory|_authTo[k]en")


def faults(name: str, text: str) -> list[str]:
    """What is wrong with one file, with the line."""
    rules = [MACHINE, REGISTRY, *(rule for start, rule in LOCKS.items() if name.startswith(start))]
    return [
        f"{name}:{number}: {line.strip()[:100]}"
        for number, line in enumerate(text.splitlines(), 1)
        if any(rule.search(line) for rule in rules)
    ]


def tracked() -> list[str]:
    """The files that git knows."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [name for name in listing.split("\0") if name]


def main() -> int:
    found: list[str] = []
    for name in tracked():
        try:
            found += faults(name, (ROOT / name).read_text(encoding="utf-8"))
        except (
            UnicodeDecodeError,
            FileNotFoundError,
            IsADirectoryError,
        ):  # a picture, or deleted but not yet committed
            continue
    print("\n".join([*found, f"{len(found)} lines with addresses or machine paths."]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
