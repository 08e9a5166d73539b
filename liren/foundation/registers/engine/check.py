"""Checks declarations of registers without a database: ``python -m liren.foundation.registers.engine.check FILE…``

A folder stands for all ``.toml`` files in it. Every fault is told with its line; exit code 1 when there are some.
"""

import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path

from liren.foundation.kernel.engine.declared import Key
from liren.foundation.registers.engine.declaration import check, parse

HEAD = re.compile(r"^\s*\[\[?\s*([\w.]+)\s*\]\]?")


def line_of(text: str, key: Key) -> int:
    """The line (from 1) on which a key stands, or its table begins."""
    table, place = (str(key[0]), key[1]) if len(key) > 1 and isinstance(key[1], int) else ("", 0)
    name = next((str(part) for part in (key[2:3] if table else key[:1])), "")
    seen, inside, start = -1, not table, 1
    for number, line in enumerate(text.splitlines(), 1):
        head = HEAD.match(line)
        if head:
            seen += head[1] == table
            inside = bool(table) and head[1] == table and seen == place
            start = number if inside else start
        elif inside and name and re.match(rf"\s*{re.escape(name)}\s*=", line):
            return number
    return start


def faults_of(path: Path) -> Iterator[str]:
    """Each fault of a file as a line for people."""
    try:
        text = path.read_text(encoding="utf-8")
        content = tomllib.loads(text, parse_float=Decimal)
    except (OSError, ValueError) as error:
        yield f"{path}: can't be read: {error}"
        return
    for fault in check(content):
        yield f"{path}:{line_of(text, fault.key)}: {fault}"
    if content.get("code") != path.stem:
        yield f'{path}:1: code: is not the name of the file; mend: code = "{path.stem}", or rename the file'


def files_of(arguments: Iterable[str]) -> list[Path]:
    found: list[Path] = []
    for one in map(Path, arguments):
        found += sorted(one.rglob("*.toml")) if one.is_dir() else [one]
    return found


def main(arguments: list[str]) -> int:
    files = files_of(arguments)
    wrong = [line for path in files for line in faults_of(path)]
    twice = [name for name, count in Counter(path.stem for path in files).items() if count > 1]
    wrong += [f"{name}.toml stands in two folders; mend: one code, one declaration" for name in twice]
    for line in wrong:
        sys.stdout.write(line + "\n")
    measures = (
        0 if wrong else sum(len(parse(tomllib.loads(path.read_text(encoding="utf-8"))).measures) for path in files)
    )
    sys.stdout.write(f"{len(files)} declarations, {measures or '?'} measures, {len(wrong)} faults.\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
