"""What came of a provision in a unit besides register figures, in sentences: cases, the life circle, the gate.

All from figures that are counted anyway and published elsewhere; what is hidden there is hidden here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liren.foundation.admission import queries as gate
from liren.foundation.admission.models import Stock
from liren.foundation.kernel.rights import Actor
from liren.foundation.policy.models import DeclarationVersion
from liren.foundation.territory.models import Unit
from liren.front.kit import circles
from liren.front.portal.lifecircle.page import nearest_seen, run_for
from liren.service.cases.models.declared import types
from liren.service.cases.queries.figures import HIDDEN, Span, spans_of
from liren.service.cases.queries.spread import Spread, spread_of

MONTHS = 12


def said(found: Sequence[DeclarationVersion], unit: Unit, actor: Actor, on: dt.date) -> dict[int, list[str]]:
    """Sentences by declaration; one with nothing to tell is left out. The queries do not grow with what there is."""
    by_kind: dict[str, list[DeclarationVersion]] = {}
    for one in found:
        by_kind.setdefault(one.declaration.kind, []).append(one)
    told = of_cases(by_kind.get("case_type", []), unit, actor, on)
    if standards := by_kind.get("lifecircle"):
        told |= dict.fromkeys((one.declaration_id for one in standards), of_circle(unit, actor))
    gates = [one for one in by_kind.get("engine", []) if one.content.get("room") == "admission"]
    if gates:
        told |= dict.fromkeys((one.declaration_id for one in gates), of_gate(unit))
    return told


def of_cases(found: list[DeclarationVersion], unit: Unit, actor: Actor, on: dt.date) -> dict[int, list[str]]:
    """Closed and late in the last twelve months, open at the end of the newest of them, and in how many communities."""
    wanted = {one.declaration_id for one in found}
    asked = [one for one in types() if one.pk in wanted] if wanted else []
    spans = spans_of(unit, actor, types=asked, until=on, months=MONTHS) if asked else []
    told = {one.type.pk: in_words(one) for one in spans}
    for pk, spread in spread_of(unit, types=asked, until=on, months=MONTHS).items():
        told[pk] = [*told.get(pk, []), spread_in_words(spread)]
    return told


def spread_in_words(one: Spread) -> str:
    """Of all, and of communities in town and villages apart where there are both."""
    numbers = {"n": one.reached, "of": one.there, "villages": one.villages_reached, "of_villages": one.villages}
    numbers |= {"town": one.reached - one.villages_reached, "of_town": one.there - one.villages}
    if not one.villages or one.villages == one.there:
        return _("Communities with one closed in the last 12 months: %(n)s of %(of)s") % numbers
    return (
        _(
            "Communities with one closed in the last 12 months: %(n)s of %(of)s"
            " (urban communities %(town)s of %(of_town)s, villages %(villages)s of %(of_villages)s)"
        )
        % numbers
    )


def in_words(span: Span) -> list[str]:
    """Each number with what it counts; a sum over months that are not told is a lower bound."""
    lines = [
        (_("Closed in the last 12 months: %(n)s"), "closed"),
        (_("Came to be late in the last 12 months: %(n)s"), "overdue"),
    ]
    found = [line % {"n": amount(getattr(span, name), name in span.at_least)} for line, name in lines]
    waiting = HIDDEN if span.waiting is None else f"{span.waiting:,}"
    return [_("Open at the end of the newest month: %(n)s") % {"n": waiting}, *found]


def amount(number: int, at_least: bool) -> str:
    """12, or where some months are not told: 12 or more."""
    if not at_least:
        return f"{number:,}"
    return _("%(n)s or more (small numbers are not told)") % {"n": f"{number:,}"}


def of_circle(unit: Unit, actor: Actor) -> list[str]:
    """The share of people who lack nothing, circle by circle, in the newest run; nothing where there is none."""
    run = run_for(unit, "", actor)
    seen = nearest_seen(run, unit, actor)[1] if run else None
    if run is None or seen is None or seen.unit.pk != unit.pk:
        return []
    shares = [(circles.says(one.circle.name), one.complete_share) for one in seen.circles]
    return [
        _("%(circle)s: %(share)d%% of people lack nothing that is on record")
        % {"circle": name, "share": int(100 * share)}
        for name, share in shares
        if share is not None
    ]


def of_gate(unit: Unit) -> list[str]:
    """How far each inventory of burdens was cut, where one was counted."""
    return [
        ngettext("%(stock)s: %(gone)s of %(base)s cut", "%(stock)s: %(gone)s of %(base)s cut", one.base)
        % {"stock": Stock(one.stock).label, "gone": one.gone, "base": one.base}
        for one in gate.cuts(unit)
        if one.base
    ]
