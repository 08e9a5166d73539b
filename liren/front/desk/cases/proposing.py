"""Who could be asked for a part of a case, beside the form that gives it out and on the page of the case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from liren.front.desk.cases import words
from liren.front.desk.cases.standing import Standing
from liren.service.cases import queries
from liren.service.cases.services.parts import LONGEST_ALIAS

#: Name of the button that takes a name into the form. It is sent in the body, never in an address: addresses are kept
#: in logs and histories, and who was thought of for a sealed case belongs into neither.
TAKE = "take"
#: So many of each register stand on the page of the case; the page of the form shows all that are proposed.
FIRST = 3


@dataclass(frozen=True)
class ForPart:
    """A part, and what each register proposes for it. ``unsaid``: questions that the case leaves open."""

    code: str
    name: str
    groups: list[queries.Proposals]
    unsaid: list[str]


def proposed(standing: Standing, *, vacant: bool = False) -> list[ForPart]:
    """Parts for which registers propose somebody; ``vacant``: those alone that nobody holds."""
    found = queries.proposals(standing.case, standing.actor, on=timezone.localdate())
    held = set(standing.case.parts.filter(left_at=None).values_list("role", flat=True)) if found and vacant else set()
    parts = {one.part.code: one.part for one in found if one.part.code not in held}
    return [_for_part(part, [one for one in found if one.part.code == part.code]) for part in parts.values()]


def _for_part(part: Any, groups: list[queries.Proposals]) -> ForPart:
    unsaid = dict.fromkeys(word for one in groups for word in one.unsaid)
    return ForPart(part.code, part.name.text(words.language()), groups, list(unsaid))


def taken(posted: Any) -> dict[str, str]:
    """What the form begins with, once a name was taken into it; nothing where none was."""
    if TAKE not in posted:
        return {}
    return {"role": posted.get("role", ""), "alias": " ".join(posted[TAKE].split())[:LONGEST_ALIAS]}
