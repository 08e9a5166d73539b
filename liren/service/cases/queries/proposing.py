"""Who could be asked for a part of a case: entries of registers, each with the reasons for which it stands there.

What the entry says is compared with what the case asks, and with nothing else: how many cases somebody had, how these
ended or what anybody thought of it is not asked here and stands nowhere. Nothing of it is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case as Whether
from django.db.models import IntegerField, Q, Value, When
from django.utils.translation import gettext as _

from liren.foundation.kernel.rights import Actor
from liren.foundation.registers.models import Entry, Register, registers
from liren.foundation.registers.queries.sight import Reading, Readings, language, names_for
from liren.foundation.territory.models import Unit
from liren.service.cases.engine.proposed import CATEGORY, WHAT
from liren.service.cases.engine.spec import CaseType, Fit, Part, Proposed
from liren.service.cases.models import Case
from liren.service.cases.models.declared import by_version
from liren.service.cases.queries.acting import GIVES, acts_as

#: So many of one register; the register itself shows the rest.
MOST = 10
COLUMNS = (
    "number", "register_id", "unit_id", "name_zh", "name_en", "pinyin", "values",
    "unit__code", "unit__name_zh", "unit__name_en", "unit__level", "unit__path",
)  # fmt: skip


@dataclass(frozen=True)
class Proposal:
    """One entry: what of it fits and what does not, in words; ``facts``: fields as written there, with their names."""

    entry: Entry
    fits: list[str]
    lacks: list[str]
    facts: list[tuple[str, str]]

    @property
    def name(self) -> str:
        return self.entry.name

    @property
    def unit(self) -> Unit:
        return self.entry.unit


@dataclass(frozen=True)
class Proposals:
    """Entries of one register for one part, best fit first. ``unsaid``: questions that the case leaves open."""

    part: Part
    register: Register
    rows: list[Proposal]
    unsaid: list[str]


@dataclass(frozen=True)
class _Asked:
    """One thing that the case asks of an entry: the field of the register, and the words that fit."""

    fit: Fit
    field: Any
    wanted: tuple[str, ...]

    @property
    def q(self) -> Q:
        """Entries of which one of the words is said: alone, or among others."""
        found = Q()
        for word in self.wanted:
            found |= Q(values__contains={self.fit.field: [word] if self.field.kind == "choices" else word})
        return found


def proposals(case: Case, actor: Actor, *, on: date) -> list[Proposals]:
    """For each part that registers can propose somebody for, and each register: at most ten entries in force then.

    Of the case's own unit and those above it; in order of the declared fits, then the nearest, then by name. Nothing
    for an actor who gives out no parts. A query for each register, and one for each kind of thing that is shown.
    """
    spec = by_version(case.written_as_id)
    if not any(part.proposed for part in spec.parts) or not acts_as(case, actor, spec) & GIVES:
        return []
    known = {one.code: one for one in registers() if one.spec.visible != "sealed"}
    return [
        _of(known[one.register], spec, part, one, case, actor, on)
        for part in spec.parts
        for one in part.proposed
        if one.register in known and _may_know(known[one.register], actor)
    ]


def _may_know(register: Register, actor: Actor) -> bool:
    return register.spec.visible == "public" or bool(actor.holds("registers.read"))


def _of(
    register: Register, spec: CaseType, part: Part, proposed: Proposed, case: Case, actor: Actor, on: date
) -> Proposals:
    asked = list(_asked(register, proposed, case))
    rows = Entry.objects.visible_in(register, actor).open_on(on).filter(unit_id__in=case.unit.path_ids)
    rows = rows.filter(Q(opened_on=None) | Q(opened_on__lte=on))
    if proposed.valid_until:
        still = Q(**{f"values__{proposed.valid_until}__gte": on.isoformat()})
        rows = rows.filter(still | ~Q(values__has_key=proposed.valid_until))
    order = [Whether(When(one.q, then=Value(0)), default=Value(1), output_field=IntegerField()) for one in asked]
    found = list(rows.select_related("unit").only(*COLUMNS).order_by(*order, "-unit__level", "pinyin", "id")[:MOST])
    facts = _facts(register, proposed, found, actor)
    made = [_proposal(one, asked, shown) for one, shown in zip(found, facts, strict=True)]
    return Proposals(part, register, made, _unsaid(spec, proposed, case))


def _asked(register: Register, proposed: Proposed, case: Case) -> Iterator[_Asked]:
    """What the case says, in words of the register; a field that not everybody reads chooses nobody."""
    for fit in proposed.fits:
        field, wanted = register.spec.field(fit.field), fit.wanted(_answer(fit, case))
        if wanted and field is not None and field.visible == "public" and field.kind in ("choice", "choices"):
            yield _Asked(fit, field, wanted)


def _answer(fit: Fit, case: Case) -> str:
    found = case.category if fit.of == CATEGORY else case.values.get(fit.of)
    return found if isinstance(found, str) else ""


def _unsaid(spec: CaseType, proposed: Proposed, case: Case) -> list[str]:
    """Questions of the case that would tell more, and have no answer."""
    open_ = {fit.of for fit in proposed.fits if not _answer(fit, case)}
    return [one.name.text(language()) for one in spec.fields if one.code in open_]


def _proposal(entry: Entry, asked: list[_Asked], facts: list[tuple[str, str]]) -> Proposal:
    fits, lacks = [], []
    for one in asked:
        has = _said(entry.values.get(one.fit.field))
        fitting = [word for word in has if word in one.wanted]
        if fitting:
            fits.append(_fitting(one, fitting))
        else:
            lacks.append(_lacking(one, has))
    return Proposal(entry, fits, lacks, facts)


def _said(value: Any) -> list[str]:
    many = value if isinstance(value, list) else [value]
    return [one for one in many if isinstance(one, str)]


def _fitting(asked: _Asked, words: list[str]) -> str:
    what, says = _named(asked, words), asked.fit.says.text(language())
    if says:
        return says.replace(WHAT, what)
    return _("%(field)s: %(what)s") % {"field": asked.field.name.text(language()), "what": what}


def _lacking(asked: _Asked, words: list[str]) -> str:
    facts = {"field": asked.field.name.text(language()), "what": _named(asked, words)}
    return _("%(field)s on record: %(what)s") % facts if words else _("%(field)s: not on record") % facts


def _named(asked: _Asked, words: list[str]) -> str:
    found = [choice.name.text(language()) for choice in asked.field.choices if choice.code in words]
    return ("、" if language().startswith("zh") else ", ").join(found)


def _facts(register: Register, proposed: Proposed, found: list[Entry], actor: Actor) -> list[list[tuple[str, str]]]:
    """Fields that are shown as they are written, so far as this actor reads them."""
    wanted = [field for code in proposed.shows if (field := register.spec.field(code)) is not None]
    names, readings = names_for(wanted, found), Readings(register, actor)
    lines = []
    for entry in found:
        read = readings.of(entry.unit)
        own = Reading(tuple(one for one in wanted if one in read.fields), read.whole)
        lines.append([(one.field.name.text(language()), one.text) for one in own.shown(entry.values, names)])
    return lines
