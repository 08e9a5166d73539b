#!/usr/bin/env python3
"""Verify an export of Liren's audit log. Needs nothing but Python and the file: no Liren, no database, no network.

    python3 verify_audit.py EXPORT [--head POSITION:HASH]

Every entry carries the SHA-256 of its own fields and of the entry before it. This program computes them again, compares
them with the file, with the heads in its first line, and with a head that you kept (--head), and names the first fault.

Exit code: 0 whole, 1 broken, 2 the file can't be read as an export.
"""

import argparse
import hashlib
import json
import sys
from pathlib import Path

FORMAT = "liren-audit-1"
FIELDS = ("id", "at", "actor", "action", "object_type", "object_id", "unit_id", "facts")


class Broken(Exception):
    """The file does not hold the log that was sealed."""


class Unreadable(Exception):
    """The file is not an export."""


def main() -> int:
    """Verify the file named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("export", type=Path)
    parser.add_argument("--head", metavar="POSITION:HASH", default="", help="a head you kept: the log must lead to it")
    arguments = parser.parse_args()
    try:
        count, head = verify(arguments.export, arguments.head)
    except Broken as fault:
        print(f"BROKEN. {fault}")
        return 1
    except (Unreadable, OSError) as fault:
        print(f"Can't verify {arguments.export}: {fault}", file=sys.stderr)
        return 2
    print(f"The export is whole: {count} entries, head {head}")
    return 0


def verify(path: Path, kept: str = "") -> tuple[int, str]:
    """The number of entries and the head ``POSITION:HASH``.

    Raises:
        Broken: an entry, the order or the end is not what was sealed.
        Unreadable: not an export, or cut off within a line.
    """
    with path.open("rb") as lines:
        header = _parsed(lines.readline(), 1)
        if header.get("format") != FORMAT:
            raise Unreadable(f"the first line is not that of an export ({FORMAT})")
        position, previous = _number(header, "first") - 1, _hash(header, "previous")
        if position == 0 and previous != "00" * 32:
            raise Broken("The log does not begin at its beginning.")
        seen = not kept
        for number, line in enumerate(lines, start=2):
            entry = _parsed(line, number)
            position, previous = _next(entry, position, previous, number)
            if kept and kept.startswith(f"{position}:"):
                seen = _same_head(kept, position, previous)
    _check_end(header, position, previous)
    if not seen:
        raise Broken(f"The kept head {kept.partition(':')[0]} is not in this export.")
    return position - header["first"] + 1, f"{position}:{previous}"


def _parsed(line, number):
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"line {number} is cut off or not JSON") from error
    if not isinstance(found, dict):
        raise Unreadable(f"line {number} is not an entry")
    return found


def _number(entry, name):
    value = entry.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Unreadable(f"{name} is not a number")
    return value


def _hash(entry, name):
    value = entry.get(name)
    if not isinstance(value, str) or len(value) != 64:
        raise Unreadable(f"{name} is not a hash")
    return value


def _next(entry, position, previous, number):
    place = _number(entry, "position")
    if place != position + 1:
        raise Broken(f"Line {number}: position {position + 1} is missing, {place} stands here.")
    if hash_of(place, previous, entry) != _hash(entry, "hash"):
        raise Broken(
            f"Line {number}, position {place}: the entry, or the one before it, is not the one that was sealed."
        )
    return place, entry["hash"]


def hash_of(position, previous, entry):
    """SHA-256 over each field as <octets>:<text>, and - for none, each with a comma after it."""
    digest = hashlib.sha256()
    for text in (FORMAT, str(position), previous, *(entry.get(name) for name in FIELDS)):
        if text is None:
            digest.update(b"-,")
        elif isinstance(text, str):
            raw = text.encode("utf-8", "surrogatepass")
            digest.update(str(len(raw)).encode() + b":" + raw + b",")
        else:
            raise Unreadable("a field of an entry is not text")
    return digest.hexdigest()


def _same_head(kept, position, value):
    if kept.strip().lower() != f"{position}:{value}":
        raise Broken(f"Position {position} is not the head that was kept.")
    return True


def _check_end(header, position, previous):
    if position != _number(header, "last"):
        raise Broken(f"The file ends at position {position}, but was written up to {header['last']}.")
    if position >= header["first"] and previous != _hash(header, "head"):
        raise Broken("The last entry is not the head that the first line names.")


if __name__ == "__main__":
    sys.exit(main())
