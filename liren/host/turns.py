"""Whose turn it is: so many work at once, all others wait in one queue, and who came first goes first.

``threading.Semaphore`` has no queue: whoever comes by at the right moment takes the place for which another has waited,
and that one goes to the end. Most are quick then, and some wait twice as long as there is work.
"""

import ctypes
import errno
import os
import sys
import threading
from collections import deque
from pathlib import Path
from typing import Protocol


class Turns(Protocol):
    """Places at work, given out in the order in which they were asked for."""

    def take(self, patience: float) -> bool:
        """Wait for a place, at most so many seconds; whether there was one."""

    def give(self) -> None:
        """Give the place back, to whoever has waited longest."""


class OwnTurns:
    """Places of one process: a place is handed over, it never lies about."""

    def __init__(self, places: int) -> None:
        self._free, self._lock = places, threading.Lock()
        self._queue: deque[threading.Lock] = deque()

    def take(self, patience: float) -> bool:
        with self._lock:
            if self._free:
                self._free -= 1
                return True
            gate = threading.Lock()
            gate.acquire()
            self._queue.append(gate)
        if gate.acquire(timeout=patience):
            return True
        with self._lock:
            if gate not in self._queue:  # handed over at the last moment
                return True
            self._queue.remove(gate)
        return False

    def give(self) -> None:
        with self._lock:
            if self._queue:
                self._queue.popleft().release()
            else:
                self._free += 1


IPC_CREAT, IPC_RMID, SETVAL, SEM_UNDO = 0o1000, 0, 16, 0x1000


class _Operation(ctypes.Structure):
    _fields_ = (("number", ctypes.c_ushort), ("change", ctypes.c_short), ("flags", ctypes.c_short))


class _Seconds(ctypes.Structure):
    _fields_ = (("whole", ctypes.c_long), ("nano", ctypes.c_long))


class SharedTurns:
    """Places of all web processes on this machine, in one queue that the kernel keeps (a semaphore of System V, Linux).

    Without it each process has a queue of its own, and who comes to the fuller one waits longer. What a process holds
    that is killed, the kernel gives back.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        self._take, self._give = _Operation(0, -1, SEM_UNDO), _Operation(0, 1, SEM_UNDO)
        self._libc = ctypes.CDLL(None, use_errno=True)

    @classmethod
    def made(cls, places: int, beside: Path) -> "SharedTurns | None":
        """All places free; the same semaphore for the same file each time. None where the system has none to give."""
        if sys.platform != "linux":
            return None
        libc, status = ctypes.CDLL(None, use_errno=True), beside.stat()
        key = (status.st_ino & 0xFFFFFF) | (status.st_dev & 0x7F) << 24 or 1
        number = libc.semget(ctypes.c_int(key), 1, IPC_CREAT | 0o600)
        if number < 0 or libc.semctl(number, 0, SETVAL, ctypes.c_int(places)) < 0:
            return None
        return cls(number)

    def take(self, patience: float) -> bool:
        until = _Seconds(int(patience), int(patience % 1 * 1e9))
        while self._libc.semtimedop(self.number, ctypes.byref(self._take), 1, ctypes.byref(until)) < 0:
            if ctypes.get_errno() != errno.EINTR:
                return self._told(ctypes.get_errno())
        return True

    @staticmethod
    def _told(code: int) -> bool:
        """False when the patience is at an end; without a semaphore (somebody removed it) nobody is kept waiting."""
        if code in (errno.EINVAL, errno.EIDRM):
            return True
        if code != errno.EAGAIN:
            raise OSError(code, os.strerror(code))
        return False

    def give(self) -> None:
        self._libc.semop(self.number, ctypes.byref(self._give), 1)

    def remove(self) -> None:
        """Nobody will ask any more."""
        self._libc.semctl(self.number, 0, IPC_RMID)
