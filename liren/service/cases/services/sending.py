"""What was sent, read and checked field by field, before anything is written."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from liren.foundation.bodies.models import Body
from liren.foundation.kernel.files import Clean, Upload, cleaned
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.people.models import Account
from liren.foundation.people.models.reach import paths_of
from liren.foundation.people.services import normal_phone
from liren.foundation.territory.models import Boundary, Unit
from liren.foundation.territory.queries import units_at
from liren.service.cases.engine.answers import clean, gettext_noop, links_in, long_text, one_line, past
from liren.service.cases.engine.needed import lacking
from liren.service.cases.engine.spec import LEVELS, SEVERITIES, CaseType
from liren.service.cases.models import MOST_TEXT, ApiKey
from liren.service.cases.models.declared import DeclaredType
from liren.service.cases.queries import items
from liren.service.cases.services import clocks
from liren.service.cases.services.faults import Gathered, find
from liren.service.cases.services.following_up import no_period

LANGUAGES = ("zh-hans", "en")
MACHINES = ("sensor", "system", "open311")
LONGEST_NAME = 40
NEEDED = gettext_noop("Say what it is about.")


@dataclass(frozen=True)
class Sent:
    """A report as it was sent. ``known``: the unit of ``unit_id``, where the caller has read it already."""

    channel: str
    text: str
    unit_id: int | None
    lon: float | None
    lat: float | None
    address: str
    category: str
    severity: str | None
    values: Mapping[str, Any]
    contact: Mapping[str, str]
    about_body_id: int | None
    reporter_id: int | None
    taken_by_desk: bool
    language: str
    files: tuple[Upload, ...]
    key: ApiKey | None
    known: Unit | None = None

    @property
    def is_strange(self) -> bool:
        """Sent by nobody who is known here: no account, no worker who took it in."""
        return self.reporter_id is None and not self.taken_by_desk

    @property
    def is_machine(self) -> bool:
        """Sent by a program and not by a person."""
        return self.channel in MACHINES


@dataclass
class Facts:
    """What the report says, as it is kept."""

    columns: dict[str, Any] = field(default_factory=dict)
    files: list[Clean] = field(default_factory=list)
    contact: dict[str, str] = field(default_factory=dict)


def checked(kind: DeclaredType, sent: Sent, *, by: Actor, at: datetime) -> Facts:
    """The facts of a new case.

    Raises:
        BadReport: everything that is wrong, field by field. NotAllowed: taking in for others without that duty.
    """
    gathered, facts = Gathered(), Facts()
    columns = facts.columns
    if sent.channel not in kind.spec.channels:
        gathered.add("channel", gettext_noop("This matter isn't taken in on this channel."))
    columns["text"] = _text(sent, gathered)
    columns |= _sorted(kind, sent, gathered)
    columns |= _place(kind, sent, gathered, timezone.localdate(at))
    facts.contact = _contact(sent, gathered)
    columns |= _persons(kind, sent, facts.contact, gathered)
    columns["about_body_id"] = _about(kind, sent, gathered)
    columns["language"] = sent.language if sent.language in LANGUAGES else LANGUAGES[0]
    columns["values"], faults = clean(kind.spec.intake_fields, sent.values, find=find)
    answers = columns["values"]
    gathered.faults += faults + lacking(kind.spec.intake_fields, answers) + no_period(kind.spec, answers)
    gathered.faults += clocks.over_already(kind.spec, answers, at)
    gathered.faults += past(kind.spec.intake_fields, answers, timezone.localtime(at))
    gathered.faults += items.elsewhere(kind.spec, answers, columns["unit"])
    columns["values"] = answers | items.given(kind.spec, answers)
    if sent.files and not kind.spec.files:
        gathered.add("files", gettext_noop("No files are taken with this matter."))
    else:
        facts.files = gathered.read("files", lambda: cleaned(sent.files), [])
    outside = _("Move the pin, or choose your community from the list.")
    gathered.stop(**({"next_step": outside} if any(one.field == "unit" for one in gathered.faults) else {}))
    if sent.taken_by_desk:
        _takes(kind.spec, columns["unit"], by)
    return facts


def _takes(spec: CaseType, unit: Unit, by: Actor) -> None:
    """Whoever takes in for others does so for the own places; a service, at any window of the city (R040): the case
    goes to the desk of the community all the same, and to its number alone whoever took it in has the receipt.

    Raises:
        NotAllowed: they take in nowhere here.
    """
    if spec.group == "service":
        city = Unit.objects.filter(pk__in=unit.path_ids, level=LEVELS["city"]).values_list("path", flat=True).first()
        if city and any(path.startswith(city) for path in paths_of(by, "cases.take")):
            return
    require(by, "cases.take", unit)


def _text(sent: Sent, gathered: Gathered) -> str:
    text: str = gathered.read("text", lambda: long_text(sent.text, MOST_TEXT), "?")
    if not text:
        gathered.add("text", NEEDED)
    return text


def _sorted(kind: DeclaredType, sent: Sent, gathered: Gathered) -> dict[str, Any]:
    """Category and severity. A resident chooses no severity; it follows from the category."""
    category = kind.spec.category(sent.category)
    if sent.category and category is None:
        gathered.add("category", gettext_noop("There is no such category; choose one from the list."))
    elif category is not None and category.stops:
        gathered.add("category", "%(notice)s", notice=category.notice)
    severity = sent.severity or (category.severity if category else kind.spec.severity)
    if severity not in SEVERITIES or (sent.severity and not (sent.taken_by_desk or sent.is_machine)):
        gathered.add("severity", gettext_noop("How urgent it is follows from the category."))
    return {"category": category.code if category else "", "severity": severity}


# --- place ---


def _place(kind: DeclaredType, sent: Sent, gathered: Gathered, today: date) -> dict[str, Any]:
    wanted = kind.spec.place_of(sent.category)
    point = None if wanted == "none" else _point(sent, gathered)
    address = gathered.read("address", lambda: one_line(sent.address or ""))
    if links_in(address):
        gathered.add("address", gettext_noop("An address is a street and a number, not a web page."))
    if wanted == "required" and point is None and not (sent.unit_id and address):
        gathered.add("place", gettext_noop("Say where it is: set the pin, or write the address."))
    unit = _unit(kind.spec, point, sent, today)
    if unit is None:
        message = gettext_noop("This place lies outside of every community that is served here.")
        gathered.add("unit", message if point else gettext_noop("Say which community it concerns."))
    elif sent.key is not None and not _inside(unit, sent.key):
        gathered.add("unit", gettext_noop("The key of this program does not reach this place."))
    lon, lat = point or (None, None)
    return {"unit": unit, "lon": lon, "lat": lat, "address": address}


def _point(sent: Sent, gathered: Gathered) -> tuple[float, float] | None:
    if sent.lon is None and sent.lat is None:
        return None
    try:
        lon, lat = float(sent.lon), float(sent.lat)  # type: ignore[arg-type]  # None is refused below
    except (TypeError, ValueError):
        lon = lat = math.nan
    if not (math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90):
        gathered.add("place", gettext_noop("This is no place on earth."))
        return None
    return lon, lat


def _unit(spec: CaseType, point: tuple[float, float] | None, sent: Sent, today: date) -> Unit | None:
    """The place decides. Where no outline holds it, the unit that was named does, unless its own outline says no."""
    found = unit_at(spec, point, today) if point else None
    if found is not None:
        return found
    named = unit_of(spec, sent.unit_id, today, known=sent.known)
    if point is None or named is None:
        return named
    drawn = Boundary.objects.filter(unit_id=named.pk, during__contains=today).exists()
    return None if drawn else named


def unit_at(spec: CaseType, point: tuple[float, float], today: date) -> Unit | None:
    """The unit of the type's level that holds the point; where there is none, the next above."""
    fitting = [unit for unit in units_at(*point, on=today) if LEVELS["city"] <= unit.level <= LEVELS[spec.level]]
    return max(fitting, key=lambda unit: unit.level, default=None)


