"""How much of a case a reader reads: its public face, what its reporter is told, or all that its work needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from liren.foundation.bodies.models import Body
from liren.foundation.kernel.rights import SystemActor
from liren.service.cases.engine.places import rounded
from liren.service.cases.engine.spec import PROVIDER, CaseType, Category, Field, StateSpec
from liren.service.cases.models import Case, CaseFile, posts_of
from liren.service.cases.models.declared import by_version, by_versions
from liren.service.cases.queries import items
from liren.service.cases.queries.acting import acts_as, calls_back, is_called_on, is_reporter
from liren.service.cases.queries.details import NoCase
from liren.service.cases.queries.filled import filled

#: ``CALLBACK`` is for whoever asks the reporter whether it is solved: what was reported and what was answered, but not
#: what only the handling needed. ``REFERRER`` is for whoever reported a sealed case for somebody else who agreed to it:
#: what they wrote themselves, and how far it is. ``BOOKING`` is for the body with which something was booked on a
#: sealed case: when and how, and nothing of why.
PUBLIC, BOOKING, REFERRER, CALLBACK, REPORTER, WORK = "public", "booking", "referrer", "callback", "reporter", "work"
#: Lines of the story that are somebody's own words, where they stand there as the reporter.
OWN_KINDS = ("received", "note")
WORKS = frozenset({"desk", "body", "supervisor", "system"})


@dataclass(frozen=True)
class Answer:
    """A question of the form with its answer in words."""

    field: Field
    value: Any
    text: str


@dataclass(frozen=True)
class Reading:
    """A case as one reader reads it. On its public face it has no text, no address, and its place is rounded."""

    case: Case
    level: str
    spec: CaseType
    text: str
    address: str
    lon: float | None
    lat: float | None
    values: list[Answer]
    files: list[CaseFile]

    @property
    def is_blurred(self) -> bool:
        """Whether the place is another than the one that was reported."""
        return self.level in (PUBLIC, BOOKING) and self.lon is not None and not _is_exact(self.case.category, self.spec)

    @property
    def state(self) -> StateSpec:
        return self.spec.state(self.case.state)

    @property
    def category(self) -> Category | None:
        return self.spec.category(self.case.category)

    @property
    def state_words(self) -> str:
        """The state, as the reader says it: workers by its own name, everybody else in public words."""
        if self.level in (CALLBACK, WORK):
            return self.state.name.text(language())
        return self.state.said(language(), own=self.level == REPORTER)

    @property
    def category_words(self) -> str:
        return self.category.name.text(language()) if self.category else ""

    @property
    def type_words(self) -> str:
        return self.spec.name.text(language())


def language() -> str:
    return get_language() or "zh"


def level_of(case: Case, actor: Any) -> str:
    """How far this actor reads a case that the actor sees.

    Who has a part as a person reads what the reporter is told; a body that helps or was called reads all.
    """
    if isinstance(actor, SystemActor):
        return WORK
    spec = by_version(case.written_as_id)
    words = acts_as(case, actor, spec)
    if is_booking(case, words):
        return BOOKING
    if words & WORKS or _helps(case, actor):
        return WORK
    if any(word.startswith("part:") for word in words):
        return REPORTER
    if is_reporter(case, actor):
        return REFERRER if spec.asks_persons else REPORTER
    return CALLBACK if calls_back(case, words, spec) else PUBLIC


def is_booking(case: Case, words: frozenset[str]) -> bool:
    """Whether these words make somebody the provider on a sealed case, and nothing more."""
    return case.confidentiality == "sealed" and words == {f"part:{PROVIDER}"}


def _helps(case: Case, actor: Any) -> bool:
    bodies = posts_of(actor)
    if not bodies or case.about_body_id in bodies:
        return False
    return is_called_on(case, actor) or case.parts.filter(body_id__in=bodies, left_at=None).exists()


def reading(case: Case, actor: Any) -> Reading:
    """The case for one reader; the caller has found it by ``case_by_number``, which asks whether it is seen at all."""
    level, spec = level_of(case, actor), by_version(case.written_as_id)
    whole = level not in (PUBLIC, BOOKING)
    hidden = (None, None) if level == BOOKING else public_place(case, spec)
    lon, lat = (case.lon, case.lat) if whole else hidden
    return Reading(
        case,
        level,
        spec,
        case.text if whole else "",
        case.address if whole else "",
        lon,
        lat,
        answers(spec, case.values if case.phase == "closed" else {**case.values, **filled(case, spec)}, level),
        list(files_for(case, level)),
    )


def public_place(case: Case, spec: CaseType) -> tuple[float | None, float | None]:
    """The place as it is published: about 50 m wide, unless its category says that it has to be exact, and none where
    its category has no place; a pin may have come in before the case was sorted anew."""
    if case.lon is None or case.lat is None:
        return None, None
    return published(case.lon, case.lat, case.category, spec) or (None, None)


def published(lon: float, lat: float, category: str, spec: CaseType) -> tuple[float, float] | None:
    """The same for a point that is known; None: it is not told."""
    if spec.place_of(category) == "none":
        return None
    return (lon, lat) if _is_exact(category, spec) else rounded(lon, lat)


def _is_exact(category: str, spec: CaseType) -> bool:
    found = spec.category(category)
    return found is not None and found.exact


def types_of(case_ids: Iterable[int]) -> dict[int, CaseType]:
    """The type of each of these cases, as of when it was received: to say codes in words, and nothing of the case."""
    written = dict(Case.objects.filter(pk__in=case_ids).values_list("pk", "written_as_id"))
    specs = by_versions(set(written.values()))
    return {pk: specs[version] for pk, version in written.items()}


def answers(spec: CaseType, values: Mapping[str, Any], level: str) -> list[Answer]:
    """Answers that this level reads, in words; what later forms no longer ask is left out."""
    told = [one for one in spec.fields if one.code in values and _is_told(spec, one, level)]
    bodies = Body.objects.in_bulk([values[one.code] for one in told if one.kind == "body"])
    entries = items.names((one, values[one.code]) for one in told)
    return [Answer(one, values[one.code], in_words(one, values[one.code], bodies, entries)) for one in told]


def _is_told(spec: CaseType, field: Field, level: str) -> bool:
    """Who calls back reads what was answered; what the form asked of the reporter is not theirs to know."""
    if level == BOOKING:
        return any(field.code in part.reads for part in spec.parts if part.code == PROVIDER)
    later = level == CALLBACK and field not in spec.intake_fields
    own = level == REFERRER and field in spec.intake_fields
    return level in (REPORTER, WORK) or field.public or later or own


def in_words(field: Field, value: Any, bodies: Mapping[int, Body], entries: Mapping[tuple[str, int], str]) -> str:
    """An answer as a sentence shows it."""
    if field.kind == "yes_no":
        return _("yes") if value else _("no")
    if field.kind == "choice":
        return next((one.name.text(language()) for one in field.choices if one.code == value), str(value))
    if field.kind == "body":
        return bodies[value].name if value in bodies else "—"
    if field.kind == "entry":
        return entries.get((field.register, value), "—")
    return str(value).replace("T", " ") if field.kind == "moment" else str(value)


def files_for(case: Case, level: str) -> QuerySet[CaseFile]:
    """Files that this level sees, without their content: everybody the released ones, the reporter what was told; who
    calls back what the answer was shown with."""
    rows = CaseFile.objects.filter(case=case).defer("content", "shown").order_by("pk")
    if level == WORK:
        return rows
    return rows.filter(_told(level) | Q(published_at__isnull=False))


def _told(level: str) -> Q:
    """What this level was shown as it is, released or not; none on the public face."""
    if level == REFERRER:
        return Q(event__kind__in=OWN_KINDS, event__facts__as="reporter")
    if level == REPORTER:
        return Q(event__told=True)
    return Q(event__told=True) & ~Q(event__move="") if level == CALLBACK else Q(pk__in=[])


@dataclass(frozen=True)
class Seen:
    """A file as one reader gets it."""

    pk: int
    name: str
    type: str
    content: bytes


def file_of(case: Case, pk: int, actor: Any) -> Seen:
    """One file with its content: as it came for whom it was meant, for everybody else as it was released, with faces
    and plates covered (R078). NoCase where the reader doesn't see it."""
    level = level_of(case, actor)
    file = files_for(case, level).filter(pk=pk).first() if 0 < pk < 2**63 else None
    if file is None:
        raise NoCase.unknown()
    own = level == WORK or CaseFile.objects.filter(_told(level), pk=pk).exists()
    return _seen(file, "content" if own or file.cover == "nothing" else "shown")


def public_file(case: Case, pk: int) -> Seen:
    """A released file as everybody gets it, for whoever would see more; NoCase where it is not released."""
    file = files_for(case, PUBLIC).filter(pk=pk).first()
    if file is None:
        raise NoCase.unknown()
    return _seen(file, "content" if file.cover == "nothing" else "shown")


def _seen(file: CaseFile, column: str) -> Seen:
    """Reads the one column, so that the original is not even fetched for who may not have it."""
    content = CaseFile.objects.values_list(column, flat=True).get(pk=file.pk)
    return Seen(file.pk, file.name, file.type, bytes(content))
