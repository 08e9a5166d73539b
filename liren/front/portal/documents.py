"""What the pages of the library show: documents by place, one document on a day, one provision, two places."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from liren.foundation.bodies.queries import duties_resting_on
from liren.foundation.kernel.engine.quantities import Quantity, unit
from liren.foundation.kernel.rights import Actor
from liren.foundation.policy import queries
from liren.foundation.policy.models import Attribute, DocumentVersion, Jurisdiction, Provision
from liren.foundation.registers.queries import shelf
from liren.foundation.territory.models import Unit
from liren.front.kit.templatetags.kit import is_chinese
from liren.front.portal.forms import today
from liren.front.portal.states import state_of


@dataclass(frozen=True)
class Shelf:
    """A place with its documents, each with the version that counts on a day."""

    jurisdiction: Jurisdiction
    documents: list[tuple[queries.Shelved, DocumentVersion | None]]


@dataclass(frozen=True)
class Line:
    """One number in two places; ``why`` says in sentences what sets them apart."""

    row: queries.Compared
    why: list[str] = field(default_factory=list)


def here(actor: Actor) -> list[str]:
    """Codes of the jurisdictions that hold in this city, the narrowest first; the nation's alone when there is no
    single top of the tree."""
    tops = list(Unit.objects.visible_to(actor).filter(parent=None, closed_on=None).values_list("code", flat=True)[:2])
    return [one.code for one in queries.jurisdictions_at(tops[0] if len(tops) == 1 else "")]


def shelves(actor: Actor, day: dt.date) -> dict[str, list[Shelf]]:
    """Places that have documents: those whose documents hold in this city, and the others."""
    filed: dict[str, list[tuple[queries.Shelved, DocumentVersion | None]]] = {}
    for one in queries.library():
        filed.setdefault(one.document.jurisdiction.code, []).append((one, standing(one, day)))
    places = {one.code: Shelf(one, filed[one.code]) for one in queries.jurisdictions() if one.code in filed}
    chain = [code for code in here(actor) if code in places]
    return {
        "holding": [places[code] for code in chain],
        "others": [shelf for code, shelf in places.items() if code not in chain],
    }


def standing(one: queries.Shelved, day: dt.date) -> DocumentVersion | None:
    """The version that counts on a day; without one the last that began before it, else the first to come."""
    counting = one.version_on(day)
    if counting or not one.versions:
        return counting
    begun = [version for version in one.versions if version.during.lower <= day]
    return max(begun or one.versions[:1], key=lambda version: version.during.lower)


def place_page(code: str, on: dt.date | None) -> dict[str, Any]:
    """A jurisdiction's profile: what it is, its documents, and every number that it sets on a day (R020)."""
    day = on or today()
    numbers = sorted(queries.parameters_of(code, day), key=in_reading_order)
    jurisdiction = queries.jurisdiction(code)
    documents = [(one, standing(one, day)) for one in queries.library(jurisdiction=code)]
    return {"jurisdiction": jurisdiction, "documents": documents, "numbers": numbers, "on": on, "day": day}


def in_reading_order(answer: queries.Answer) -> tuple[str, int, str]:
    """Document by document, and in each as its provisions stand."""
    return answer.parameter.document.key, answer.provision.position if answer.provision else 0, answer.code


def document_page(key: str, on: dt.date | None) -> dict[str, Any]:
    """A document as it reads on a day, with its numbers: all of them, or when a day is asked for those of that day."""
    day = on or today()
    found = queries.document(key)
    version = standing(found, day)
    read_on = day if on else reading_day(version, day)
    provisions = [one for one in found.provisions if read_on in one.during]
    numbers = queries.answered((one for one in found.parameters if not on or on in one.during), on=read_on)
    return {
        "shelved": found,
        "document": found.document,
        "version": version,
        "counts": bool(version and day in version.during),
        "provisions": provisions,
        "lines": [(one, [n for n in numbers if n.parameter.provision_key == one.key]) for one in provisions],
        "numbers": sorted(numbers, key=lambda one: place_of(one, provisions)),
        "read_on": read_on,
        "on": on,
        "day": day,
    }


def reading_day(version: DocumentVersion | None, day: dt.date) -> dt.date:
    """The day on which a document is read when nobody asks for one: today, or the nearest on which it counts."""
    if version is None or day in version.during:
        return day
    return version.during.lower if day < version.during.lower else version.during.upper - dt.timedelta(days=1)


def place_of(answer: queries.Answer, provisions: list[Provision]) -> tuple[int, str, dt.date]:
    """Numbers stand in the order of their provisions."""
    keys = [one.key for one in provisions]
    key = answer.parameter.provision_key
    return (keys.index(key) if key in keys else len(keys)), answer.code, answer.parameter.during.lower


@queries.pinned()
def provision_page(key: str, on: dt.date | None, place: Unit | None, actor: Actor) -> dict[str, Any]:
    """One provision as it reads on a day, what it sets, what carries it out, and how things stand in a unit."""
    last = queries.provision(key)
    context = document_page(last.document.key, on)
    texts = [one for one in context["provisions"] if one.key == key]
    text = (texts or [last])[0]
    numbers = [one for one in context["numbers"] if one.parameter.provision_key == key]
    return {
        **context,
        "provision": text,
        "reads": bool(texts),
        "numbers": numbers,
        "elsewhere": queries.ruled_elsewhere(numbers, context["read_on"]),
        "declarations": shelf.known_to(queries.carried_out_by(key).declarations, actor),
        "duties": duties_resting_on(key, context["day"], unit=place),
        "history": list(queries.provision_history(key)),
        "neighbours": neighbours(key, context["provisions"]),
        "unit": place,
        "state": state_of(text, place, actor, on=context["day"]) if place else None,
        "choices": choices(place, actor),
    }


