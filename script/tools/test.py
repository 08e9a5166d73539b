"""Checks beside tests. The last line is pytest's closing line; the exit code is 0 only when both are good."""

import argparse
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryFile
from typing import TextIO

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/test", description=__doc__)
    parser.add_argument(
        "--install", action="store_true", help="fetch a Chromium and fonts when absent (browser.py did)"
    )
    parser.add_argument("--no-check", action="store_true", help="tests only")
    parser.add_argument("paths", nargs="*", help="tests to run, and options for pytest after --")
    arguments = parser.parse_args()
    with TemporaryFile("w+") as said:
        checks = None if arguments.no_check else checking(said)
        code, closing = tested(arguments.paths)
        failed = checks.wait() if checks else 0
        said.seek(0)
        print(said.read() + closing, flush=True)
    return code or failed


def checking(said: TextIO) -> "subprocess.Popen[str]":
    """The checks, beside the tests: most of their time one of them runs alone. What they say stands after the tests."""
    command = [sys.executable, str(ROOT / "script/tools/check.py")]
    return subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT, text=True)


def tested(paths: list[str]) -> tuple[int, str]:
    """Run pytest with its output passed on as it comes; exit code and closing line."""
    # In the order in which they come: sorted by the number of tests, the few long walks of the browser would all come
    # last, on one processor, while the other one waits.
    share = ["-n", str(processes()), "--dist", "loadscope", "--no-loadscope-reorder"]
    command = [sys.executable, "-m", "pytest", *share, *map(absolute, paths)]
    closing = ""
    env = dict(os.environ)
    if not paths:  # only a whole run may say which requirements are shown
        (ROOT / "var").mkdir(exist_ok=True)
        env["LIREN_REQUIREMENTS_OUT"] = str(ROOT / "var" / "requirements.json")
    with subprocess.Popen(
        command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            closing = line.rstrip() or closing
    return process.returncode, closing


def processes() -> int:
    """One for each processor, at most eight: more of them wait less, but collect all tests once more."""
    return min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1, 8)


def absolute(path: str) -> str:
    """A path as the caller's shell meant it; pytest runs in the checkout."""
    place = Path(path.split("::")[0])
    return path if path.startswith("-") or not place.exists() else f"{Path.cwd() / path}"


if __name__ == "__main__":
    sys.exit(main())
