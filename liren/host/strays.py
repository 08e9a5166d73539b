"""Servers that were left behind by a supervisor that is gone, and process ids that mean somebody else by now."""

import os
import signal
import subprocess
import sys
from pathlib import Path


def on(data: Path) -> list[int]:
    """Living PostgreSQL processes whose working folder is ``data``; no zombies, no strangers with a reused id."""
    return _by_proc(data) if sys.platform == "linux" else _by_ps(data)


def _by_proc(data: Path) -> list[int]:
    target, found = os.fspath(data), []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            program = (entry / "exe").readlink().name.removesuffix(" (deleted)")
            where = os.fspath((entry / "cwd").readlink())
        except OSError:  # gone, a zombie, or not ours to see
            continue
        if program == "postgres" and where == target:
            found.append(int(entry.name))
    return found


def _by_ps(data: Path) -> list[int]:
    listing = subprocess.run(["ps", "-axww", "-o", "pid=,command="], capture_output=True, text=True, check=False).stdout
    lines = (line.strip().partition(" ") for line in listing.splitlines())
    return [int(pid) for pid, _, command in lines if f"-D {data} " in f"{command} " and "/postgres " in command]


def send(data: Path, number: signal.Signals) -> int:
    """Signal every stray; how many there were."""
    found = on(data)
    for pid in found:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue
    return len(found)


def disown(data: Path) -> None:
    """Make a stale postmaster.pid harmless when its process id now belongs to somebody else (or to a zombie).

    PostgreSQL holds such a file to be stale if it names its own parent, which we shall be. The file is not deleted,
    since its other lines let PostgreSQL see whether backends of the dead server still hold the shared memory.
    """
    path = data / "postmaster.pid"
    try:
        with path.open("r+b") as file:
            lines = file.read().split(b"\n")
            lines[0] = str(os.getpid()).encode()
            file.seek(0)
            file.write(b"\n".join(lines))
            file.truncate()
    except FileNotFoundError:
        return
