"""A number asked for by code, place and day; two places side by side; what a number was before."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from liren.foundation.kernel.engine.quantities import Quantity
from liren.foundation.kernel.errors import LirenError
from liren.foundation.policy.engine import places
from liren.foundation.policy.models import Attribute, Jurisdiction, Operator, Parameter, Provision, Status
from liren.foundation.policy.queries.snapshot import Snapshot, snapshot

#: What binds or is hoped for comes before where things stood or what is only told.
FIRST = frozenset({Attribute.BINDING, Attribute.EXPECTED})
ALL = frozenset(Attribute)
SIGNS = {">=": "≥ ", ">": "> ", "=": "", "<=": "≤ ", "<": "< "}


class NotInPacks(LirenError, LookupError):
    """The packs say nothing of the kind (404)."""

    status = 404


class NoParameter(NotInPacks):
    """No document in force there on that day sets such a number."""


@dataclass(frozen=True)
class Answer:
    """What a document sets: the number, how it is meant, and where it stands."""

    parameter: Parameter
    provision: Provision | None
    is_draft: bool

    @property
    def code(self) -> str:
        return self.parameter.code

    @property
    def name(self) -> str:
        return self.parameter.name

    @property
    def quantity(self) -> Quantity:
        return self.parameter.quantity

    @property
    def high(self) -> Quantity | None:
        return self.parameter.upper

    @property
    def operator(self) -> str:
        return self.parameter.operator

    @property
    def attribute(self) -> str:
        return self.parameter.attribute

    @property
    def jurisdiction(self) -> Jurisdiction:
        return self.parameter.jurisdiction

    def meets(self, found: Quantity) -> bool:
        """Whether what was found satisfies the number. WrongUnits where the two measure different things."""
        if self.operator == Operator.RANGE and self.high is not None:
            return self.quantity <= found <= self.high
        return {
            Operator.AT_LEAST: found >= self.quantity,
            Operator.ABOVE: found > self.quantity,
            Operator.EXACTLY: found == self.quantity,
            Operator.AT_MOST: found <= self.quantity,
            Operator.BELOW: found < self.quantity,
        }[Operator(self.operator)]

    def text(self, language: str = "zh") -> str:
        """As a page shows it: ≥ 30 平方米/百户, 3–5 years."""
        if self.high is not None:
            low = Quantity(self.parameter.value, self.quantity.unit).text(language).partition(" ")[0]
            low = low.removesuffix(getattr(self.quantity.unit, language) or "\0")
            return f"{low}–{self.high.text(language)}"
        return SIGNS[self.operator] + self.quantity.text(language)


def parameter(code: str, where: Any, *, on: date, attributes: Collection[str] | None = None) -> Answer:
    """The number that holds at a place on a day.

    The narrowest jurisdiction answers, then the one above it, up to the nation. What binds or is expected comes before
    a baseline or a report, unless ``attributes`` names what is asked for; what is in force before what is a draft.

    Args:
        code: the parameter's code.
        where: a unit's or division's code ("" for the nation), a jurisdiction's code, or anything with ``.code``.
        on: the day.
        attributes: which attributes count ("binding", "expected", "baseline", "reported"); all by default.

    Raises:
        NoParameter: nothing of this code holds there on that day.
    """
    state = snapshot()
    place = _code(where)
    chain = _chain(state, place)
    found = _holding(state, code, chain, on, ALL if attributes is None else frozenset(attributes))
    if found is None:
        raise _nothing(state, code, place, on, chain)
    return found


def parameters_at(codes: Iterable[str], where: Any, *, on: date) -> dict[str, Answer]:
    """Several numbers at one place on one day, by code; a code that nothing sets there is left out. One query."""
    state = snapshot()
    chain = _chain(state, _code(where))
    found = {code: _holding(state, code, chain, on, ALL) for code in codes}
    return {code: answer for code, answer in found.items() if answer is not None}


def answered(rows: Iterable[Parameter], *, on: date) -> list[Answer]:
    """Numbers as pages show them: each with its provision as it reads on a day, and whether it is only drafted."""
    state = snapshot()
    return [_answer(state, row, on) for row in rows]


def parameter_history(code: str, jurisdiction: str = "") -> QuerySet[Parameter]:
    """Every value a number ever had in the packs, retired ones too: what held when, and what was known when."""
    found = Parameter.objects.filter(code=code).select_related("jurisdiction", "document")
    if jurisdiction:
        found = found.filter(jurisdiction__code=jurisdiction)
    return found.order_by("jurisdiction__code", "during", "loaded_at", "id")


@dataclass(frozen=True)
class Compared:
    """One number in two places. ``mark`` is same, conflict or gap."""

    code: str
    left: Answer | None
    right: Answer | None

    @property
    def name(self) -> str:
        answer = self.left or self.right
        return answer.name if answer else self.code

    @property
    def mark(self) -> str:
        if self.left is None or self.right is None:
            return "gap"
        return "same" if _meaning(self.left) == _meaning(self.right) else "conflict"


def compared(left: Any, right: Any, on: date) -> list[Compared]:
    """Two jurisdictions side by side, by code of the number: what both set alike, set differently, or only one sets.

    Only what each sets itself: what both have from the nation does not tell them apart.
    """
    state = snapshot()
    found = [_own(state, _code(one), on) for one in (left, right)]
    return [Compared(code, found[0].get(code), found[1].get(code)) for code in sorted({*found[0], *found[1]})]


def parameters_of(jurisdiction: Any, on: date) -> list[Answer]:
    """Every number that a jurisdiction itself sets on a day, by code."""
    return [answer for _code, answer in sorted(_own(snapshot(), _code(jurisdiction), on).items())]


def parameters_on(on: date, *, jurisdiction: str = "") -> list[Answer]:
    """Every number that any document sets on a day, or those of one jurisdiction, by code and jurisdiction."""
    state = snapshot()
    rows = [one for code in sorted(state.parameters) for one in state.parameters[code] if on in one.during]
    mine = (one for one in rows if jurisdiction in {"", one.jurisdiction.code})
    return [_answer(state, one, on) for one in mine]


def known_jurisdiction(state: Snapshot, code: str) -> Jurisdiction:
    """The jurisdiction with this code; NotInPacks for an unknown one."""
    if code not in state.jurisdictions:
        raise NotInPacks(
            _("There is no jurisdiction %(code)s.") % {"code": code},
            next_step=_("Choose one of these: %(codes)s.") % {"codes": ", ".join(sorted(state.jurisdictions))},
        )
    return state.jurisdictions[code]


def _own(state: Snapshot, jurisdiction: str, on: date) -> dict[str, Answer]:
    known_jurisdiction(state, jurisdiction)
    rows = (one for rows in state.parameters.values() for one in rows)
    mine = (one for one in rows if one.jurisdiction.code == jurisdiction and on in one.during)
    return {one.code: _answer(state, one, on) for one in mine}


def _holding(state: Snapshot, code: str, chain: list[str], on: date, asked: Collection[str]) -> Answer | None:
    """Of all that sets the number along the chain: what binds before what is told, in force before draft, narrow
    before wide."""
    found = [
        _answer(state, one, on)
        for one in state.parameters.get(code, [])
        if one.jurisdiction.code in chain and on in one.during and one.attribute in asked
    ]
    return min(
        found,
        key=lambda one: (one.attribute not in FIRST, one.is_draft, chain.index(one.jurisdiction.code)),
        default=None,
    )


def _meaning(answer: Answer) -> tuple[Any, ...]:
    return answer.operator, answer.quantity, answer.high


def _code(where: Any) -> str:
    return str(where if isinstance(where, str) else where.code)


def _chain(state: Snapshot, place: str) -> list[str]:
    """The jurisdictions that hold at a place; one that is named by its own code begins its own chain."""
    if place not in state.jurisdictions:
        return places.chain(place, state.jurisdictions)
    return places.chain_from(place, state.jurisdictions)


def _answer(state: Snapshot, row: Parameter, on: date) -> Answer:
    """With the provision as it reads on that day, and whether it is only drafted."""
    texts = state.provisions.get(row.provision_key, [])
    provision = next((one for one in texts if on in one.during), texts[-1] if texts else None)
    labels = provision.versions if provision else []
    versions = [one for one in state.versions.get(row.document_id, []) if one.label in labels]
    counting = [one for one in versions if on in one.during] or versions
    return Answer(row, provision, bool(counting) and all(one.status == Status.DRAFT for one in counting))


def _nothing(state: Snapshot, code: str, place: str, on: date, chain: list[str]) -> NoParameter:
    """Says which next step leads on: another day, another place, or a pack to be written."""
    where = place or _("the nation")
    message = _("No document in force sets %(code)s for %(place)s on %(day)s.") % {
        "code": code,
        "place": where,
        "day": on.isoformat(),
    }
    known = sorted({one.jurisdiction.code for one in state.parameters.get(code, [])})
    if not state.parameters:
        step = _("No packs are loaded: run `liren packs load`.")
    elif not known:
        step = _("No pack knows this number: add it to a parameters.toml, then run `liren packs load`.")
    elif set(known) & set(chain):
        step = _("It holds there on other days: choose another day, or add its dates to a parameters.toml.")
    else:
        step = _("It is set only in: %(codes)s. Add it to the packs of %(place)s.") % {
            "codes": ", ".join(known),
            "place": where,
        }
    return NoParameter(message, next_step=step)
