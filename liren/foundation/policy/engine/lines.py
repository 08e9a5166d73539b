"""On which line of a TOML text a value stands. ``tomllib`` says what a text means, but not where.

Read only after ``tomllib`` has accepted the text: then quotes and brackets are known to close.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

Step = str | int
Path = tuple[Step, ...]

TOKEN = re.compile(
    r"""
    (?P<skip>\#[^\n]*|[ \t\r]+)
  | (?P<text>\"{3}(?:[^\\]|\\.)*?\"{3,5}|'{3}.*?'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')
  | (?P<mark>[\[\]{},=.\n])
  | (?P<word>[^\s\[\]{},=.\#"']+)
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Lines:
    """The lines of one text by the way to each value."""

    known: dict[Path, int] = field(default_factory=dict)
    default: int = 0

    def of(self, path: Path) -> int:
        """The line of a value, or of the nearest thing around it that is in the text."""
        while path:
            if path in self.known:
                return self.known[path]
            path = path[:-1]
        return self.default


def lines_of(text: str) -> Lines:
    """Where every key, table and array element of a TOML text stands."""
    return Lines(_Scan(text).known, 1)


class _Scan:
    """One walk through the pieces: headers, keys, and what is nested in arrays and inline tables."""

    def __init__(self, text: str) -> None:
        self.breaks = [place for place, character in enumerate(text) if character == "\n"]
        self.known: dict[Path, int] = {}
        self.counts: dict[Path, int] = {}
        self.table: Path = ()
        self.pieces = [*self._pieces_of(text), ("\n", "mark", len(self.breaks) + 1)]
        self.place = 0
        while self.place < len(self.pieces):
            self._statement()

    def _pieces_of(self, text: str) -> Iterator[tuple[str, str, int]]:
        for match in TOKEN.finditer(text):
            if match.lastgroup != "skip":
                yield match.group(), match.lastgroup or "", bisect_right(self.breaks, match.start() - 1) + 1

    def _next(self) -> tuple[str, str, int]:
        piece = self.pieces[min(self.place, len(self.pieces) - 1)]
        self.place += 1
        return piece

    def _peek(self) -> str:
        return self.pieces[min(self.place, len(self.pieces) - 1)][0]

    def _statement(self) -> None:
        if self._peek() == "\n":
            self.place += 1
        elif self._peek() == "[":
            self._header()
        else:
            self._pairs(self.table, {"\n"})

    def _header(self) -> None:
        line = self._next()[2]
        repeated = self._peek() == "["
        parts, _line = self._key({"]"})
        path: Path = ()
        for number, part in enumerate(parts, 1):
            path = (*path, part)
            if repeated and number == len(parts):
                self.counts[path] = self.counts.get(path, -1) + 1
            if path in self.counts:
                path = (*path, self.counts[path])
        self.table = path
        self.known.setdefault(path, line)
        while self._next()[0] != "\n":
            continue

    def _key(self, ends: set[str]) -> tuple[list[str], int]:
        """The parts of a dotted key up to and with the mark that ends it, and the line where it began."""
        parts: list[str] = []
        line = 0
        while self.place < len(self.pieces):
            piece, kind, here = self._next()
            line = line or here
            if piece in ends:
                break
            if kind in {"text", "word"}:
                parts.append(_unquoted(piece))
        return parts, line

    def _pairs(self, base: Path, ends: set[str]) -> None:
        """One ``key = value``; what is nested in the value is walked with a stack, so that depth costs no recursion."""
        parts, line = self._key({"=", *ends})
        path = self._note(base, parts, line)
        stack: list[tuple[str, Path, int]] = []
        while self.place < len(self.pieces):
            piece, kind, line = self._next()
            if not stack and piece in ends:
                return
            if piece in "[{" and kind == "mark":
                stack.append((piece, path, 0))
                path = self._inside(stack)
            elif piece in "]}" and kind == "mark" and stack:
                stack.pop()
            elif piece == "," and stack:
                opened, base, count = stack[-1]
                stack[-1] = (opened, base, count + 1)
                path = self._inside(stack)

    def _inside(self, stack: list[tuple[str, Path, int]]) -> Path:
        """The way to the next element of the innermost array or inline table; its line is noted."""
        opened, base, count = stack[-1]
        while self._peek() == "\n" and self.place < len(self.pieces) - 1:
            self.place += 1
        if self._peek() in "]}":
            return base
        if opened == "{":
            return self._note(base, *self._key({"="}))
        self.known.setdefault((*base, count), self.pieces[min(self.place, len(self.pieces) - 1)][2])
        return (*base, count)

    def _note(self, base: Path, parts: list[str], line: int) -> Path:
        path = base
        for part in parts:
            path = (*path, part)
            self.known.setdefault(path, line)
        return path


def _unquoted(piece: str) -> str:
    if piece[:1] == "'":
        return piece.strip("'")
    if piece[:1] != '"':
        return piece
    try:
        return str(ast.literal_eval(piece))
    except (ValueError, SyntaxError):
        return piece.strip('"')
