"""Whether a case type that comes round again can: it has a period, and the system can answer all that is asked."""

from __future__ import annotations

from collections.abc import Iterator

from liren.foundation.kernel.engine.declared import Table, nearest, one_of
from liren.service.cases.engine.spec import CaseType, Repeats


def check_repeats(spec: CaseType, table: Table) -> None:
    """The faults of ``[repeats]``; which numbers the packs hold is checked with all packs together."""
    if spec.repeats is None:
        return
    one = Table({}, ("repeats",), "repeats", table.faults)
    for says, mend, at in (*_period(spec, spec.repeats), *_case(spec, spec.repeats), *_opened(spec, spec.repeats)):
        one.fault(says, mend, at=at)


def _period(spec: CaseType, repeats: Repeats) -> Iterator[tuple[str, str, str]]:
    """Either a number in the packs or an answer says how often."""
    if bool(repeats.parameter) == bool(repeats.every_field):
        yield "one of both says how often", "parameter for each unit, or every_field after each case", "parameter"
    kinds = {field.code: field.kind for field in spec.fields}
    numbers = [code for code, kind in kinds.items() if kind == "number"]
    if repeats.every_field and kinds.get(repeats.every_field) != "number":
        close = nearest(repeats.every_field, numbers)
        mend = f"“{close}”?" if close else one_of(numbers) if numbers else 'declare a field with kind = "number"'
        yield f"“{repeats.every_field[:45]}” is no number field of this type", mend, "every_field"


def _case(spec: CaseType, repeats: Repeats) -> Iterator[tuple[str, str, str]]:
    """It ends in the way that is counted, and is of a category that is taken in."""
    ends = sorted({state.outcome for state in spec.states if state.outcome})
    if repeats.outcome not in ends:
        yield f"no case of this type ends as “{repeats.outcome[:45]}”", one_of(ends), "outcome"
    category = spec.category(repeats.category)
    if repeats.category and (category is None or category.stops):
        codes = [one.code for one in spec.categories if not one.stops]
        mend = one_of(codes) if codes else "leave it out"
        yield f"“{repeats.category[:45]}” is no category that is taken in", mend, "category"


def _opened(spec: CaseType, repeats: Repeats) -> Iterator[tuple[str, str, str]]:
    """The system takes it in, where nobody reports, no office asks, and nobody is complained of."""
    if "system" not in spec.channels:
        yield "comes round by the system, which takes none in", 'add "system" to channels', "text"
    if repeats.parameter and spec.place_of(repeats.category) == "required":
        yield "comes round in a unit, and wants a place", 'place = "optional"', "parameter"
    for field in spec.intake_fields:
        if field.required:
            yield f"“{field.code}” is asked of the reporter, and there is none", "let a move ask for it", "text"
    for state in spec.states:
        if state.owner == "reporter":
            yield f"in “{state.code}” it is the turn of the reporter, and there is none", "another owner", "text"
    if spec.about_body or spec.work or spec.journey or spec.confidentiality == "sealed":
        says = "is sealed, about a body, an office's work or a journey's: such a case is never opened by the calendar"
        yield says, "leave repeats out", "text"