def neighbours(key: str, provisions: list[Provision]) -> dict[str, Provision | None]:
    """The provisions before and after this one."""
    keys = [one.key for one in provisions]
    at = keys.index(key) if key in keys else -1
    return {
        "before": provisions[at - 1] if at > 0 else None,
        "after": provisions[at + 1] if 0 <= at < len(provisions) - 1 else None,
    }


def choices(place: Unit | None, actor: Actor) -> list[Unit]:
    """Places to look at next: the parts of this one, else the tops of the tree; at most forty."""
    found = Unit.objects.visible_to(actor).filter(parent=place, closed_on=None)
    return list(found.order_by("level", "pinyin", "id")[:40])


def pair(places: list[Jurisdiction], asked: dict[str, str], actor: Actor) -> dict[str, str]:
    """What is compared: what was asked for, and for a side that nobody chose this city, else the next place."""
    mine, codes = here(actor), [one.code for one in places]
    order = [code for code in mine[:1] if code in codes] + [code for code in codes if code not in mine]
    order = list(dict.fromkeys([*order, *codes]))
    a = asked.get("a") or next((code for code in order if code != asked.get("b")), "")
    b = asked.get("b") or next((code for code in order if code != a), "")
    return {"a": a, "b": b} if len(order) > 1 else {}


def compare_page(asked: dict[str, Any]) -> dict[str, Any]:
    """Two places on a day, by number or by what their provisions ask for."""
    a, b, day = asked["a"], asked["b"], asked["on"] or today()
    names = {one.code: one for one in queries.jurisdictions()}
    found: dict[str, Any] = {"left": names[a], "right": names[b], "on": asked["on"], "day": day, "by": asked["by"]}
    if asked["by"] == "provisions":
        return {**found, "asked": both_ask(a, b, day)}
    return {**found, "groups": compared(a, b, day)}


@queries.pinned()
def compared(a: str, b: str, on: dt.date) -> dict[str, list[Any]]:
    """Numbers of two places in groups: one matter by different numbers, and of the other numbers those that are set
    differently, set alike, and set only by one of them."""
    matters = queries.ruled_differently(a, b, on)
    told = {code for one in matters for code in one.codes}
    rows = [row for row in queries.compared(a, b, on) if row.code not in told]
    return {
        "matters": matters,
        "differ": [Line(row, [*why(row), *bound(row)]) for row in rows if row.mark == "conflict"],
        "same": [Line(row, bound(row)) for row in rows if row.mark == "same"],
        "left": [Line(row) for row in rows if row.right is None],
        "right": [Line(row) for row in rows if row.left is None],
    }


def why(row: queries.Compared) -> list[str]:
    """What sets two numbers apart, in sentences."""
    left, right = row.left, row.right
    if left is None or right is None:
        return []
    if left.quantity.unit.measures != right.quantity.unit.measures:
        return [_("The two are counted in different measures, so neither is simply more or less.")]
    found = [] if left.operator == right.operator else [_("They are meant differently.")]
    return found if left.quantity == right.quantity else [higher(left, right), *found]


def higher(left: queries.Answer, right: queries.Answer) -> str:
    """Which of two numbers of one measure is higher, and by how much; of ranges, the lower ends are compared."""
    more, less = (left, right) if left.quantity > right.quantity else (right, left)
    if more.quantity.unit != less.quantity.unit:  # two thirds less 50 percent: no number that one would write
        return _("In %(place)s it is higher.") % {"place": more.jurisdiction.name}
    gap = more.quantity - less.quantity
    if gap.unit.code == "percent":
        gap = Quantity(gap.value, unit("percentage_point"))
    words = {"place": more.jurisdiction.name, "amount": gap.text("zh" if is_chinese() else "en")}
    return _("In %(place)s it is higher by %(amount)s.") % words


def bound(row: queries.Compared) -> list[str]:
    """That one number must be met and the other not, when it is so."""
    sides = [one for one in (row.left, row.right) if one is not None]
    binding = [one for one in sides if one.attribute == Attribute.BINDING and not one.is_draft]
    if len(binding) != 1 or len(sides) == 1:
        return []
    return [_("It binds only in %(place)s.") % {"place": binding[0].jurisdiction.name}]


def both_ask(a: str, b: str, on: dt.date) -> dict[str, list[queries.Asked]]:
    """Requirements that provisions of two places ask for: both, or only one of them."""
    rows = queries.asked_in_both(a, b, on)
    return {
        "shared": [row for row in rows if row.is_shared],
        "left": [row for row in rows if not row.right],
        "right": [row for row in rows if not row.left],
    }


def with_documents(shelved: Iterable[queries.Shelved]) -> list[Jurisdiction]:
    """The places that have documents, the widest first."""
    codes = {one.document.jurisdiction.code for one in shelved}
    return [one for one in queries.jurisdictions() if one.code in codes]
