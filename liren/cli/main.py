"""Reads the command line, finds the handler, and turns what went wrong into one line and an exit code.

Exit codes: 0 done, 1 could not be done, 2 wrong arguments, 130 interrupted.
"""

import argparse
import importlib
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from types import FrameType

import psycopg

from liren.host import database
from liren.host.errors import HostError

GROUPS = ("server", "database", "imports", "registers", "people", "packs", "cases", "lifecircle", "demo", "audit")
# Errors that a person at the terminal can meet and mend. Named by path, so that asking does not load Django.
EXPECTED = (
    ("django.core.exceptions", "ImproperlyConfigured"),
    ("django.core.management.base", "CommandError"),
    ("django.db.utils", "OperationalError"),
    ("liren.foundation.kernel.errors", "LirenError"),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    signal.signal(signal.SIGTERM, _terminated)
    arguments = parser().parse_args(argv)
    try:
        arguments.ask(arguments)
        with nullcontext() if not arguments.database else database.at_hand(tell):
            return _run(arguments)
    except KeyboardInterrupt:
        tell("Interrupted.")
        return 130
    except BrokenPipeError:  # the reader, `head` perhaps, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (HostError, psycopg.OperationalError, OSError) as error:
        return complain(error)
    except Exception as error:
        if isinstance(error, _expected()):
            return complain(error)
        raise


def parser() -> argparse.ArgumentParser:
    """All commands, group by group."""
    result = argparse.ArgumentParser(prog="liren", description="里仁 Liren: a city's communities on one machine.")
    result.set_defaults(run=None, database=True, role="app", ask=lambda arguments: None)
    commands = result.add_subparsers(metavar="command", required=True)
    for name in GROUPS:
        importlib.import_module(f"liren.cli.{name}").add(commands)
    return result


def tell(line: str) -> None:
    """A line for the person at the terminal; results go to standard output, this does not."""
    print(line, file=sys.stderr, flush=True)


def complain(error: BaseException) -> int:
    """Say in one line what went wrong and what to do next; exit code 1."""
    words = " ".join(str(error).split()) or type(error).__name__
    step = getattr(error, "next_step", "")
    tell(f"liren: {words}" + (f" {step}" if step and str(step) not in words else ""))
    return 1


def _run(arguments: argparse.Namespace) -> int:
    if arguments.run is None:
        tell("liren: this command needs one more word; add --help to see which.")
        return 2
    os.environ["LIREN_ROLE"] = arguments.role
    return int(arguments.run(arguments) or 0)


def _expected() -> tuple[type[BaseException], ...]:
    found = (getattr(sys.modules.get(module), name, None) for module, name in EXPECTED)
    return tuple(one for one in found if one is not None)


def _terminated(number: int, frame: FrameType | None) -> None:
    """SIGTERM leaves as an exception does, so that what was opened is closed."""
    raise SystemExit(128 + number)
