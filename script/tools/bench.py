"""Runs measurements from bench/, one after the other: all of them, or those named; options after -- go to each."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main(arguments: list[str]) -> int:
    """Exit code 1 when one of them fails."""
    names, _, options = (" ".join(arguments) + " ").partition("-- ")
    files = (ROOT / "bench").glob("*.py")
    known = sorted(path.stem for path in files if "__main__" in path.read_text(encoding="utf-8"))
    wanted = names.split() or known
    unknown = [name for name in wanted if name not in known]
    if unknown:
        print(f"There is no bench/{unknown[0]}.py; there are: {', '.join(known)}.")
        return 2
    failed = 0
    for name in wanted:
        print(f"== {name}", flush=True)
        command = [sys.executable, str(ROOT / "bench" / f"{name}.py"), *options.split()]
        failed |= subprocess.run(command, cwd=ROOT, check=False).returncode != 0
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
