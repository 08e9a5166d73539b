"""One TOML file from the disk, whatever it holds: a table with the lines of its values, or a fault. Never an error."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from liren.foundation.policy.engine.faults import Fault, Where
from liren.foundation.policy.engine.lines import lines_of
from liren.foundation.policy.engine.words import Said
from liren.foundation.policy.engine.words import say as _

MOST_BYTES = 1_000_000
AT_LINE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
WIDE = "“”‘’，＝：｛｝［］＂"
LONGEST_LOOKED_AT = 300  # characters of a line in which a mend is sought
QUOTED = re.compile(r'"[^"]*"')
#: A value that is neither text in quotes nor a list, a table or a date: a word, or a number with its unit behind it.
BARE = re.compile(r"\s*[\w.]+\s*=\s*(?!true\b|false\b)[^\s\"'\[{#]*[^\W\d_][^\"'\[{#]*(#.*)?")


@dataclass(frozen=True)
class Text:
    """What a file holds: its bytes for the fingerprint, its table, and the place to name in faults."""

    where: Where
    raw: bytes = b""
    content: dict[str, Any] | None = None
    faults: list[Fault] = field(default_factory=list)


def read(path: Path, name: str) -> Text:
    """Read one file; ``name`` is how faults call it."""
    where = Where(name)
    try:
        raw = _bytes(path)
    except _Refused as refused:
        return Text(where, faults=[where.fault(*refused.words)])
    except OSError as error:
        message = _("the file can't be read ({reason})", reason=error.strerror or "?")
        return Text(where, faults=[where.fault(message, _("see that it is there and may be read"))])
    text, fault = _decoded(raw, name)
    if fault:
        return Text(where, raw, faults=[fault])
    return _parsed(raw, text, where)


class _Refused(Exception):
    @property
    def words(self) -> tuple[str, str]:
        return self.args[0], self.args[1]


def _bytes(path: Path) -> bytes:
    """The bytes of a plain file of bearable size; nothing is followed and nothing is waited for."""
    if path.is_symlink():
        raise _Refused(_("it is a link to another place"), _("put the file itself here"))
    if path.is_dir():
        raise _Refused(_("it is a folder"), _("put a plain text file here"))
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise _Refused(_("it is not a plain file"), _("put a plain text file here"))
        raw = file.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        message = _("the file is larger than {size} kB", size=MOST_BYTES // 1000)
        raise _Refused(message, _("divide it, or take out what is no data"))
    return raw


def _decoded(raw: bytes, name: str) -> tuple[str, Fault | None]:
    mend = _("save it as UTF-8 (in the editor: Save as, Encoding)")
    if raw[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return "", Fault(name, 1, _("the file is UTF-16"), mend)
    if 0 in raw:
        line = raw[: raw.index(0)].count(b"\n") + 1
        message = _("a NUL character stands here: this is no text")
        return "", Fault(name, line, message, _("write the file anew as plain text"))
    try:
        return raw.decode("utf-8-sig"), None
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        gbk = _("the file is not UTF-8: it looks like GBK")
        return "", Fault(name, line, gbk if _is_gbk(raw) else _("the file is not UTF-8"), mend)


def _is_gbk(raw: bytes) -> bool:
    try:
        raw.decode("gb18030")
    except UnicodeDecodeError:
        return False
    return True


def _parsed(raw: bytes, text: str, where: Where) -> Text:
    try:
        content = tomllib.loads(text, parse_float=Decimal)
        return Text(Where(where.file, lines_of(text.replace("\r\n", "\n"))), raw, content)
    except tomllib.TOMLDecodeError as error:
        return Text(where, raw, faults=[_syntax(str(error), text, where.file)])
    except RecursionError:
        words = _("arrays or tables are nested too deeply"), _("write them flatter")
        return Text(where, raw, faults=[where.fault(*words)])
    except (ValueError, ArithmeticError):  # a number of thousands of digits, or one no decimal can hold
        words = _("a number here is too large to be read"), _("write the number that is meant")
        return Text(where, raw, faults=[where.fault(*words)])


def _syntax(said: str, text: str, name: str) -> Fault:
    """The parser's complaint with its line taken out, and the commonest mend."""
    found = AT_LINE.search(said)
    rows = text.splitlines() or [""]
    line = int(found[1]) if found and found[1] else len(rows)
    row = rows[min(line, len(rows)) - 1]
    return Fault(name, line, _("this is not TOML ({reason})", reason=AT_LINE.sub("", said)[:200]), _mend(row))


def _mend(row: str) -> Said:
    """What is most likely wrong in a line. Wide marks count outside of quotes only: inside they are plain Chinese."""
    is_odd = row.count('"') % 2 == 1
    wide = sorted(set(row if is_odd else QUOTED.sub("", row)) & set("“”＂" if is_odd else WIDE))
    if wide:
        return _('this line has the wide marks {marks}; use the plain ones: " , = : { } [ ]', marks=" ".join(wide))
    if is_odd:
        return _('a quotation mark is missing in this line: text stands between two of them, "…"')
    if BARE.fullmatch(row[:LONGEST_LOOKED_AT]):
        return _('put text between quotation marks, "…", and leave a number alone, without a word behind it: 180')
    return _("look at this line and the one before: quotes closed, one key = value a line")
