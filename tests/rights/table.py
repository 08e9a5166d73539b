"""Reads the table of rights beside it: every URL, what it guards, who comes in where, and what others get."""

import csv
from dataclasses import dataclass
from pathlib import Path

from tests.rights.world import ANONYMOUS, PLACES, RESIDENT

TABLE = Path(__file__).with_name("table.csv")
EVERYONE, SIGNED_IN = "everyone", "signed_in"


@dataclass(frozen=True)
class Row:
    """One URL. ``thing`` is what its address names; ``who`` may enter ``where``; there ``sees`` see it and are told no.

    ``other`` is the refusal of the rest: 403 of what all may know of, 404 of what is not theirs to know of.
    """

    name: str
    guards: str
    thing: str
    methods: str
    who: frozenset[str]
    where: frozenset[str]
    sees: frozenset[str]
    other: int

    def lets_in(self, actor: str, place: str) -> bool:
        if EVERYONE in self.who:
            return True
        if actor == ANONYMOUS or not (SIGNED_IN in self.who or actor in self.who):
            return False
        return not self.thing or place in self.where

    def refusal(self, actor: str, place: str) -> int:
        return 403 if actor in self.sees and place in self.where else self.other

    def places(self) -> tuple[str, ...]:
        return PLACES if self.thing else ("own",)


def rows() -> dict[str, Row]:
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return {line["name"]: _row(line) for line in csv.DictReader(lines)}


def _row(line: dict[str, str]) -> Row:
    where = frozenset(PLACES if line["where"] == "everywhere" else line["where"].split())
    who = frozenset(line["who"].split())
    sees, other = frozenset(line["sees"].split()), int(line["other"] or 0)
    return Row(line["name"], line["guards"], line["thing"], line["methods"], who, where, sees, other)


__all__ = ["ANONYMOUS", "RESIDENT", "Row", "rows"]
