"""Builds the kernels with the machine's C compiler. Standard library only: it runs before anything is installed.

    python liren/development/lifecircle/engine/native/build.py

Exit code 0 when the library is there and fresh, 1 when it is not, with the reason. Without it everything works, slower.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCES = ("kernels.c", "wide.h", "lanes.h")
# Nothing that the oldest processor of its kind lacks: what a machine has besides is found when it runs.
OPTIONS = ["-O3", "-fPIC", "-shared", "-fvisibility=default", "-std=gnu11"]
LIBRARY = HERE / "_kernels.so"


def stamp() -> str:
    """Stands for the sources and the options."""
    return hashlib.sha256(b"".join((HERE / name).read_bytes() for name in SOURCES) + repr(OPTIONS).encode()).hexdigest()


def is_fresh() -> bool:
    made_from = LIBRARY.with_suffix(".made-from")
    return LIBRARY.is_file() and made_from.is_file() and made_from.read_text() == stamp()


def build() -> str:
    """Make the library; an empty string, or why it could not be made."""
    compiler = shutil.which(os.environ.get("CC", "cc")) or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        return "there is no C compiler on this machine (Debian, Ubuntu: apt-get install gcc)"
    new = LIBRARY.with_name(f"_kernels.{os.getpid()}.new")
    command = [compiler, *OPTIONS, "-o", str(new), str(HERE / "kernels.c")]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["it says nothing"])[-1]
            return f"the compiler {compiler} refuses (exit code {done.returncode}): {last}"
        new.replace(LIBRARY)
        LIBRARY.with_suffix(".made-from").write_text(stamp())
    except OSError as error:
        return f"cannot write {LIBRARY} ({error.strerror})"
    finally:
        new.unlink(missing_ok=True)
    return ""


def main() -> int:
    why = "" if is_fresh() else build()
    if why:
        sys.stderr.write(f"Life circle: kernels not built, the slower ones in NumPy and SciPy serve instead: {why}.\n")
    return 1 if why else 0


if __name__ == "__main__":
    sys.exit(main())
