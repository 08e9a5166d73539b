"""Lets packs declare standards of the life circle: their folder, and what makes a declaration wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from liren.development.lifecircle.spoken import spoken
from liren.development.lifecircle.standard.reading import check, parse, same_entries
from liren.foundation.kernel.engine.declared import nearest, one_of
from liren.foundation.policy.services import Declared, Fault, Kind, Where, declare_kind

NAME, FOLDER = "lifecircle", "lifecircle"


def faults(content: dict[str, Any], where: Where) -> list[Fault]:
    """Everything that is wrong with one declaration, each with its line."""
    found = check(content)
    told = [
        where.at(*fault.key).fault(f"{fault.where}: {spoken(fault.says)}", spoken(fault.mend or "put it right"))
        for fault in found
    ]
    return told or list(_counted_twice(content, where))


def _counted_twice(content: dict[str, Any], where: Where) -> Iterator[Fault]:
    for place, other in same_entries(parse(content)):
        code = content["categories"][place]["code"]
        says = f"“{code}” counts entries that “{other}” counts already"
        yield where.at("categories", place, "sources").fault(spoken(says), spoken("one entry, one category"))


def together(declared: Sequence[Declared]) -> Iterator[Fault]:
    """What only shows beside the registers: one that is not there, or a field that it does not have."""
    fields = {one.code: _fields(one.content) for one in declared if one.kind == "register"}
    known = {one.code: one.content for one in declared if one.kind == "register" and isinstance(one.content, dict)}
    for one in declared:
        if one.kind == NAME and isinstance(one.content, dict) and not check(one.content):
            yield from _unknown(one.content, one.where, fields)
            yield from _unknown_answers(one.content, one.where, known)
            if (said := one.content.get("handled")) and said["register"] not in known:
                spot, says = one.where.at("handled", "register"), spoken(f"there is no register “{said['register']}”")
                yield spot.fault(says, _near(said["register"], known))


def _unknown_answers(content: dict[str, Any], where: Where, known: dict[str, Any]) -> Iterator[Fault]:
    """What an answer asks of a register that is not there, or does not hold it."""
    for place, answer in enumerate(content.get("answers") or []):
        for key, what, kinds in ASKED:
            for number, one in enumerate(answer.get(key) or []):
                spot, register = where.at("answers", place, key, number), one["register"]
                if register not in known:
                    says = spoken(f"there is no register “{register}”")
                    yield spot.at("register").fault(says, _near(register, known))
                    continue
                there = _codes(known[register], what, kinds)
                asked = one[what] if isinstance(one[what], list | tuple) else [one[what]]
                for code in (code for code in asked if code not in there):
                    says = spoken(f"“{code}” is nothing that “{register}” can be asked for here")
                    yield spot.fault(says, _near(code, there))
        for end in ("of", "to") if answer.get("beside") else ():
            fields = {code: _fields(one) for code, one in known.items()}
            yield from _unknown_source(answer["beside"][end], where.at("answers", place, "beside", end), fields)


#: What answers ask for: their key, where it names something of a register, and of which kinds that must be.
ASKED = (("measures", "measure", ()), ("tallies", "field", ("choice",)), ("checks", "fields", ("yes_no",)))


def _codes(content: Any, what: str, kinds: tuple[str, ...]) -> list[str]:
    if what == "measure":
        return [one["code"] for one in content.get("coverage") or [] if isinstance(one, dict) and "code" in one]
    return [code for code, one in _fields(content).items() if one.get("kind") in kinds]


def _fields(content: Any) -> dict[str, dict[str, Any]]:
    told = content.get("fields") if isinstance(content, dict) else None
    return {one["code"]: one for one in told or [] if isinstance(one, dict) and isinstance(one.get("code"), str)}


def _unknown(content: dict[str, Any], where: Where, fields: dict[str, dict[str, dict[str, Any]]]) -> Iterator[Fault]:
    if content.get("gates"):
        yield from _unknown_source(content["gates"], where.at("gates"), fields)
    for place, category in enumerate(content["categories"]):
        for number, source in enumerate(category.get("sources") or []):
            spot, register = where.at("categories", place, "sources", number), source["register"]
            yield from _unknown_source(source, spot, fields)
            numbers = [code for code, one in fields.get(register, {}).items() if one.get("kind") == "number"]
            capacity = category.get("capacity") or ""
            if capacity and register in fields and capacity not in numbers:
                says = spoken(f"“{capacity}” is no number field of “{register}”")
                yield where.at("categories", place, "capacity").fault(says, _near(capacity, numbers))


def _unknown_source(
    source: dict[str, Any], where: Where, fields: dict[str, dict[str, dict[str, Any]]]
) -> Iterator[Fault]:
    register = source["register"]
    if register not in fields:
        yield where.at("register").fault(spoken(f"there is no register “{register}”"), _near(register, fields))
    else:
        yield from _unknown_fields(source, where, fields[register])


def _unknown_fields(source: dict[str, Any], where: Where, fields: dict[str, dict[str, Any]]) -> Iterator[Fault]:
    for number, condition in enumerate(source.get("where") or []):
        spot, field = where.at("where", number), condition["field"]
        if field not in fields:
            yield spot.at("field").fault(spoken(f"the register has no field “{field}”"), _near(field, fields))
            continue
        choices = [one.get("code") for one in fields[field].get("choices") or [] if isinstance(one, dict)]
        given = condition.get("one_of") or [condition.get("is")]
        for value in given:
            if choices and value not in choices:
                says = spoken(f"“{value}” is no choice of “{field}”")
                yield spot.fault(says, _near(str(value), [str(one) for one in choices]))


def _near(word: str, known: Any) -> str:
    close = nearest(word, known)
    return spoken(f"“{close}”?" if close else one_of(sorted(known)) if known else "leave it out")


def declare() -> None:
    """Called once, when the apps are ready."""
    declare_kind(Kind(NAME, FOLDER, faults, together))
