"""Matters that several documents rule each by a number of its own: so much for each hundred households here,
so much for each thousand people there. A subject names these numbers; without one they would stand apart, as if each
place had left out what the other asks for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from liren.foundation.policy.engine.faults import Fault, Where
from liren.foundation.policy.engine.kinds import Declared, Kind, declare_kind
from liren.foundation.policy.engine.tables import CODE, Table
from liren.foundation.policy.engine.words import say as _

NAME, FOLDER = "subject", "subjects"


def codes(content: dict[str, Any]) -> list[str]:
    """The numbers of a subject, in the order in which they are shown."""
    return [one["parameter"] for one in content.get("numbers") or () if isinstance(one, dict) and "parameter" in one]


def faults(content: dict[str, Any], where: Where) -> list[Fault]:
    """A subject has a name, a sentence on what sets its numbers apart, and two numbers at least."""
    found: list[Fault] = []
    table = Table(content, where, found)
    table.pass_over("code")
    table.words("name", most=60)
    table.words("says", most=300)
    numbers = table.tables("numbers")
    for one in numbers:
        one.text("parameter", like=CODE, form=_("the code of a number of a document"))
        one.done()
    if len(numbers) == 1:
        table.fault("numbers", _("one number alone is beside nothing"), _("name another one, or take the subject out"))
    table.done()
    return found


def together(declared: Sequence[Declared]) -> Iterator[Fault]:
    """A number is of one subject: else it would stand in two lines of one comparison."""
    first: dict[str, Declared] = {}
    for one in declared:
        for number, code in enumerate(codes(one.content) if one.kind == NAME else ()):
            if code in first:
                message = _("{code} is named already in {place}", code=code, place=first[code].where)
                yield one.where.at("numbers", number).at("parameter").fault(message, _("leave it in one of the two"))
            first.setdefault(code, one)


def declare() -> None:
    """Called once, when the apps are ready."""
    declare_kind(Kind(NAME, FOLDER, faults, together, carries=False))
