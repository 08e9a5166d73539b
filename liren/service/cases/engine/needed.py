"""Questions that have to be answered where another one was answered in a certain way: a plan has a date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from liren.foundation.kernel.engine.declared import Table, one_of
from liren.service.cases.engine.answers import AnswerFault, gettext_noop
from liren.service.cases.engine.spec import CaseType, Field, MoveSpec

#: How an answer to a yes-or-no question is kept.
KEPT: Mapping[str, bool] = {"yes": True, "no": False}


def read_needed_if(table: Table) -> tuple[tuple[str, str], ...]:
    """``needed_if = { result = "planned" }`` of a field: codes of other fields, and the choice of each."""
    inner = table.inner("needed_if", '{ result = "planned" }') if table.has("needed_if") else None
    return tuple((str(code), inner.text(str(code), longest=40)) for code in inner.content) if inner else ()


def check_needed(spec: CaseType, table: Table) -> None:
    """A condition names a choice of another field, or yes or no."""
    choices = {one.code: {choice.code for choice in one.choices} for one in spec.fields if one.choices}
    choices |= {one.code: set(KEPT) for one in spec.fields if one.kind == "yes_no"}
    for place, field in enumerate(spec.fields):
        one = Table({}, ("fields", place), f"fields {place + 1} ({field.code})", table.faults)
        for code, choice in field.needed_if:
            others = sorted(other for other in choices if other != field.code)
            if code not in others:
                mend = one_of(others) if others else "declare it first, or leave it out"
                one.fault(f"“{code[:40]}” is no field of this type", mend, at="needed_if")
            elif choice not in choices[code]:
                mend = one_of(sorted(choices[code]))
                one.fault(f"“{choice}” is no choice of “{code}”", mend, at="needed_if")
        if field.needed_if and field.required:
            one.fault("is needed always and under a condition", "leave required out", at="needed_if")


def holds(field: Field, values: Mapping[str, Any]) -> bool:
    """Whether the other fields are answered as the condition says; a field without one has none that fails."""
    return all(values.get(code) in (choice, KEPT.get(choice, choice)) for code, choice in field.needed_if)


def asked_at(spec: CaseType, move: MoveSpec, values: Mapping[str, Any]) -> list[Field]:
    """What a move asks of a case with these answers: not what an earlier answer has made idle."""
    return [
        one
        for one in spec.fields
        if one.code in move.asks and (holds(one, values) or any(code in move.asks for code, _choice in one.needed_if))
    ]


def lacking(
    fields: Iterable[Field], answers: Mapping[str, Any], before: Mapping[str, Any] | None = None
) -> list[AnswerFault]:
    """Fields without an answer that the other answers ask for, those given now and those given ``before``."""
    known = {**(before or {}), **answers}
    return [
        AnswerFault(one.code, gettext_noop("%(field)s is needed."), {"field": one.name})
        for one in fields
        if one.needed_if and one.code not in answers and holds(one, known)
    ]


def outdated(fields: Iterable[Field], answers: Mapping[str, Any], before: Mapping[str, Any]) -> set[str]:
    """Fields whose earlier answer says nothing any more: they were asked again under a condition that fails now."""
    known = {**before, **answers}
    return {one.code for one in fields if one.needed_if and one.code not in answers and not holds(one, known)}


def begins(spec: CaseType, codes: Iterable[str], values: Mapping[str, Any]) -> str | None:
    """The latest day or moment that the answers give for the beginning of a clock: "2024-03-01" or with a time. What
    was answered beside its condition counts for nothing."""
    told = [one for one in spec.fields if one.code in set(codes) and values.get(one.code) and holds(one, values)]
    return max((str(values[one.code]) for one in told), default=None)
