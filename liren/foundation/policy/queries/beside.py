"""Places and provisions side by side: what reaches a place, how a text read before, and who asks for the same thing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from liren.foundation.policy.engine import places, subjects
from liren.foundation.policy.models import DeclarationVersion, Jurisdiction, Provision
from liren.foundation.policy.queries.answers import Answer, parameters_at, parameters_of, parameters_on
from liren.foundation.policy.queries.library import declared
from liren.foundation.policy.queries.snapshot import snapshot


def jurisdictions_at(where: Any) -> list[Jurisdiction]:
    """The jurisdictions whose documents hold at a place, the narrowest first, the nation last.

    Args:
        where: a unit's or division's code ("" for the nation), a jurisdiction's code, or anything with ``.code``.
    """
    known = snapshot().jurisdictions
    place = str(where if isinstance(where, str) else where.code)
    found = places.chain_from(place, known) if place in known else places.chain(place, known)
    return [known[code] for code in found]


def provision_history(key: str) -> QuerySet[Provision]:
    """Every text that a provision ever had in the packs, retired ones too, the newest first."""
    return Provision.objects.filter(key=key).select_related("document").order_by("-during", "-loaded_at", "-id")


@dataclass(frozen=True)
class Asked:
    """One requirement, and the provisions in two places that ask for it."""

    requirement: str
    left: list[Provision]
    right: list[Provision]

    @property
    def is_shared(self) -> bool:
        return bool(self.left and self.right)


def asked_in_both(left: str, right: str, on: date) -> list[Asked]:
    """Requirement by requirement, in the order of the ids: which provisions of two places ask for it on a day."""
    found = {left: _by_requirement(left, on), right: _by_requirement(right, on)}
    ids = sorted({*found[left], *found[right]})
    return [Asked(one, found[left].get(one, []), found[right].get(one, [])) for one in ids]


def _by_requirement(jurisdiction: str, on: date) -> dict[str, list[Provision]]:
    found: dict[str, list[Provision]] = {}
    texts = (one for rows in snapshot().provisions.values() for one in rows)
    mine = (one for one in texts if one.document.jurisdiction.code == jurisdiction and on in one.during)
    for one in sorted(mine, key=lambda one: (one.document.key, one.position, one.pk)):
        for requirement in one.requirements:
            found.setdefault(requirement, []).append(one)
    return found


@dataclass(frozen=True)
class Matter:
    """One subject, and the numbers by which each of two places rules it."""

    subject: DeclarationVersion
    left: list[Answer]
    right: list[Answer]

    @property
    def codes(self) -> set[str]:
        return {one.code for one in (*self.left, *self.right)}


def ruled_differently(left: str, right: str, on: date) -> list[Matter]:
    """Subjects that two places both rule on a day, but not by the same numbers: measured otherwise, or more finely.

    What both rule by the same numbers is compared number by number.
    """
    sides = [{one.code: one for one in parameters_of(place, on)} for place in (left, right)]
    found = []
    for subject in declared(subjects.NAME):
        codes = subjects.codes(subject.content)
        mine, theirs = ([side[code] for code in codes if code in side] for side in sides)
        if mine and theirs and [one.code for one in mine] != [one.code for one in theirs]:
            found.append(Matter(subject, mine, theirs))
    return found


def ruled_elsewhere(answers: Iterable[Answer], on: date) -> list[tuple[DeclarationVersion, list[Answer]]]:
    """The subjects of some numbers of one document, each with the numbers that other documents set on a day."""
    answers = list(answers)
    documents, codes = {one.parameter.document_id for one in answers}, {one.code for one in answers}
    others = [one for one in parameters_on(on) if one.parameter.document_id not in documents] if answers else []
    found = []
    for subject in declared(subjects.NAME):
        named = subjects.codes(subject.content)
        rows = [one for one in others if one.code in named]
        if codes & set(named) and rows:
            found.append((subject, sorted(rows, key=lambda one: (one.jurisdiction.code, named.index(one.code)))))
    return found


def of_one_matter(code: str, where: Any, on: date) -> list[Answer]:
    """The other numbers of a number's subjects that hold at a place on a day: what is set there in another way."""
    found: list[Answer] = []
    for subject in declared(subjects.NAME):
        named = subjects.codes(subject.content)
        if code in named:
            found += parameters_at([one for one in named if one != code], where, on=on).values()
    return found
