"""Ties a program's life to its parent's: ``python tether.py PARENT SIGNAL UID GID PIPE ARGV...`` becomes ARGV.

A supervisor that is killed with -9 cannot tell its children. On Linux the kernel tells them (PR_SET_PDEATHSIG);
elsewhere (PIPE >= 0) a small watcher holds the reading end of a pipe whose other end only the supervisor has.
A file of its own, standard library only: as root it must run before the user is changed, and a preexec_fn would not be
safe in a process with threads. The kernel's signal comes when the *thread* that started the program ends, so start
programs from the main thread.
"""

import ctypes
import os
import select
import sys

PR_SET_PDEATHSIG = 1


def bind(signal_number: int, parent: int) -> None:
    """Linux: let the kernel send the signal to this process when its parent ends. To be called after ``become``."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal_number)
    if os.getppid() != parent:  # it died before we asked
        os._exit(1)


def watch(pipe: int, program: int, signal_number: int) -> None:
    """Elsewhere: wait until the pipe's other end is closed, as it is when the supervisor ends, and send the signal."""
    while not select.select([pipe], [], [], 1.0)[0]:
        if os.getppid() != program:  # the program has ended by itself
            os._exit(0)
    if os.getppid() == program:
        os.kill(program, signal_number)
    os._exit(0)


def fork_watcher(pipe: int, signal_number: int) -> None:
    """Leave a watcher behind as a child of this process, which goes on to become the program."""
    program = os.getpid()
    if os.fork() == 0:
        os.setsid()
        watch(pipe, program, signal_number)
    os.close(pipe)


def become(uid: int, gid: int) -> None:
    """Drop root for good."""
    if uid != os.geteuid():
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)


def main(arguments: list[str]) -> None:
    """Change the user, tie, and become the program."""
    parent, signal_number, uid, gid, pipe = (int(word) for word in arguments[:5])
    become(uid, gid)
    if pipe >= 0:
        fork_watcher(pipe, signal_number)
    else:
        bind(signal_number, parent)
    os.execv(arguments[5], arguments[5:])  # noqa: S606  no shell is wanted: the words come from processes.spawn


if __name__ == "__main__":
    main(sys.argv[1:])
