"""The few words in which systems tell each other how far a case is (R068), whatever its type calls its states.

One table, read both ways: a state says its word, and a word finds the moves that lead to it.
"""

from __future__ import annotations

from collections.abc import Iterable

from liren.service.cases.engine.spec import CaseType, MoveSpec, StateSpec

#: In the order of a life.
STATUSES = ("received", "sorted", "assigned", "in_work", "answered", "confirmed", "closed", "reopened")
#: A state that is still open has the word of the first of these effects by which it is entered.
ENTERED_BY = (("take", "in_work"), ("dispatch", "assigned"), ("reopen", "reopened"))
#: A state that no such move enters has the word of whoever acts in it.
OWNED_BY = {"desk": "sorted", "supervisor": "sorted", "body": "in_work"}
#: Who ends a case so was the reporter, or was asked for the reporter's word.
CONFIRMED = "solved"


def status_of(spec: CaseType, state: str, *, rounds: int = 1) -> str:
    """The word for a state. ``rounds`` above one: it was reopened, which its first state alone does not say."""
    found = spec.state(state)
    if found.phase != "open":
        return _said(found)
    if state == spec.start:
        return "received" if rounds == 1 else "reopened"
    effects = {one.effect for one in spec.moves if one.target == state}
    entered = next((word for effect, word in ENTERED_BY if effect in effects), "")
    return entered or OWNED_BY.get(found.owner, "in_work")


def _said(state: StateSpec) -> str:
    if state.phase == "answered":
        return "answered"
    return "confirmed" if state.outcome == CONFIRMED else "closed"


def leading_to(spec: CaseType, status: str, moves: Iterable[MoveSpec]) -> list[MoveSpec]:
    """Those of the moves after which the case has this word."""
    return [one for one in moves if status_of(spec, one.target) == status]
