"""What only shows when all packs are seen together: duplicates, overlaps in time, and references that lead nowhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from typing import Any, Protocol, TypeVar

from liren.foundation.policy.engine.faults import Fault, Where
from liren.foundation.policy.engine.kinds import kinds
from liren.foundation.policy.engine.places import significant
from liren.foundation.policy.engine.specs import IN_FORCE, DeclarationSpec, JurisdictionSpec, Packs
from liren.foundation.policy.engine.tables import short
from liren.foundation.policy.engine.words import say as _


def drawn(packs: Packs) -> list[DeclarationSpec]:
    """The declarations; those of a kind that goes by requirements with the provisions that answer to them."""
    going = {kind.name for kind in kinds().values() if kind.by_requirements}
    asking: dict[str, list[str]] = {}
    for one in packs.provisions:
        for requirement in one.requirements:
            asking.setdefault(requirement, []).append(one.key)
    return [replace(one, basis=_answering(one, asking)) if one.kind in going else one for one in packs.declarations]


def _answering(declared: DeclarationSpec, asking: dict[str, list[str]]) -> tuple[str, ...]:
    ids = declared.content.get("requirements") or []
    return tuple(sorted({key for one in ids if isinstance(one, str) for key in asking.get(one, ())}))


class Placed(Protocol):
    @property
    def where(self) -> Where: ...


class Dated(Placed, Protocol):
    @property
    def start(self) -> date | None: ...

    @property
    def end(self) -> date | None: ...


NEAR = 0.5  # of all letters: codes are short, and two letters exchanged are the commonest slip
P = TypeVar("P", bound=Placed)
D = TypeVar("D", bound=Dated)


def faults(packs: Packs) -> list[Fault]:
    """Every fault between files."""
    return [
        *_jurisdictions(packs.jurisdictions),
        *_twice(packs.jurisdictions, lambda one: one.code, _("the jurisdiction")),
        *_versions(packs),
        *_overlapping(packs.provisions, lambda one: one.key, _("the provision")),
        *_overlapping(packs.parameters, lambda one: one.code and f"{one.jurisdiction} {one.code}", _("the parameter")),
        *_twice(packs.declarations, lambda one: one.code and f"{one.kind} {one.code}", _("the declaration")),
        *_references(packs),
        *_beside(packs),
    ]


def _jurisdictions(all_of_them: list[JurisdictionSpec]) -> Iterator[Fault]:
    by_code = {one.code: one for one in all_of_them if one.code}
    yield from _twice([one for one in all_of_them if one.division], lambda one: one.division, _("the division"))
    roots = [one for one in all_of_them if not one.parent_code]
    for extra in roots[1:]:
        mend = _("give it a parent: {code}", code=repr(roots[0].code))
        yield extra.where.at("parent").fault(_("a second jurisdiction has no parent"), mend)
    for one in all_of_them:
        yield from _parent(one, by_code)


def _parent(one: JurisdictionSpec, by_code: dict[str, JurisdictionSpec]) -> Iterator[Fault]:
    where = one.where.at("parent")
    if not one.parent_code:
        return
    if one.parent_code not in by_code:
        message = _("there is no jurisdiction {code}", code=short(one.parent_code))
        yield where.fault(message, _near(one.parent_code, by_code))
        return
    seen, step = {one.code}, one.parent_code
    while step in by_code and step not in seen:
        seen.add(step)
        step = by_code[step].parent_code
    if step and step == one.code:
        yield where.fault(_("its parents lead back to itself"), _("let the chain of parents end at the nation"))
    above = by_code[one.parent_code]
    if one.division and not one.division.startswith(significant(above.division)):
        message = _("{inner} does not lie in {outer} of its parent", inner=one.division, outer=above.division)
        yield where.fault(message, _("put division or parent right"))


def _versions(packs: Packs) -> Iterator[Fault]:
    for document in packs.documents:
        yield from _twice(document.versions, lambda one: one.label, _("the version"))
        bound = [one for one in document.versions if one.status in IN_FORCE]
        yield from _overlapping(bound, lambda one: one.document, _("a version in force of"))


def _twice(found: Iterable[P], name: Callable[[P], str], what: str) -> Iterator[Fault]:
    first: dict[str, P] = {}
    for one in found:
        key = name(one)
        if key and key in first:
            message = _("{what} {name} is said already in {place}", what=what, name=key, place=first[key].where)
            yield one.where.fault(message, _("give one of the two another code, or take it out"))
        elif key:
            first[key] = one


def _overlapping(found: Iterable[D], name: Callable[[D], str], what: str) -> Iterator[Fault]:
    """Two of one name that hold on one day. ``until`` is the first day that no longer counts."""
    groups: dict[str, list[D]] = {}
    for one in found:
        if name(one) and one.start:
            groups.setdefault(name(one), []).append(one)
    for key, members in groups.items():
        members.sort(key=lambda one: one.start or date.min)
        widest = members[0]
        for later in members[1:]:
            if later.start and (widest.end is None or later.start < widest.end):
                facts = {"name": key, "start": later.start, "place": widest.where, "other": widest.start}
                message = _("{what} {name} from {start} overlaps the one in {place} from {other}", what=what, **facts)
                mend = _("give the earlier one until = {start}, or take one out", start=later.start)
                yield later.where.fault(message, mend)
            if widest.end is not None and (later.end is None or later.end > widest.end):
                widest = later


def _references(packs: Packs) -> Iterator[Fault]:
    provisions = {one.key for one in packs.provisions}
    parameters = {one.code for one in packs.parameters}
    for one in packs.parameters:
        if one.provision and one.provision not in provisions:
            number = one.provision.partition("#")[2]
            own = [key.partition("#")[2] for key in provisions if key.startswith(f"{one.document}#")]
            message = _("the document has no provision {number}", number=short(number))
            yield one.where.at("provision").fault(message, _near(number, own))
    asked = {requirement for one in packs.provisions for requirement in one.requirements}
    for declared in packs.declarations:
        yield from _basis(declared, provisions)
        yield from _unasked(declared, asked)
        for where, code in _parameters_in(declared.content, declared.where):
            if code not in parameters:
                yield where.fault(_("there is no parameter {code}", code=short(code)), _near(code, parameters))


def _beside(packs: Packs) -> Iterator[Fault]:
    """What a kind itself checks with all declarations before it."""
    for kind in kinds().values():
        if kind.together is not None:
            yield from kind.together(packs.declarations)


def _basis(declared: DeclarationSpec, provisions: set[str]) -> Iterator[Fault]:
    for key in declared.basis:
        if key not in provisions:
            said = declared.content.get("basis") or []
            where = declared.where.at("basis", said.index(key)) if key in said else declared.where.at("basis")
            yield where.fault(_("there is no provision {key}", key=short(key)), _near(key, provisions))


def _unasked(declared: DeclarationSpec, asked: set[str]) -> Iterator[Fault]:
    """Where the requirements lead to the provisions, one that no provision has leads nowhere."""
    going = {kind.name for kind in kinds().values() if kind.by_requirements}
    for number, one in enumerate(declared.content.get("requirements") or [] if declared.kind in going else []):
        if one not in asked:
            message = _("no provision answers to {requirement}", requirement=short(one))
            yield declared.where.at("requirements", number).fault(message, _("take it out, or add it to a provision"))


def _parameters_in(value: Any, where: Where) -> Iterator[tuple[Where, str]]:
    """Every ``parameter = "…"`` in a declaration, however deep."""
    if isinstance(value, dict):
        for key, one in value.items():
            if key == "parameter" and isinstance(one, str) and one:
                yield where.at(key), one
            else:
                yield from _parameters_in(one, where.at(key))
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from _parameters_in(one, where.at(number))


def _near(wrong: str, known: Iterable[str]) -> str:
    near = get_close_matches(wrong, sorted(known), 1, NEAR)
    return _("perhaps {near} is meant", near=repr(near[0])) if near else _("add it, or name one that there is")
