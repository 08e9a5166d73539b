"""Prints how many requirements of the register are shown by passing tests, and which.

Reads what the last full run of script/test wrote. A requirement is shown when at least one test that carries its
mark passed and none that carries it failed.
"""

import argparse
import csv
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "var" / "requirements.json"
REGISTER = ROOT.parent / "shared" / "design" / "requirements" / "requirements.csv"
ALL = [f"R{number:03d}" for number in range(1, 380)]


def shown(results: dict[str, dict]) -> dict[str, list[str]]:
    """Requirement -> the tests that show it; one failing test takes the requirement off the list."""
    tests: dict[str, list[str]] = {}
    failed: set[str] = set()
    for name, result in results.items():
        for requirement in result["requirements"]:
            if result["outcome"] == "passed":
                tests.setdefault(requirement, []).append(name)
            elif result["outcome"] == "failed":
                failed.add(requirement)
    return {key: sorted(names) for key, names in sorted(tests.items()) if key not in failed}


def titles(register: Path) -> dict[str, str]:
    """Requirement -> its sentence, when the register lies beside the project."""
    if not register.is_file():
        return {}
    with register.open(encoding="utf-8") as lines:
        return {row["id"]: row["requirement"] for row in csv.DictReader(lines)}


def report(results: dict[str, dict], register: Path, verbose: bool) -> str:
    """The printed page."""
    held, words = shown(results), titles(register)
    lines = []
    for key, names in held.items():
        lines.append(f"{key}  {len(names):3d} tests  {words.get(key, '')[:110]}".rstrip())
        lines += [f"        {name}" for name in names if verbose]
    lines.append(f"{len(held)} of {len(ALL)} requirements are shown by passing tests.")
    return "\n".join(lines)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--results", type=Path, default=RESULTS, help="what a test run wrote (default: var/requirements.json)"
    )
    parser.add_argument("--verbose", action="store_true", help="name the tests too")
    options = parser.parse_args(argv)
    if not options.results.is_file():
        print("No results yet: run script/test once, then script/requirements.", file=sys.stderr)
        return 1
    print(report(json.loads(options.results.read_text(encoding="utf-8")), REGISTER, options.verbose))
    return 0


if __name__ == "__main__":
    sys.exit(main())