def unit_of(spec: CaseType, unit_id: int | None, today: date, *, known: Unit | None = None) -> Unit | None:
    """The unit that was named; for one below the type's level, the one above it that has this level.

    ``known``: the same unit, where it has been read already.
    """
    if unit_id is None or not is_id(unit_id):
        return None
    unit = known or Unit.objects.filter(pk=unit_id).first()
    most = LEVELS[spec.level]
    if unit is not None and unit.level > most:
        unit = Unit.objects.filter(pk__in=unit.path_ids, level__lte=most).order_by("-level").first()
    return unit if unit is not None and unit.level >= LEVELS["city"] and unit.exists_on(today) else None


def _inside(unit: Unit, key: ApiKey) -> bool:
    return key.ended_at is None and key.unit_id in unit.path_ids


# --- persons and bodies ---


def _contact(sent: Sent, gathered: Gathered) -> dict[str, str]:
    """Name and telephone, each if it was left."""
    found = {
        "name": gathered.read("name", lambda: one_line(sent.contact.get("name") or "", LONGEST_NAME)),
        "phone": gathered.read("phone", lambda: _phone(sent.contact.get("phone") or "")),
    }
    if links_in(found["name"]):
        gathered.add("name", gettext_noop("This is no name."))
    return {key: value for key, value in found.items() if value}


def _phone(text: str) -> str:
    text = one_line(text, 40)
    return normal_phone(text) if text else ""


def _persons(kind: DeclaredType, sent: Sent, contact: Mapping[str, str], gathered: Gathered) -> dict[str, Any]:
    named = sent.reporter_id is not None
    if sent.taken_by_desk and sent.reporter_id is not None and not _is_account(sent.reporter_id):
        gathered.add("reporter", gettext_noop("There is no such account."))
    if not (named or kind.spec.anonymous or contact.get("phone") or sent.is_machine):
        gathered.add("phone", gettext_noop("Sign in, or leave a telephone number: there will be questions."))
    return {"reporter_id": sent.reporter_id}


def _is_account(pk: int) -> bool:
    return is_id(pk) and Account.objects.filter(pk=pk, is_active=True).exists()


def _about(kind: DeclaredType, sent: Sent, gathered: Gathered) -> int | None:
    """The body complained of; only complaints have one."""
    if not kind.spec.about_body:
        return None
    pk = sent.about_body_id
    if pk is None or not is_id(pk) or not Body.objects.filter(pk=pk).exists():
        gathered.add("about_body", gettext_noop("Say which body it is about."))
        return None
    return pk


def is_id(pk: object) -> bool:
    """Whether this can be the id of a row."""
    return isinstance(pk, int) and 0 < pk < 2**63
