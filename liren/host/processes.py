"""Child processes that never outlive their parent, and locks that never outlive their holder."""

import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

TETHER = Path(__file__).with_name("tether.py")


@dataclass(frozen=True)
class Identity:
    """An operating-system user to run as."""

    uid: int
    gid: int

    @classmethod
    def mine(cls) -> "Identity":
        return cls(os.geteuid(), os.getegid())


def spawn(
    argv: Sequence[str | Path],
    *,
    dies_by: signal.Signals,
    user: Identity | None = None,
    env: Mapping[str, str] | None = None,
    output: IO[bytes] | None = None,
    cwd: Path | None = None,
    by_kernel: bool = sys.platform == "linux",
) -> subprocess.Popen[bytes]:
    """Start a program in a process group of its own that gets ``dies_by`` when this process ends, however it ends.

    Call it from the main thread: on Linux the tie is to the thread (see tether.py).
    """
    user = user or Identity.mine()
    reading, writing = (-1, -1) if by_kernel else os.pipe()
    tether = [sys.executable, "-I", "-S", str(TETHER)]
    words = [str(n) for n in (os.getpid(), int(dies_by), user.uid, user.gid, reading)]
    process = subprocess.Popen(
        [*tether, *words, *map(str, argv)],
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        cwd=cwd,
        start_new_session=True,
        pass_fds=[] if by_kernel else [reading],
    )
    if reading >= 0:
        os.close(reading)
        process.tie = writing  # type: ignore[attr-defined]  # the end that closes with us
    return process


def end(
    process: subprocess.Popen[bytes], first: signal.Signals, *, patience: float, then: signal.Signals = signal.SIGKILL
) -> None:
    """Ask a process to stop; after ``patience`` seconds insist, and in the end kill whatever is left of its group."""
    for number, wait in ((first, patience), (then, 10.0)):
        if process.poll() is None:
            process.send_signal(number)
            try:
                process.wait(wait)
            except subprocess.TimeoutExpired:
                continue
    kill_group(process.pid)
    process.wait()


def kill_group(leader: int) -> None:
    """Kill what is left in the process group that ``leader`` led."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


class Lock:
    """A lock on a file: held by a process, given back by the kernel when the process ends, however it ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[str] | None = None

    def take(self, *, shared: bool = False, wait: bool = False) -> bool:
        """Take or change the lock; False when another holds it and we do not wait."""
        if self._file is None:
            self._file = os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600), "r+")
        how = (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB)
        try:
            fcntl.flock(self._file, how)
        except BlockingIOError:
            return False
        return True

    def note(self, text: str) -> None:
        """Write a line for those who find the lock taken."""
        if self._file is not None:
            self._file.seek(0)
            self._file.truncate()
            self._file.write(text)
            self._file.flush()

    def read(self) -> str:
        """The line that the holder wrote."""
        try:
            return self.path.read_text().strip()
        except OSError:
            return ""

    def release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
