"""All checks, two at a time; one line each, and the output of those that fail."""

import base64
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
PYTHON = str(BIN / "python")
TOOLS = ROOT / "script" / "tools"
# The slow ones first.
CHECKS = {
    "types": [str(BIN / "mypy"), "liren"],
    "migrations": [PYTHON, "-m", "liren", "manage", "makemigrations", "--check", "--dry-run"],
    "imports": [str(BIN / "lint-imports"), "--no-cache"],
    "catalogue": [PYTHON, str(TOOLS / "messages.py")],
    "sizes": [PYTHON, str(TOOLS / "sizes.py")],
    "lint": [str(BIN / "ruff"), "check", "--quiet", "--output-format", "concise", "."],
    "format": [str(BIN / "ruff"), "format", "--check", "--output-format", "concise", "."],
    "clean": [PYTHON, str(TOOLS / "clean.py")],
}
ALWAYS_SHOWN = {"sizes"}


@dataclass(frozen=True)
class Result:
    """How one check went."""

    name: str
    code: int
    seconds: float
    output: str


def surroundings() -> dict[str, str]:
    """Settings want secrets before they load; none of the checks keeps anything under them."""
    key = base64.b64encode(bytes(32)).decode()
    keys = {"LIREN_SECRET_KEY": "only-for-checks-" + "0" * 50, "LIREN_DATA_KEY": key, "LIREN_LOOKUP_KEY": key}
    return {"LIREN_LOCAL": "1", **keys, **os.environ}


def one(name: str) -> Result:
    """Run one check."""
    began = time.monotonic()
    done = subprocess.run(CHECKS[name], cwd=ROOT, env=surroundings(), capture_output=True, text=True, check=False)
    return Result(name, done.returncode, time.monotonic() - began, done.stdout + done.stderr)


def show(result: Result) -> None:
    print(f"{'ok    ' if result.code == 0 else 'FAILED'} {result.name} ({result.seconds:.1f} s)", flush=True)
    if result.code or result.name in ALWAYS_SHOWN:
        print("\n".join(f"       {line}" for line in result.output.rstrip().splitlines()[-80:]), flush=True)


def run(names: list[str]) -> list[str]:
    """Run the checks; the names of those that failed."""
    failed = []
    with ThreadPoolExecutor(max_workers=2) as pool:
        for future in as_completed([pool.submit(one, name) for name in names]):
            show(future.result())
            if future.result().code:
                failed.append(future.result().name)
    return sorted(failed)


def main(arguments: list[str]) -> int:
    """All checks, or those named."""
    unknown = [name for name in arguments if name not in CHECKS]
    if unknown:
        print(f"There is no check {unknown[0]!r}; there are: {', '.join(CHECKS)}.")
        return 2
    failed = run(arguments or list(CHECKS))
    print(f"Checks: {'all good.' if not failed else 'FAILED: ' + ', '.join(failed) + '.'}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
