"""What is wrong in a pack, where it stands, and how it is mended."""

from __future__ import annotations

from dataclasses import dataclass, field

from liren.foundation.policy.engine.lines import Lines, Step
from liren.foundation.policy.engine.words import Translate, in_language
from liren.foundation.policy.engine.words import say as _


@dataclass(frozen=True, order=True)
class Fault:
    """One fault: the file, the line (0: the file as a whole), what is wrong and what to do about it."""

    file: str
    line: int
    message: str
    mend: str

    def __str__(self) -> str:
        return self.said(str)

    def said(self, translate: Translate) -> str:
        """The fault as one line, in the language of ``translate``."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        line = _("{place}: {message}; mend: {mend}", place=place, message=self.message, mend=self.mend)
        return in_language(line, translate)


@dataclass(frozen=True)
class Where:
    """A place in a file: the file's name and the way to a value (``("parameters", 0, "unit")``)."""

    file: str
    lines: Lines = field(default_factory=Lines, repr=False)
    path: tuple[Step, ...] = ()

    def at(self, *steps: Step) -> Where:
        """A place further in."""
        return Where(self.file, self.lines, (*self.path, *steps))

    @property
    def line(self) -> int:
        return self.lines.of(self.path)

    def fault(self, message: str, mend: str) -> Fault:
        """A fault at this place. ``message`` and ``mend`` are half sentences without a stop."""
        return Fault(self.file, self.line, message, mend)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file
